package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

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
		return c.page(http.StatusOK, views.Login(s.loginPage(c, next)))
	default:
		return err
	}
}

// login signs in, or asks for a code. Wrong and unknown are one answer.
func (s *Server) login(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	email, next := form.Get(views.FieldEmail), localPath(form.Get(views.FieldNext))
	user, second, err := s.signIn(c, email, form.Get(views.FieldPassword))
	if err != nil {
		return s.refuseLogin(c, email, next, err)
	}
	return s.passedPassword(c, user, second, next)
}

// passedPassword goes on with somebody whose password was right.
func (s *Server) passedPassword(c *call, user review.User, second bool, next string) error {
	if !second {
		return s.welcome(c, user, false, next)
	}
	if err := s.sessions.hold(c, user, next); err != nil {
		return err
	}
	return c.see(views.PathLoginCode)
}

// welcome begins a session and leads on.
func (s *Server) welcome(c *call, user review.User, strong bool, next string) error {
	if err := s.sessions.begin(c, user, strong); err != nil {
		return err
	}
	viewer, err := s.Accounts.Viewer(c.Request().Context(), user.ID)
	if err != nil {
		return err
	}
	c.viewer = viewer
	return c.see(s.afterLogin(c, next))
}

func (s *Server) signIn(c *call, email, password string) (user review.User, second bool, err error) {
	if err := s.throttle(c, email); err != nil {
		return review.User{}, false, err
	}
	user, second, err = s.Accounts.SignIn(c.Request().Context(), email, password)
	if err == nil {
		s.logins.succeeded(email)
	}
	return user, second, err
}

// codeForm asks for the code of somebody whose password was right.
func (s *Server) codeForm(c *call) error {
	return s.codePage(c, http.StatusOK, nil)
}

// giveCode is the second step of signing in.
func (s *Server) giveCode(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	h, err := s.sessions.holding(c)
	if err != nil {
		return err
	}
	user, err := s.takeCode(c, h, form.Get(views.FieldCode))
	if err == nil {
		return s.welcome(c, user, true, h.next)
	}
	if problem := c.shownAtDoor(err); problem != nil {
		return s.codePage(c, refusalOf(err).status, problem)
	}
	return err
}

func (s *Server) codePage(c *call, status int, problem *views.Problem) error {
	h, err := s.sessions.holding(c)
	if err != nil {
		return err
	}
	return c.page(status, views.LoginCode(views.LoginCodePage{Assets: s.Assets, Next: h.next, Passkey: s.Accounts.TakesPasskeys(s.origin(c)), Problem: problem}))
}

func (s *Server) takeCode(c *call, h held, code string) (review.User, error) {
	if err := s.throttleCode(c, h.userID); err != nil {
		return review.User{}, err
	}
	user, err := s.Accounts.SecondStep(c.Request().Context(), h.userID, code)
	if err != nil {
		return review.User{}, err
	}
	if passwordMark(user) != h.password { // changed in between
		return review.User{}, errSignedOut
	}
	s.codes.forget(h.userID)
	return user, nil
}

// throttleCode counts a try to give somebody's code.
func (s *Server) throttleCode(c *call, userID string) error {
	wait := s.logins.addresses.take(network(c.RealIP()))
	if wait == 0 {
		wait = s.codes.take(userID)
	}
	return s.tooMany(wait)
}

// throttle counts a try to give somebody's password.
func (s *Server) throttle(c *call, email string) error {
	return s.tooMany(s.logins.take(email, c.RealIP()))
}

// tooMany refuses who has to wait.
func (s *Server) tooMany(wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	s.Metrics.blocked("login_rate")
	return &review.Error{Code: review.CodeRateLimited, RetryAfter: wait,
		Message: "There were too many tries. Wait a little, then try again."}
}

// refuseLogin shows the form again, with what was typed except the password.
func (s *Server) refuseLogin(c *call, email, next string, err error) error {
	problem := c.shownAtDoor(err)
	if problem == nil {
		return err
	}
	page := s.loginPage(c, next)
	page.Email, page.Problem = email, problem
	return c.page(refusalOf(err).status, views.Login(page))
}

// shownAtDoor is what a form of signing in says of a refusal; nil when the refusal is
// for the page of errors.
func (c *call) shownAtDoor(err error) *views.Problem {
	shown := []review.Code{review.CodeUnauthenticated, review.CodeRateLimited, review.CodeUnavailable}
	if c.wantsJSON() || errors.Is(err, errSignedOut) || !slices.Contains(shown, review.CodeOf(err)) {
		return nil
	}
	r := refusalOf(err)
	if r.retry > 0 {
		c.Response().Header().Set("Retry-After", r.retryAfter())
	}
	c.refused = err
	return r.asProblem()
}

func (s *Server) loginPage(c *call, next string) views.LoginPage {
	page := views.LoginPage{Assets: s.Assets, Next: next, Passkey: s.Accounts.TakesPasskeys(s.origin(c))}
	if s.SignOn != nil {
		page.SignOn = s.Options.SignOnName
	}
	return page
}

// logout ends the session.
func (s *Server) logout(c *call) error {
	if err := s.sessions.end(c); err != nil {
		return err
	}
	if err := s.Accounts.SignedOut(c.Request().Context(), c.viewer); err != nil {
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
	if u.Path == views.PathLogin || strings.HasPrefix(u.Path, views.PathLogin+"/") || u.Path == views.PathLogout || strings.HasPrefix(u.Path, apiPrefix) {
		return ""
	}
	return address
}

func control(r rune) bool { return r < ' ' || r == 0x7f }
