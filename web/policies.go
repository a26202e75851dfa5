package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// appName returns the App that the path names. Whose it is, the use cases ask.
func (c *call) appName() string { return c.Param("app") }

// policies lists the policies of the viewer's Apps.
func (s *Server) policies(c *call) error {
	all, err := s.Service.PolicySummaries(c.Request().Context(), c.viewer)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Policies(views.PoliciesPage{Shell: shell, Policies: all, Specs: s.Service.Specs()}))
}

// policyPage gathers what every page of one policy shows.
func (s *Server) policyPage(c *call) (views.PolicyPage, error) {
	view, err := s.Service.PolicyOf(c.Request().Context(), c.viewer, c.appName())
	if err != nil {
		return views.PolicyPage{}, err
	}
	shell, err := s.shell(c)
	return views.PolicyPage{Shell: shell, View: view, Specs: s.Service.Specs(), Texts: s.Service.Bias.Texts()}, err
}

// policy shows what is in force.
func (s *Server) policy(c *call) error {
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Policy(page))
}

// policyVersions shows the history.
func (s *Server) policyVersions(c *call) error {
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.PolicyVersions(page))
}

// policyDraft shows what the draft would change.
func (s *Server) policyDraft(c *call) error {
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.PolicyDraft(views.PolicyDraftPage{PolicyPage: page}))
}

// policyEdit shows the form of the draft.
func (s *Server) policyEdit(c *call) error {
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.PolicyEdit(views.PolicyEditPage{
		PolicyPage: page, Form: views.NewPolicyForm(page.View.Edited()),
	}))
}

// saveDraft keeps the form as the draft. Whatever is wrong with it, what was typed
// stays on the page.
func (s *Server) saveDraft(c *call) error {
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	values, err := c.readForm()
	if err != nil {
		return err
	}
	policy, form, wrong := views.ParsePolicyForm(values, page.View.Edited())
	err = review.Unprocessable(wrong)
	if err == nil {
		_, err = s.Service.SaveDraft(c.Request().Context(), c.viewer, c.appName(), values.Get(views.FieldRevision), policy)
	}
	switch review.CodeOf(err) {
	case "":
		s.sessions.tell(c, didDraft, nil)
		return c.see(views.PolicyStep(c.appName(), views.StepDraft))
	case review.CodeConflict, review.CodeUnprocessable:
		return s.refusePolicy(c, err, func(page views.PolicyPage, problem *views.Problem) templ.Component {
			return views.PolicyEdit(views.PolicyEditPage{PolicyPage: page, Form: form, Problem: problem})
		})
	}
	return err
}

// refusePolicy answers a step that could not be taken with its page as it is now.
func (s *Server) refusePolicy(c *call, err error, draw func(views.PolicyPage, *views.Problem) templ.Component) error {
	code := review.CodeOf(err)
	if c.wantsJSON() || code != review.CodeConflict && code != review.CodeUnprocessable {
		return err
	}
	page, failed := s.policyPage(c)
	if failed != nil {
		return failed
	}
	r := refusalOf(err)
	c.refused = err
	return c.page(r.status, draw(page, r.asProblem()))
}

// activateDraft puts the draft into force.
func (s *Server) activateDraft(c *call) error {
	values, live, err := s.policyStep(c)
	if err == nil {
		_, err = s.Service.Activate(c.Request().Context(), c.viewer, review.ActivateCommand{
			App: c.appName(), Revision: values.Get(views.FieldRevision), Live: live, Reason: values.Get(views.FieldReason),
		})
	}
	if err != nil {
		return s.refuseDraft(c, values, err)
	}
	s.sessions.tell(c, didActivate, nil)
	return c.see(views.PolicyPath(c.appName()))
}

// discardDraft throws the draft away.
func (s *Server) discardDraft(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	err = s.Service.DiscardDraft(c.Request().Context(), c.viewer, c.appName(), values.Get(views.FieldRevision))
	if err != nil {
		return s.refuseDraft(c, values, err)
	}
	s.sessions.tell(c, didDiscard, nil)
	return c.see(views.PolicyPath(c.appName()))
}

func (s *Server) refuseDraft(c *call, values url.Values, err error) error {
	return s.refusePolicy(c, err, func(page views.PolicyPage, problem *views.Problem) templ.Component {
		return views.PolicyDraft(views.PolicyDraftPage{PolicyPage: page, Reason: values.Get(views.FieldReason), Problem: problem})
	})
}

// policyStep reads a form that names the version that was looked at.
func (s *Server) policyStep(c *call) (url.Values, int, error) {
	values, err := c.readForm()
	if err != nil {
		return nil, 0, err
	}
	live, err := numberIn(values, views.FieldLive, 0)
	return values, int(live), err
}

// version reads the number of a version from the path.
func (c *call) version() (int, error) {
	n, err := strconv.Atoi(c.Param("version"))
	if err != nil || n < 1 {
		return 0, review.Errorf(review.CodeNotFound, "there is no such version")
	}
	return n, nil
}

// policyVersion shows one version beside what is live.
func (s *Server) policyVersion(c *call) error {
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	shown, err := s.versionPage(c, page)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.PolicyVersion(shown))
}

func (s *Server) versionPage(c *call, page views.PolicyPage) (views.PolicyVersionPage, error) {
	n, err := c.version()
	if err != nil {
		return views.PolicyVersionPage{}, err
	}
	policy, err := s.Service.PolicyAt(c.Request().Context(), c.viewer, c.appName(), n)
	return views.PolicyVersionPage{PolicyPage: page, Version: n, Policy: policy}, err
}

// rollBack brings a version back as a new one.
func (s *Server) rollBack(c *call) error {
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	shown, err := s.versionPage(c, page)
	if err != nil {
		return err
	}
	values, live, err := s.policyStep(c)
	if err == nil {
		_, err = s.Service.RollBack(c.Request().Context(), c.viewer, review.RollBackCommand{
			App: c.appName(), Version: shown.Version, Live: live, Reason: values.Get(views.FieldReason),
		})
	}
	if err != nil {
		return s.refusePolicy(c, err, func(page views.PolicyPage, problem *views.Problem) templ.Component {
			shown.PolicyPage, shown.Reason, shown.Problem = page, values.Get(views.FieldReason), problem
			return views.PolicyVersion(shown)
		})
	}
	s.sessions.tell(c, didRollBack, nil)
	return c.see(views.PolicyPath(c.appName()))
}

// policyTrial shows the empty form of a trial.
func (s *Server) policyTrial(c *call) error {
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.PolicyTrial(views.PolicyTrialPage{PolicyPage: page, Kind: review.SegmentPrompt}))
}

// tryText screens a text under both policies. It changes nothing, so its answer is the
// page itself.
func (s *Server) tryText(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	page := views.PolicyTrialPage{Kind: review.SegmentKind(values.Get(views.FieldKind)), Text: values.Get(views.FieldText)}
	trial, err := s.Service.Try(c.Request().Context(), c.viewer, c.appName(), page.Kind, page.Text)
	if err != nil {
		return s.refusePolicy(c, err, func(shared views.PolicyPage, problem *views.Problem) templ.Component {
			page.PolicyPage, page.Problem = shared, problem
			return views.PolicyTrial(page)
		})
	}
	if page.PolicyPage, err = s.policyPage(c); err != nil {
		return err
	}
	page.Trial = &trial
	return c.page(http.StatusOK, views.PolicyTrial(page))
}
