package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/bias/experiment"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// experiments lists the experiments of an App, with the form of a new one.
func (s *Server) experiments(c *call) error {
	return s.experimentsPage(c, http.StatusOK, views.NewExperimentForm(), nil)
}

func (s *Server) experimentsPage(c *call, status int, form views.ExperimentForm, problem *views.Problem) error {
	all, err := s.Service.Experiments(c.Request().Context(), c.viewer, c.appName())
	if err != nil {
		return err
	}
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	return c.page(status, views.Experiments(views.ExperimentsPage{PolicyPage: page, Experiments: all, Form: form, Problem: problem}))
}

// planExperiment keeps a plan. What was typed stays on the page, whatever is wrong with it.
func (s *Server) planExperiment(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	bias, plan, form, wrong := views.ParseExperimentForm(values)
	var e review.Experiment
	err = review.Unprocessable(wrong)
	if err == nil {
		e, err = s.Service.PlanExperiment(c.Request().Context(), c.viewer, c.appName(), bias, plan)
	}
	switch code := review.CodeOf(err); {
	case code == review.CodeUnprocessable && !c.wantsJSON():
		r := refusalOf(err)
		c.refused = err
		return s.experimentsPage(c, r.status, form, r.asProblem())
	case err != nil:
		return err
	}
	return c.see(views.ExperimentPath(c.appName(), e.ID, ""))
}

// experiment shows what one experiment has shown so far.
func (s *Server) experiment(c *call) error { return s.experimentPage(c, http.StatusOK, "", nil) }

func (s *Server) experimentPage(c *call, status int, reason string, problem *views.Problem) error {
	view, err := s.Service.ExperimentOf(c.Request().Context(), c.viewer, c.appName(), c.Param("id"))
	if err != nil {
		return err
	}
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	return c.page(status, views.Experiment(views.ExperimentPage{
		PolicyPage: page, Experiment: view, Report: experiment.Of(view), Reason: reason, Problem: problem,
	}))
}

// startExperiment lets a plan begin.
func (s *Server) startExperiment(c *call) error {
	return s.experimentStep(c, "", s.Service.StartExperiment(c.Request().Context(), c.viewer, c.appName(), c.Param("id")))
}

// endExperiment ends one for a reason.
func (s *Server) endExperiment(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	reason := values.Get(views.FieldReason)
	return s.experimentStep(c, reason, s.Service.EndExperiment(c.Request().Context(), c.viewer, c.appName(), c.Param("id"), reason))
}

// experimentStep shows the experiment after a step, or why the step was not taken.
func (s *Server) experimentStep(c *call, reason string, err error) error {
	switch code := review.CodeOf(err); {
	case err == nil:
		return c.see(views.ExperimentPath(c.appName(), c.Param("id"), ""))
	case c.wantsJSON() || code != review.CodeConflict && code != review.CodeUnprocessable:
		return err
	}
	r := refusalOf(err)
	c.refused = err
	return s.experimentPage(c, r.status, reason, r.asProblem())
}
