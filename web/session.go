package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// The keys of a session's data.
const (
	keyUser     = "user"
	keyPassword = "password"
	keySince    = "since"
	keySeen     = "seen"
	keyConfirm  = "confirmed"
	keyAddress  = "address"
	keyAgent    = "agent"
	keyStrong   = "strong" // signed in with more than a password

	// Of somebody whose password was right and who owes a code. They are nobody yet.
	keyHeld         = "held"
	keyHeldPassword = "held.password"
	keyHeldAt       = "held.at"
	keyHeldNext     = "held.next"

	// Of somebody who went to the provider of single sign-on.
	keySSO     = "sso" // state, nonce and verifier
	keySSOAt   = "sso.at"
	keySSONext = "sso.next"

	// Of a browser that was asked for a passkey.
	keyPasskey    = "passkey" // what has to be remembered until it answers
	keyPasskeyFor = "passkey.for"
	keyPasskeyAt  = "passkey.at"
)

// heldFor is how long a right password waits for its code.
const heldFor = 10 * time.Minute

// SessionStore keeps sessions and tells whose they are.
type SessionStore interface {
	scs.CtxStore
	// Own says whose a session is, and the mark under which lists know it.
	Own(ctx context.Context, token, userID, mark string) error
	// Of returns the data of a person's sessions, by mark.
	Of(ctx context.Context, userID string) (map[string][]byte, error)
}

// touches is how many times an idle period a session in use is written: one write a
// page would cost more than the page.
const touches = 12

// sessions keeps who is signed in, on the server, under a random token that only the
// cookie holds; the store keeps its digest. Whatever changes a session writes it at once, so that a failure
// becomes an answer.
type sessions struct {
	manager *scs.SessionManager
	store   SessionStore
	idle    time.Duration
	clock   review.Clock
	notices string // name of the notice cookie
}

func newSessions(store SessionStore, o Options, clock review.Clock) *sessions {
	m := scs.New()
	m.Store = store
	m.Lifetime = o.SessionLifetime
	m.Cookie.Name = cookieName("guardroom_session", o.SecureCookies)
	m.Cookie.Secure = o.SecureCookies
	return &sessions{manager: m, store: store, idle: o.SessionIdle, clock: clock, notices: cookieName("guardroom_notice", o.SecureCookies)}
}

// cookieName takes the prefix that keeps other hosts from setting the cookie; browsers
// grant it over HTTPS only.
func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// signIn is what a session knows.
type signIn struct {
	userID    string
	password  string // mark of the password hash: a new password ends the session
	at        time.Time
	seen      time.Time
	confirmed time.Time // when the password, or what stands for it, was last given
	strong    bool      // by more than a password
}

// passwordMark changes when the password does and tells nothing about it.
func passwordMark(u review.User) string {
	sum := sha256.Sum256([]byte(u.PasswordHash))
	return hex.EncodeToString(sum[:8])
}

// mark tells the sessions of the audit trail apart, and opens none.
func (s *sessions) mark(c *call) string {
	return markOf(s.manager.Token(c.Request().Context()))
}

func markOf(token string) string {
	sum := sha256.Sum256([]byte("guardroom.session.mark\n" + token))
	return hex.EncodeToString(sum[:8])
}

// open puts the session of the request's cookie, or an empty one, into its context.
func (s *sessions) open(c *call) (context.Context, error) {
	token := ""
	if cookie, err := c.Request().Cookie(s.manager.Cookie.Name); err == nil {
		token = cookie.Value
	}
	ctx, err := s.manager.Load(c.Request().Context(), token)
	if err != nil {
		return nil, review.Unavailable(err, "sessions cannot be read now", defaultRetry)
	}
	c.SetRequest(c.Request().WithContext(ctx))
	return ctx, nil
}

// load returns who signed in; errSignedOut when nobody did, or too long ago.
func (s *sessions) load(c *call) (signIn, error) {
	ctx, err := s.open(c)
	if err != nil {
		return signIn{}, err
	}
	return s.signedIn(ctx)
}

// look reads the session of a request as it is now, however long ago the request began.
func (s *sessions) look(ctx context.Context, r *http.Request) (signIn, error) {
	cookie, err := r.Cookie(s.manager.Cookie.Name)
	if err != nil {
		return signIn{}, errSignedOut
	}
	if ctx, err = s.manager.Load(ctx, cookie.Value); err != nil {
		return signIn{}, review.Unavailable(err, "sessions cannot be read now", defaultRetry)
	}
	return s.signedIn(ctx)
}

func (s *sessions) signedIn(ctx context.Context) (signIn, error) {
	in := signIn{
		userID: s.manager.GetString(ctx, keyUser), password: s.manager.GetString(ctx, keyPassword),
		at: time.UnixMicro(s.manager.GetInt64(ctx, keySince)).UTC(), seen: time.UnixMicro(s.manager.GetInt64(ctx, keySeen)),
	}
	in.strong = s.manager.GetBool(ctx, keyStrong)
	in.confirmed = time.UnixMicro(max(s.manager.GetInt64(ctx, keyConfirm), s.manager.GetInt64(ctx, keySince))).UTC()
	now := s.clock()
	if in.userID == "" || now.Sub(in.at) >= s.manager.Lifetime || now.Sub(in.seen) >= s.idle {
		return signIn{}, errSignedOut
	}
	return in, nil
}

// touch notes, now and then, that the session is in use.
func (s *sessions) touch(c *call, in signIn) error {
	now := s.clock()
	if now.Sub(in.seen) < s.idle/touches || c.peeking() {
		return nil
	}
	ctx := c.Request().Context()
	s.manager.Put(ctx, keySeen, now.UnixMicro())
	if _, _, err := s.manager.Commit(ctx); err != nil {
		return review.Unavailable(err, "the session cannot be written now", defaultRetry)
	}
	return nil
}

// begin signs a user in under a new token, so that one that was planted before is
// worth nothing. strong says that it took more than a password.
func (s *sessions) begin(c *call, u review.User, strong bool) error {
	ctx, err := s.open(c)
	if err != nil {
		return err
	}
	now := s.clock().UnixMicro()
	s.forget(ctx)
	s.manager.Put(ctx, keyUser, u.ID)
	s.manager.Put(ctx, keyPassword, passwordMark(u))
	s.manager.Put(ctx, keySince, now)
	s.manager.Put(ctx, keySeen, now)
	s.manager.Put(ctx, keyStrong, strong)
	s.manager.Put(ctx, keyAddress, c.RealIP())
	s.manager.Put(ctx, keyAgent, shortAgent(c.Request().UserAgent()))
	return s.renew(ctx, c, u.ID)
}

// forget empties the session of the context; it stays that of the request.
func (s *sessions) forget(ctx context.Context) {
	for _, key := range s.manager.Keys(ctx) {
		s.manager.Remove(ctx, key)
	}
}

// renew writes the session under a new token. owner is "" while it is nobody's.
func (s *sessions) renew(ctx context.Context, c *call, owner string) error {
	err := s.manager.RenewToken(ctx)
	if err != nil {
		return review.Unavailable(err, "the session cannot be written now", defaultRetry)
	}
	token, expiry, err := s.manager.Commit(ctx)
	if err == nil && owner != "" {
		err = s.store.Own(ctx, token, owner, markOf(token))
	}
	if err != nil {
		return review.Unavailable(err, "the session cannot be written now", defaultRetry)
	}
	s.writeCookie(ctx, c, token, expiry)
	return nil
}

// held is somebody whose password was right and who owes a code.
type held struct {
	userID   string
	password string // mark of the password hash
	next     string
}

// hold remembers whose password was right. The session opens nothing.
func (s *sessions) hold(c *call, u review.User, next string) error {
	ctx, err := s.open(c)
	if err != nil {
		return err
	}
	s.forget(ctx)
	s.manager.Put(ctx, keyHeld, u.ID)
	s.manager.Put(ctx, keyHeldPassword, passwordMark(u))
	s.manager.Put(ctx, keyHeldAt, s.clock().UnixMicro())
	s.manager.Put(ctx, keyHeldNext, next)
	return s.renew(ctx, c, "")
}

// holding returns who owes a code; errSignedOut when nobody does, or too long.
func (s *sessions) holding(c *call) (held, error) {
	ctx, err := s.open(c)
	if err != nil {
		return held{}, err
	}
	h := held{s.manager.GetString(ctx, keyHeld), s.manager.GetString(ctx, keyHeldPassword), s.manager.GetString(ctx, keyHeldNext)}
	if h.userID == "" || s.clock().Sub(time.UnixMicro(s.manager.GetInt64(ctx, keyHeldAt))) >= heldFor {
		return held{}, errSignedOut
	}
	return h, nil
}

// away remembers what has to come back from the provider; who is signed in stays so.
func (s *sessions) away(c *call, a review.SSOAttempt, next string) error {
	ctx, err := s.open(c)
	if err != nil {
		return err
	}
	s.manager.Put(ctx, keySSO, strings.Join([]string{a.State, a.Nonce, a.Verifier}, " "))
	s.manager.Put(ctx, keySSOAt, s.clock().UnixMicro())
	s.manager.Put(ctx, keySSONext, next)
	return s.renew(ctx, c, s.manager.GetString(ctx, keyUser))
}

// back returns what has to come back, once; errSignedOut when nobody went.
func (s *sessions) back(c *call) (a review.SSOAttempt, next string, err error) {
	ctx, err := s.open(c)
	if err != nil {
		return a, "", err
	}
	tokens := strings.Fields(s.manager.GetString(ctx, keySSO))
	next = s.manager.GetString(ctx, keySSONext)
	if len(tokens) != 3 || s.clock().Sub(time.UnixMicro(s.manager.GetInt64(ctx, keySSOAt))) >= heldFor {
		return a, "", errSignedOut
	}
	for _, key := range []string{keySSO, keySSOAt, keySSONext} {
		s.manager.Remove(ctx, key)
	}
	if _, _, err := s.manager.Commit(ctx); err != nil {
		return a, "", review.Unavailable(err, "the session cannot be written now", defaultRetry)
	}
	return review.SSOAttempt{State: tokens[0], Nonce: tokens[1], Verifier: tokens[2]}, next, nil
}

// What a browser is asked for a passkey for.
const (
	passkeyToAdd     = "add"
	passkeyToSignIn  = "sign in"
	passkeyToConfirm = "confirm"
)

// asking remembers what a browser was asked; who is signed in, or half way, stays so.
func (s *sessions) asking(c *call, purpose string, remember []byte) error {
	ctx, err := s.open(c)
	if err != nil {
		return err
	}
	s.manager.Put(ctx, keyPasskey, string(remember))
	s.manager.Put(ctx, keyPasskeyFor, purpose)
	s.manager.Put(ctx, keyPasskeyAt, s.clock().UnixMicro())
	return s.renew(ctx, c, s.manager.GetString(ctx, keyUser))
}

// asked returns what a browser was asked for the purpose, once; errSignedOut when it was not, or too long ago.
func (s *sessions) asked(c *call, purpose string) ([]byte, error) {
	ctx, err := s.open(c)
	if err != nil {
		return nil, err
	}
	remember, was := s.manager.GetString(ctx, keyPasskey), s.manager.GetString(ctx, keyPasskeyFor)
	late := s.clock().Sub(time.UnixMicro(s.manager.GetInt64(ctx, keyPasskeyAt))) >= heldFor
	if remember == "" || was != purpose || late {
		return nil, errSignedOut
	}
	for _, key := range []string{keyPasskey, keyPasskeyFor, keyPasskeyAt} {
		s.manager.Remove(ctx, key)
	}
	if _, _, err := s.manager.Commit(ctx); err != nil {
		return nil, review.Unavailable(err, "the session cannot be written now", defaultRetry)
	}
	return []byte(remember), nil
}

// confirm notes that the person has just given their password again, or what stands for
// it, under a new token.
func (s *sessions) confirm(c *call) error {
	ctx := c.Request().Context()
	s.manager.Put(ctx, keyConfirm, s.clock().UnixMicro())
	return s.renew(ctx, c, c.viewer.User.ID)
}

// maxAgentBytes bounds what is kept of a browser's name of itself.
const maxAgentBytes = 300

func shortAgent(agent string) string {
	return strings.ToValidUTF8(agent[:min(len(agent), maxAgentBytes)], "")
}

// of lists a person's sessions that are alive, the one used last first.
func (s *sessions) of(ctx context.Context, userID string) ([]views.Session, error) {
	stored, err := s.store.Of(ctx, userID)
	if err != nil {
		return nil, err
	}
	var all []views.Session
	now := s.clock()
	for mark, data := range stored {
		_, values, err := s.manager.Codec.Decode(data)
		if err != nil {
			return nil, review.Wrap(review.CodeInternal, err, "a session cannot be read")
		}
		since, _ := values[keySince].(int64)
		seen, _ := values[keySeen].(int64)
		session := views.Session{Mark: mark, At: time.UnixMicro(since).UTC(), Seen: time.UnixMicro(seen).UTC()}
		session.Address, _ = values[keyAddress].(string)
		session.Agent, _ = values[keyAgent].(string)
		if now.Sub(session.At) < s.manager.Lifetime && now.Sub(session.Seen) < s.idle {
			all = append(all, session)
		}
	}
	slices.SortFunc(all, func(a, b views.Session) int {
		return cmp.Or(b.Seen.Compare(a.Seen), strings.Compare(a.Mark, b.Mark))
	})
	return all, nil
}

// end signs out, here and now.
func (s *sessions) end(c *call) error {
	ctx := c.Request().Context()
	if err := s.manager.Destroy(ctx); err != nil {
		return review.Unavailable(err, "the session cannot be ended now", defaultRetry)
	}
	s.writeCookie(ctx, c, "", time.Time{})
	return nil
}

// writeCookie keeps our stricter Cache-Control.
func (s *sessions) writeCookie(ctx context.Context, c *call, token string, expiry time.Time) {
	h := c.Response().Header()
	s.manager.WriteSessionCookie(ctx, c.Response(), token, expiry)
	h["Cache-Control"] = fixedHeaders["Cache-Control"]
}
