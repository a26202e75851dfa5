package web

import (
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
	for _, f := range s.Exports.Trail {
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
	return s.exportNow(c, review.ExportAsk{Kind: review.ExportTrail, Format: q.Get(views.ParamFormat), Events: filter})
}
