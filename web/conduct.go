package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// conducts lists how the viewer's Apps were used.
func (s *Server) conducts(c *call) error {
	apps, err := s.Service.ConductOverview(c.Request().Context(), c.viewer)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Conducts(views.ConductsPage{Shell: shell, Apps: apps}))
}

// conduct shows how an App, or one of its users, behaved.
func (s *Server) conduct(c *call) error {
	return s.conductPage(c, http.StatusOK, c.QueryParam(views.ParamUser), views.RestrictionForm{}, nil)
}

func (s *Server) conductPage(c *call, status int, user string, form views.RestrictionForm, problem *views.Problem) error {
	view, err := s.Service.ConductOf(c.Request().Context(), c.viewer, c.appName(), user)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(status, views.Conduct(views.ConductPage{Shell: shell, View: view, Form: form, Problem: problem}))
}

// restrict decides how a user is treated for a while. What was typed stays on the page, whatever is wrong with it.
func (s *Server) restrict(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	command, form := views.ParseRestriction(c.appName(), values)
	err = s.Service.Restrict(c.Request().Context(), c.viewer, command)
	switch code := review.CodeOf(err); {
	case err == nil:
		return c.see(views.ConductPath(c.appName(), command.UserID))
	case c.wantsJSON() || code != review.CodeUnprocessable:
		return err
	}
	r := refusalOf(err)
	c.refused = err
	return s.conductPage(c, r.status, command.UserID, form, r.asProblem())
}
