package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/guardroom/guardroom/internal/export"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// costs lists what the viewer's Apps cost in a month.
func (s *Server) costs(c *call) error {
	filter, err := views.ParseCosts(c.QueryParams())
	if err != nil {
		return err
	}
	data, err := s.Service.CostsOverview(c.Request().Context(), c.viewer, filter.Month)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Costs(views.CostsPage{Shell: shell, Data: data}))
}

// cost shows what an App cost, by day, model and user.
func (s *Server) cost(c *call) error {
	filter, err := views.ParseCosts(c.QueryParams())
	if err != nil {
		return err
	}
	view, err := s.Service.CostsOf(c.Request().Context(), c.viewer, c.appName(), filter)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Cost(views.CostPage{Shell: shell, View: view}))
}

// costFile streams the costs of an App by user and model. What left is told in the audit chain, as of other exports.
func (s *Server) costFile(c *call) error {
	filter, err := views.ParseCosts(c.QueryParams())
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	rows, err := s.Service.CostRows(ctx, c.viewer, c.appName(), filter)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="costs-%s.csv"`, review.MonthText(rows.Month)))
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	out := newChunks(c.Response())
	n, err := export.Costs(out, rows)
	if err == nil || out.sent {
		err = errors.Join(err, s.Service.RecordCostExport(context.WithoutCancel(ctx), c.viewer.Actor(), rows.App, n))
	}
	if err != nil {
		return err
	}
	return out.flush()
}
