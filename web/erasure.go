package web

import (
	"net/http"

	"github.com/guardroom/guardroom/views"
)

// erasures lists them, and shows what one would reach.
func (s *Server) erasures(c *call) error {
	return s.erasuresPage(c, http.StatusOK, views.ErasuresPage{User: c.QueryParam(views.ParamUser)})
}

func (s *Server) erasuresPage(c *call, status int, page views.ErasuresPage) error {
	var err error
	if page.View, err = s.Service.Erasures(c.Request().Context(), c.viewer, c.appName(), page.User); err != nil {
		return err
	}
	if page.Shell, err = s.shell(c); err != nil {
		return err
	}
	return c.page(status, views.Erasures(page))
}

// erase begins an erasure.
func (s *Server) erase(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	user, reason := values.Get(views.ParamUser), values.Get(views.FieldReason)
	if _, err := s.Service.Erase(c.Request().Context(), c.viewer, c.appName(), user, reason); err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.erasuresPage(c, refusalOf(err).status, views.ErasuresPage{User: user, Reason: reason, Problem: problem})
		}
		return err
	}
	s.sessions.tell(c, didErase, nil)
	return c.see(views.AppPath(c.appName(), views.StepErasures))
}

// certificate hands out what a finished erasure did, signed.
func (s *Server) certificate(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	e, app, err := s.Service.Erasure(c.Request().Context(), c.viewer, c.appName(), id)
	if err != nil {
		return err
	}
	return s.sendCertificate(c, e, app.Name)
}
