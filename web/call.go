package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// call is one request on its way: Echo's context and what we found out about it.
type call struct {
	echo.Context
	id          string // of the request, for logs and answers
	route       *route // nil when nothing answers at this path
	caller      review.Caller
	viewer      review.Viewer
	signedInAt  time.Time
	confirmedAt time.Time // when the person last gave their password
	strong      bool      // signed in by more than a password
	told        bool      // a notice for the next page is on its way
	refused     error     // why the answer is a form that says no, for the log
}

// pattern is the path of the route, a bounded set of names.
func (c *call) pattern() string {
	if c.route == nil {
		return "unmatched"
	}
	return c.route.path
}

// from says where the Events of this request come from.
func (c *call) from(o review.Origin) {
	r := c.Request()
	c.SetRequest(r.WithContext(review.WithOrigin(r.Context(), o)))
}

// signedIn tells whether a person stands behind the call.
func (c *call) signedIn() bool { return c.viewer.User.ID != "" }

// object returns the id in the path. One that cannot be ours is as absent as one
// that never was.
func (c *call) object() (string, error) {
	id := c.Param("id")
	if !validID(id) {
		return "", review.Errorf(review.CodeNotFound, "there is nothing with this id")
	}
	return id, nil
}

func validID(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, notInID)
}

func notInID(r rune) bool {
	return !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || r == '-')
}

// wantsJSON tells whether a script asks: JSON is accepted and pages are not.
func (c *call) wantsJSON() bool {
	if path := c.Request().URL.Path; strings.HasPrefix(path, apiPrefix) || strings.HasPrefix(path, openAIPrefix+"/") {
		return true
	}
	accept := c.Request().Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// wantsPage tells whether a page will be looked at: not by a script, and not by the
// beacon that a browser sends when a page is left.
func (c *call) wantsPage() bool {
	return strings.Contains(c.Request().Header.Get("Accept"), "text/html")
}

// peeking tells whether nobody looks at the answer yet, so that a GET must not
// claim anything: a prefetch, a HEAD, or a reader who says so.
func (c *call) peeking() bool {
	r := c.Request()
	purpose := r.Header.Get("Sec-Purpose") + r.Header.Get("Purpose") + r.Header.Get("X-Moz")
	return r.Method == http.MethodHead || strings.Contains(purpose, "prefetch") || strings.Contains(purpose, "prerender") ||
		c.QueryParam("peek") == "1" || c.QueryParam(views.ParamAhead) != ""
}

// json answers with a value. It is encoded before the status is written, so that an
// answer is never half an answer.
func (c *call) json(status int, contentType string, value any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(value); err != nil {
		return review.Wrap(review.CodeInternal, err, "the answer could not be written")
	}
	return c.Blob(status, contentType, b.Bytes())
}

func (c *call) ok(value any) error { return c.json(http.StatusOK, echo.MIMEApplicationJSON, value) }

// page answers with a page, rendered before the status is written.
func (c *call) page(status int, page templ.Component) error {
	var b bytes.Buffer
	ctx := views.For(c.Request().Context(), c.viewer.User.Preferences, c.Request().Header.Get("Accept-Language"))
	c.Response().Header().Add(echo.HeaderVary, "Accept-Language")
	if err := page.Render(ctx, &b); err != nil {
		return review.Wrap(review.CodeInternal, err, "the page could not be drawn")
	}
	return c.HTMLBlob(status, quiet(b.Bytes()))
}

// see answers a form: look there now.
func (c *call) see(path string) error { return c.Redirect(http.StatusSeeOther, path) }

// shell is what every page of a signed-in person shares.
func (s *Server) shell(c *call) (views.Shell, error) {
	counts, err := s.Service.Counts(c.Request().Context(), c.viewer)
	if err != nil {
		return views.Shell{}, err
	}
	desk, err := s.Service.Desk(c.Request().Context(), c.viewer)
	if err != nil {
		return views.Shell{}, err
	}
	saved, err := s.Service.SavedViews(c.Request().Context(), c.viewer)
	if err != nil {
		return views.Shell{}, err
	}
	return views.Shell{
		Assets: s.Assets, Viewer: c.viewer, Counts: counts, Desk: desk, Views: saved, Now: s.Clock().UTC(), Notice: s.sessions.takeNotice(c),
	}, nil
}
