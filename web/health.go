package web

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type health struct {
	Status string `json:"status"`
}

// healthz tells that the process answers; it asks nobody else.
func (s *Server) healthz(c *call) error { return c.ok(health{"ok"}) }

// readyTimeout bounds the readiness check.
const readyTimeout = 2 * time.Second

// readyz tells whether requests should be sent here.
func (s *Server) readyz(c *call) error {
	if s.draining.Load() {
		return review.Unavailable(nil, "the server is ending", defaultRetry)
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTimeout)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		return review.Unavailable(err, "the server is not ready", defaultRetry)
	}
	return c.ok(health{"ready"})
}

// metrics leaves out the queue's figures when the store does not answer, and says so
// with status 500, as promhttp does.
func (s *Server) metrics(c *call) error {
	s.Metrics.handler.ServeHTTP(c.Response(), c.Request())
	return nil
}

// asset serves a style sheet, a script or the icon.
func (s *Server) asset(c *call) error {
	s.Assets.ServeHTTP(c.Response(), c.Request())
	return nil
}
