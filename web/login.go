package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// home leads to where the work is.
func (s *Server) home(c *call) error {
	if err := s.identify(c); err != nil {
		return c.see(views.PathQueue) // which asks who it is
	}
	return c.see(s.start(c))
}

// start is the list that the viewer begins with. Whatever keeps it from being known must
// not keep them from their work.
func (s *Server) start(c *call) string {
	if c.viewer.User.Preferences.View == "" {
		return views.PathQueue
	}
	saved, err := s.Service.SavedViews(c.Request().Context(), c.viewer)
	if err != nil {
		return views.PathQueue
	}
	return views.StartPath(c.viewer, saved)
}

// loginForm shows the sign-in page, unless there is no need to.
func (s *Server) loginForm(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	next := localPath(q.Get(views.FieldNext))
	switch err := s.identify(c); review.CodeOf(err) {
	case "":
		return c.see(s.afterLogin(c, next))
	case review.CodeUnauthenticated:
		return c.page(http.StatusOK, views.Login(views.LoginPage{Assets: s.Assets, Next: next}))
	default:
		return err
	}
}

// login signs in. Wrong and unknown are one answer.
func (s *Server) login(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	email, next := form.Get(views.FieldEmail), localPath(form.Get(views.FieldNext))
	user, err := s.signIn(c, email, form.Get(views.FieldPassword))
	if err == nil {
		err = s.sessions.begin(c, user)
	}
	if err != nil {
		return s.refuseLogin(c, email, next, err)
	}
	if c.viewer, err = s.Accounts.Viewer(c.Request().Context(), user.ID); err != nil {
		return err
	}
	return c.see(s.afterLogin(c, next))
}

func (s *Server) signIn(c *call, email, password string) (review.User, error) {
	if err := s.throttle(c, email); err != nil {
		return review.User{}, err
	}
	user, err := s.Accounts.SignIn(c.Request().Context(), email, password)
	if err == nil {
		s.logins.succeeded(email)
	}
	return user, err
}

// throttle counts a try to give somebody's password.
func (s *Server) throttle(c *call, email string) error {
	wait := s.logins.take(email, c.RealIP())
	if wait == 0 {
		return nil
	}
	s.Metrics.blocked("login_rate")
	return &review.Error{Code: review.CodeRateLimited, RetryAfter: wait,
		Message: "There were too many tries. Wait a little, then try again."}
}

// refuseLogin shows the form again, with what was typed except the password.
func (s *Server) refuseLogin(c *call, email, next string, err error) error {
	shownHere := []review.Code{review.CodeUnauthenticated, review.CodeRateLimited, review.CodeUnavailable}
	if c.wantsJSON() || !slices.Contains(shownHere, review.CodeOf(err)) {
		return err
	}
	r := refusalOf(err)
	if r.retry > 0 {
		c.Response().Header().Set("Retry-After", r.retryAfter())
	}
	c.refused = err
	return c.page(r.status, views.Login(views.LoginPage{Assets: s.Assets, Email: email, Next: next, Problem: r.asProblem()}))
}

// logout ends the session.
func (s *Server) logout(c *call) error {
	if err := s.sessions.end(c); err != nil {
		return err
	}
	return c.see(views.PathLogin)
}

// afterLogin is where somebody wanted to go, or where they begin.
func (s *Server) afterLogin(c *call, next string) string {
	if next == "" {
		return s.start(c)
	}
	return next
}

// localPath returns the address if it is a page of ours to go on to, "" otherwise:
// nobody can be sent elsewhere by a link to our sign-in page.
func localPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || len(address) > 2048 || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return ""
	}
	plain := strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\\t\r\n")
	if !plain || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, "/\\") || strings.ContainsFunc(u.Path, control) {
		return ""
	}
	if u.Path == views.PathLogin || u.Path == views.PathLogout || strings.HasPrefix(u.Path, apiPrefix) {
		return ""
	}
	return address
}

func control(r rune) bool { return r < ' ' || r == 0x7f }
