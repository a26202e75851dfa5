package web

import (
	"net/http"
	"strconv"
	"time"

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
	return s.conductPage(c, http.StatusOK, c.QueryParam(views.ParamUser), "", nil)
}

func (s *Server) conductPage(c *call, status int, user, reason string, problem *views.Problem) error {
	view, err := s.Service.ConductOf(c.Request().Context(), c.viewer, c.appName(), user)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(status, views.Conduct(views.ConductPage{Shell: shell, View: view, Reason: reason, Problem: problem}))
}

// restrict decides how a user is treated for a while. What was typed stays on the page, whatever is wrong with it.
func (s *Server) restrict(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	user, reason := values.Get(views.ParamUser), values.Get(views.FieldReason)
	hours, _ := strconv.Atoi(values.Get(views.FieldHours)) // what is no number is no time
	err = s.Service.Restrict(c.Request().Context(), c.viewer, review.RestrictCommand{
		App: c.appName(), UserID: user, Standing: review.Standing(values.Get(views.FieldStanding)),
		For: time.Duration(min(max(hours, 0), 24*400)) * time.Hour, Reason: reason,
	})
	switch code := review.CodeOf(err); {
	case err == nil:
		return c.see(views.ConductPath(c.appName(), user))
	case c.wantsJSON() || code != review.CodeUnprocessable:
		return err
	}
	r := refusalOf(err)
	c.refused = err
	return s.conductPage(c, r.status, user, reason, r.asProblem())
}
