package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// decisions shows the latest Decisions.
func (s *Server) decisions(c *call) error {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	rows, err := s.Service.LatestDecisions(c.Request().Context(), c.viewer, filter)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Decisions(views.DecisionsPage{
		Shell: shell, Filter: filter, Rows: rows, Limit: review.DecisionsPage,
	}))
}

// filter reads the filter in the URL.
func (c *call) filter() (review.Filter, error) {
	q, err := c.query()
	if err != nil {
		return review.Filter{}, err
	}
	return views.ParseFilter(q)
}
