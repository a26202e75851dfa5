package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// auditTrail shows who did what.
func (s *Server) auditTrail(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	filter, before, err := views.ParseTrail(q)
	if err != nil {
		return err
	}
	found, err := s.Service.Trail(c.Request().Context(), c.viewer, filter, before)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	page := views.TrailPage{Shell: shell, Filter: filter, Events: found.Events, Paged: before != 0, Next: found.Next}
	for _, f := range s.Trail {
		page.Formats = append(page.Formats, f.Name)
	}
	return c.page(http.StatusOK, views.Trail(page))
}

// exportTrail streams what the filter means, as exportCSV does.
func (s *Server) exportTrail(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	filter, _, err := views.ParseTrail(q)
	if err != nil {
		return err
	}
	format, err := s.trailFormat(q.Get(views.ParamFormat))
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	events, err := s.Service.WholeTrail(ctx, c.viewer, filter)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", format.MediaType)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="audit-%s.%s"`, s.Clock().UTC().Format("20060102-150405"), format.Name))
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	out := newChunks(c.Response())
	n, err := format.Write(out, events)
	if err == nil || out.sent {
		err = errors.Join(err, s.Service.RecordTrailExport(context.WithoutCancel(ctx), c.viewer.Actor(), filter, n, format.Name))
	}
	if err != nil {
		return err
	}
	return out.flush()
}

// trailFormat takes the first when none is named.
func (s *Server) trailFormat(name string) (TrailFormat, error) {
	if name == "" {
		return s.Trail[0], nil
	}
	for _, f := range s.Trail {
		if f.Name == name {
			return f, nil
		}
	}
	return TrailFormat{}, review.Errorf(review.CodeInvalid, "the trail does not leave in this format")
}
