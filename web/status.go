package web

import (
	"net/http"

	"github.com/guardroom/guardroom/views"
)

// status shows how the parts do, and what the policies say of those that are down.
func (s *Server) status(c *call) error {
	ctx := c.Request().Context()
	parts := s.Parts(ctx)
	failings, err := s.Service.Failings(ctx, c.viewer, parts)
	if err != nil {
		return err
	}
	hooks, err := s.Webhooks.Lists(ctx, c.viewer)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Status(views.StatusPage{Shell: shell, Parts: parts, Hooks: hooks, Failings: failings}))
}
