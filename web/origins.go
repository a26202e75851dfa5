package web

import (
	"net/http"
	"strings"

	"github.com/guardroom/guardroom/views"
)

// appOrigins shows whose pages may call an App's API from a browser.
func (s *Server) appOrigins(c *call) error {
	_, origins, err := s.Accounts.Origins(c.Request().Context(), c.viewer, c.appName())
	if err != nil {
		return err
	}
	return s.originsPage(c, http.StatusOK, strings.Join(origins, "\n"), nil)
}

func (s *Server) originsPage(c *call, status int, typed string, problem *views.Problem) error {
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(status, views.Origins(views.OriginsPage{Shell: shell, App: c.appName(), Typed: typed, Problem: problem}))
}

// setOrigins replaces the list.
func (s *Server) setOrigins(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	typed := form.Get(views.FieldOrigins)
	if err := s.Accounts.SetOrigins(c.Request().Context(), c.viewer, c.appName(), views.ParseOrigins(typed)); err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.originsPage(c, refusalOf(err).status, typed, problem)
		}
		return err
	}
	s.sessions.tell(c, didOrigins, nil)
	return c.see(views.AppPath(c.appName(), views.StepOrigins))
}
