package web

import (
	"github.com/guardroom/guardroom/views"
)

// veil blurs the texts of items or shows them, for this person from now on.
func (s *Server) veil(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if _, err := s.Service.View(ctx, c.viewer, step.id); err != nil {
		return err
	}
	wanted, ok := views.Veil(c.viewer.User.Preferences, step.form.text(views.FieldVeil))
	if !ok {
		return s.refuseStep(c, step, wrongField(views.FieldVeil, "must be off, disturbing or always"))
	}
	if err := s.Accounts.SavePreferences(ctx, c.viewer, wanted); err != nil {
		return s.refuseStep(c, step, err)
	}
	return c.see(itemAddress(step.id, step.from))
}
