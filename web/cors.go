package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
)

// What scripts of other origins may send and read. Cookies are never among it: only a key lets anybody in.
const (
	corsMaxAge  = "600" // seconds for which a browser remembers an answer to its question
	corsExposed = "Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, " + headerInteraction + ", " + headerItem + ", " + headerVerdict
)

var (
	corsFields   = []string{"accept", "authorization", "content-digest", "content-type", "last-event-id", "signature", "signature-input", "x-request-id"}
	corsPrefixes = []string{"openai-", "x-guardroom-", "x-stainless-"} // clients of OpenAI tell what they are
)

// fitsCORS tells whether a field may come from another origin.
func fitsCORS(field string) bool {
	return slices.Contains(corsFields, field) || slices.ContainsFunc(corsPrefixes, func(p string) bool { return strings.HasPrefix(field, p) })
}

// mountPreflights answers what browsers ask before they call an API from another origin, at every path that a key opens.
func (s *Server) mountPreflights() {
	methods := map[string][]string{}
	at := map[string]*route{}
	for i := range s.routes {
		r := &s.routes[i]
		if r.access.door != doorKey {
			continue
		}
		at[r.path] = r
		methods[r.path] = append(methods[r.path], r.method)
		if r.method == http.MethodGet {
			methods[r.path] = append(methods[r.path], http.MethodHead)
		}
	}
	for path, r := range at {
		s.echo.Add(http.MethodOptions, path, func(ec echo.Context) error {
			c := ec.(*call)
			c.route = r
			return s.preflight(c, methods[path])
		})
	}
}

// preflight tells a browser whether it may go on. No key comes with the question, so it is answered for all Apps
// together; the call itself is held to the list of its own.
func (s *Server) preflight(c *call, methods []string) error {
	r, h := c.Request(), c.Response().Header()
	h.Add(echo.HeaderVary, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	h.Set("Allow", strings.Join(append([]string{http.MethodOptions}, methods...), ", "))
	origin, method := r.Header.Get(echo.HeaderOrigin), r.Header.Get(echo.HeaderAccessControlRequestMethod)
	if origin == "" || method == "" { // no browser asks: it is a plain OPTIONS
		return c.NoContent(http.StatusNoContent)
	}
	allowed, err := s.Accounts.AllowsOrigin(r.Context(), "", origin)
	if err != nil {
		return err
	}
	if !allowed || !slices.Contains(methods, method) {
		s.Metrics.blocked("cors")
		return review.Errorf(review.CodeForbidden, "no App lets pages of this origin call this")
	}
	h.Set(echo.HeaderAccessControlAllowOrigin, origin)
	h.Set(echo.HeaderAccessControlAllowMethods, strings.Join(methods, ", "))
	if fields := askedFields(r.Header.Get(echo.HeaderAccessControlRequestHeaders)); fields != "" {
		h.Set(echo.HeaderAccessControlAllowHeaders, fields)
	}
	h.Set(echo.HeaderAccessControlMaxAge, corsMaxAge)
	return c.NoContent(http.StatusNoContent)
}

// askedFields are those that a script wants to send and may.
func askedFields(asked string) string {
	var fields []string
	for field := range strings.SplitSeq(asked, ",") {
		field = strings.ToLower(strings.TrimSpace(field))
		if fitsCORS(field) && !strings.ContainsFunc(field, notInID) {
			fields = append(fields, field)
		}
	}
	return strings.Join(fields, ", ")
}

// admitOrigin holds a call of a page of another origin to the list of the App. What is no browser sends no origin.
func (s *Server) admitOrigin(c *call, app review.App) error {
	h := c.Response().Header()
	h.Add(echo.HeaderVary, "Origin")
	origin := c.Request().Header.Get(echo.HeaderOrigin)
	if origin == "" || s.ownOrigin(c, origin) {
		return nil
	}
	allowed, err := s.Accounts.AllowsOrigin(c.Request().Context(), app.ID, origin)
	if err != nil {
		return err
	}
	if !allowed {
		s.Metrics.blocked("cors")
		return review.Errorf(review.CodeForbidden, "this App does not let pages of this origin call it")
	}
	h.Set(echo.HeaderAccessControlAllowOrigin, origin)
	h.Set(echo.HeaderAccessControlExposeHeaders, corsExposed)
	return nil
}

// ownOrigin tells whether the page came from this server.
func (s *Server) ownOrigin(c *call, origin string) bool { return origin == s.absolute(c, "") }
