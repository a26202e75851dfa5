package web

import (
	"maps"
	"net/http"
	"slices"

	"github.com/guardroom/guardroom/internal/quality"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// overview shows what waits, what the guard is worth and how people work.
func (s *Server) overview(c *call) error {
	data, err := s.Service.Overview(c.Request().Context(), c.viewer)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Overview(views.OverviewPage{
		Shell: shell, Data: data, People: quality.People(data.Work, data.Telling), Team: quality.NewTeam(data.Telling, data.Steps), Specs: s.Service.Specs(),
	}))
}

// work shows people what they did themselves.
func (s *Server) work(c *call) error {
	data, err := s.Service.OwnWork(c.Request().Context(), c.viewer)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	page := views.WorkPage{Shell: shell, Data: data, Team: quality.NewTeam(own(data.Telling, c.viewer.User.ID), data.Steps)}
	if people := quality.People(data.Hours, data.Telling); len(people) > 0 {
		page.Me = people[0]
	}
	return c.page(http.StatusOK, views.Work(page))
}

// own are somebody's own tellings: the others are there to compare opinions with.
func own(told []review.Telling, user string) (out []review.Telling) {
	for _, t := range told {
		if t.UserID == user {
			out = append(out, t)
		}
	}
	return out
}

// policyProof shows the thresholds that decisions prove.
func (s *Server) policyProof(c *call) error {
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	hidden, err := s.Service.HiddenDecisions(c.Request().Context(), c.viewer, c.appName())
	if err != nil {
		return err
	}
	shown := views.ProofPage{PolicyPage: page, Hidden: countable(hidden), Proofs: quality.Proofs(hidden), Risk: quality.RiskProof(hidden)}
	shown.Calibration, shown.Uncalibrated = quality.Calibrate(hidden)
	return c.page(http.StatusOK, views.PolicyProof(shown))
}

// takeProof puts what decisions prove of one detector into the draft. Nobody sends the thresholds: they are worked out anew.
func (s *Server) takeProof(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	page, err := s.policyPage(c)
	if err != nil {
		return err
	}
	hidden, err := s.Service.HiddenDecisions(c.Request().Context(), c.viewer, c.appName())
	if err != nil {
		return err
	}
	policy := page.View.Edited()
	if !proved(&policy, hidden, values.Get(views.FieldDetector)) {
		return review.Errorf(review.CodeUnprocessable, "no threshold of this detector is proved yet")
	}
	if _, err := s.Service.SaveDraft(c.Request().Context(), c.viewer, c.appName(), values.Get(views.FieldRevision), policy); err != nil {
		return err
	}
	s.sessions.tell(c, didDraft, nil)
	return c.see(views.PolicyStep(c.appName(), views.StepDraft))
}

// proved puts what decisions prove of a detector into the policy, or of the risk when none is named, and tells whether
// there is something.
func proved(policy *review.Policy, hidden []review.Hidden, detector string) bool {
	if detector == views.WholeRisk {
		p := quality.RiskProof(hidden)
		policy.Risk = p.IntoRisk(policy.Risk)
		return p.Proved()
	}
	proofs := quality.Proofs(hidden)
	at := slices.IndexFunc(proofs, func(p quality.Proof) bool { return p.Detector == detector && p.Proved() })
	if at < 0 {
		return false
	}
	policy.Detectors = maps.Clone(policy.Detectors)
	policy.Detectors[detector] = proofs[at].Into(policy.Detectors[detector])
	return true
}

// countable is how many decisions say that something is a violation or that it is none.
func countable(hidden []review.Hidden) (n int) {
	for _, h := range hidden {
		if h.Judgement != review.JudgeEscalate {
			n++
		}
	}
	return n
}
