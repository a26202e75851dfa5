package web

import (
	"net/http"

	"github.com/guardroom/guardroom/views"
)

// commands finds places to go to.
func (s *Server) commands(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Commands(views.CommandsPage{Shell: shell, Query: q.Get(views.FieldQuery)}))
}
