package web

import (
	"crypto/subtle"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
)

// door is how a caller gets in.
type door int

const (
	doorNone door = iota // nobody: a route that forgot to say
	doorPublic
	doorKey      // an App with its API key
	doorSession  // a person who signed in
	doorOperator // the same machine, or the metrics token
)

func (d door) String() string {
	return [...]string{"none", "public", "key", "session", "operator"}[d]
}

// access is who may call a route.
type access struct {
	door       door
	permission review.Permission // of a session
	scope      review.Scope      // of an API key
	recent     time.Duration     // since a password was given; 0: it does not matter
	weak       bool              // also for who owes a second factor
}

func public() access                     { return access{door: doorPublic} }
func apiKey(s review.Scope) access       { return access{door: doorKey, scope: s} }
func operator() access                   { return access{door: doorOperator} }
func session(p review.Permission) access { return access{door: doorSession, permission: p} }

// How long a password counts for what is dangerous. Who was shown a form has time to
// fill it in.
const (
	recentToLook = 45 * time.Minute
	recentToAct  = time.Hour
)

// administer is access to people and keys: a browser that was left open is not enough.
func administer(method string) access {
	a := session(review.PermAdminister)
	a.recent = recentToAct
	if method == http.MethodGet {
		a.recent = recentToLook
	}
	return a
}

// tells is access to where an App is told: what leads decisions elsewhere asks for a
// recent password.
func tells(method string) access {
	a := session(review.PermWebhooks)
	if method != http.MethodGet {
		a.recent = recentToAct
	}
	return a
}

// mine is access to what somebody signs in with: also for who has still to set up a
// second factor, and what it changes asks for a recent password.
func mine(method string) access {
	a := session(review.PermRead)
	a.weak = true
	if method != http.MethodGet {
		a.recent = recentToAct
	}
	return a
}

// governs is access to what changes at once how an App is guarded, or whose pages may call it.
func governs() access {
	a := session(review.PermPolicy)
	a.recent = recentToAct
	return a
}

// orWeak lets in who owes a second factor, too.
func (a access) orWeak() access { a.weak = true; return a }

// declared tells whether somebody has thought about it.
func (a access) declared() bool {
	permitted := slices.Contains(review.Permissions(), a.permission)
	scoped := slices.Contains(review.Scopes(), a.scope)
	return a.door != doorNone && permitted == (a.door == doorSession) && scoped == (a.door == doorKey)
}

// admitted serves a route to those whom its line in the table admits.
func (s *Server) admitted(r *route) echo.HandlerFunc {
	return func(ec echo.Context) error {
		c := ec.(*call)
		c.route = r
		if err := s.admit(c, r.access); err != nil {
			return err
		}
		return r.serve(s, c)
	}
}

// admit is the one place where access is decided.
func (s *Server) admit(c *call, a access) error {
	if a.door == doorKey {
		return s.admitKey(c, a.scope)
	}
	if err := s.origins.Check(c.Request()); err != nil {
		s.Metrics.blocked("cross_origin")
		return review.Wrap(review.CodeForbidden, err, "this form was sent from another site")
	}
	switch a.door {
	case doorPublic:
		return nil
	case doorOperator:
		return s.admitOperator(c)
	case doorSession:
		return s.admitSession(c, a)
	}
	return review.Errorf(review.CodeForbidden, "nobody may call this")
}

func (s *Server) admitKey(c *call, scope review.Scope) error {
	caller, err := s.callerOf(c)
	if err != nil {
		if review.CodeOf(err) == review.CodeUnauthenticated {
			s.Metrics.blocked("api_key")
		}
		return err
	}
	if err := s.admitOrigin(c, caller.App); err != nil {
		return err
	}
	if !caller.May(scope) {
		s.Metrics.blocked("scope")
		return review.Errorf(review.CodeForbidden, "this API key does not have the scope %q", scope)
	}
	c.caller = caller
	return nil
}

// callerOf finds out which App calls: by the signature of the request, or by the key itself.
func (s *Server) callerOf(c *call) (review.Caller, error) {
	caller, signed, err := s.signer(c)
	if signed || err != nil {
		return caller, err
	}
	return s.Accounts.Caller(c.Request().Context(), bearer(c.Request()))
}

// bearer returns the credentials of an Authorization header (RFC 6750), "" when
// there are none.
func bearer(r *http.Request) string {
	scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(credentials)
}

func (s *Server) admitSession(c *call, a access) error {
	if err := s.identify(c); err != nil {
		return err
	}
	if !c.viewer.May(a.permission) {
		return review.Errorf(review.CodeForbidden, "your role, %s, may not do this", c.viewer.User.Role)
	}
	if !a.weak && s.owesFactor(c) {
		return errNoFactor
	}
	if a.recent > 0 && s.Clock().Sub(c.confirmedAt) > a.recent {
		return errNotRecent
	}
	return nil
}

// owesFactor tells whether somebody came by a password alone whose role asks for more.
func (s *Server) owesFactor(c *call) bool {
	return !c.strong && slices.Contains(s.Options.SecondFactor, c.viewer.User.Role)
}

// identify finds out who signed in.
func (s *Server) identify(c *call) error {
	signedIn, err := s.sessions.load(c)
	if err != nil {
		return err
	}
	viewer, err := s.Accounts.Viewer(c.Request().Context(), signedIn.userID)
	if err != nil {
		return err
	}
	if signedIn.password != passwordMark(viewer.User) {
		return errSignedOut
	}
	c.viewer, c.signedInAt, c.confirmedAt, c.strong = viewer, signedIn.at, signedIn.confirmed, signedIn.strong
	origin := review.OriginOf(c.Request().Context())
	origin.Session, origin.Role = s.sessions.mark(c), viewer.User.Role
	c.from(origin)
	return s.sessions.touch(c, signedIn)
}

// admitOperator: behind a proxy on the same machine every caller seems local, so a
// request that was forwarded is not.
func (s *Server) admitOperator(c *call) error {
	r := c.Request()
	if token := s.Options.MetricsToken; token != "" {
		if subtle.ConstantTimeCompare([]byte(bearer(r)), []byte(token)) == 1 {
			return nil
		}
		return review.Errorf(review.CodeUnauthenticated, "the metrics token is missing or wrong")
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
	if err != nil || !peer.Addr().Unmap().IsLoopback() || forwarded {
		return review.Errorf(review.CodeForbidden, "metrics are for callers on the same machine, or with the metrics token")
	}
	return nil
}
