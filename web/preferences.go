package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// account shows who is signed in and how they want to work.
func (s *Server) account(c *call) error {
	page, err := s.accountPage(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Account(page))
}

func (s *Server) accountPage(c *call) (views.AccountPage, error) {
	shell, err := s.shell(c)
	if err != nil {
		return views.AccountPage{}, err
	}
	all, err := s.sessions.of(c.Request().Context(), c.viewer.User.ID)
	return views.AccountPage{
		Shell: shell, SignedInAt: c.signedInAt, Preferences: c.viewer.User.Preferences, Sessions: all, Session: s.sessions.mark(c),
	}, err
}

// savePreferences keeps how somebody wants to work, or shows the form again with what was typed.
func (s *Server) savePreferences(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	wanted := views.ParsePreferences(form, c.viewer.User.Preferences)
	problems, err := views.CheckPreferences(wanted)
	if err == nil {
		err = s.Accounts.SavePreferences(c.Request().Context(), c.viewer, wanted)
	}
	if err == nil {
		s.sessions.tell(c, didPrefer, nil)
		return c.see(views.PathAccount)
	}
	if c.wantsJSON() || review.CodeOf(err) != review.CodeUnprocessable {
		return err
	}
	page, failed := s.accountPage(c)
	if failed != nil {
		return failed
	}
	r := refusalOf(err)
	page.Preferences, page.KeyProblems, page.Problem = wanted, problems, r.asProblem()
	c.refused = err
	return c.page(r.status, views.Account(page))
}
