package web

import (
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

// costFile streams the costs of an App by user and model, as other exports leave.
func (s *Server) costFile(c *call) error {
	filter, err := views.ParseCosts(c.QueryParams())
	if err != nil {
		return err
	}
	if _, err := c.viewer.AppNamed(c.appName()); err != nil {
		return err
	}
	return s.exportNow(c, review.ExportAsk{
		Kind: review.ExportCosts, Format: export.FormatCSV, Filter: review.Filter{App: c.appName()}, Costs: filter,
	})
}
