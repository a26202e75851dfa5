package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// retention shows what an App keeps, what is held, and what was removed.
func (s *Server) retention(c *call) error {
	return s.retentionPage(c, http.StatusOK, views.RetentionPage{})
}

func (s *Server) retentionPage(c *call, status int, page views.RetentionPage) error {
	var err error
	if page.View, err = s.Service.Retention(c.Request().Context(), c.viewer, c.appName()); err != nil {
		return err
	}
	if page.Shell, err = s.shell(c); err != nil {
		return err
	}
	return c.page(status, views.Retention(page))
}

// hold sets a legal hold.
func (s *Server) hold(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	form := review.HoldCommand{
		App: c.appName(), Kind: review.HoldKind(values.Get(views.FieldKind)), Subject: values.Get(views.FieldSubject), Reason: values.Get(views.FieldReason),
	}
	if err := s.Service.Hold(c.Request().Context(), c.viewer, form); err != nil {
		return s.notHeld(c, form, err)
	}
	s.sessions.tell(c, didHold, nil)
	return c.see(views.AppPath(c.appName(), views.StepRetention))
}

func (s *Server) notHeld(c *call, form review.HoldCommand, err error) error {
	if problem := c.shownHere(err); problem != nil {
		return s.retentionPage(c, refusalOf(err).status, views.RetentionPage{Form: form, Problem: problem})
	}
	return err
}

// lift ends a legal hold.
func (s *Server) lift(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	values, err := c.readForm()
	if err != nil {
		return err
	}
	if err := s.Service.Lift(c.Request().Context(), c.viewer, c.appName(), id, values.Get(views.FieldReason)); err != nil {
		return s.notHeld(c, review.HoldCommand{}, err)
	}
	s.sessions.tell(c, didLift, nil)
	return c.see(views.AppPath(c.appName(), views.StepRetention))
}
