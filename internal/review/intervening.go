package review

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// The strategies of an Intervention.
const (
	StrategyText            = "text"
	StrategyAnswerFirst     = "answer_first"
	StrategyDelayedReveal   = "delayed_reveal"
	StrategyRewrite         = "rewrite_as_question"
	StrategyAccuracyPrompt  = "accuracy_prompt"
	StrategyCounterEvidence = "counter_evidence"
)

// Strategies lists every strategy.
func Strategies() []string {
	return []string{StrategyText, StrategyAnswerFirst, StrategyDelayedReveal, StrategyRewrite, StrategyAccuracyPrompt, StrategyCounterEvidence}
}

// InterventionRule is what a Policy says of the Interventions of one bias. The zero value leaves all to the detector and
// lets a person decide about each of them.
type InterventionRule struct {
	Strategy  string            `json:"strategy,omitempty"`  // instead of the detector's choice
	Texts     map[string]string `json:"texts,omitempty"`     // per strategy, instead of the detector's own
	Automatic bool              `json:"automatic,omitempty"` // delivered at once, without a person
}

func (p Policy) validateInterventions(bad *invalidFields) {
	for _, bias := range slices.Sorted(maps.Keys(p.Interventions)) {
		r, at := p.Interventions[bias], "interventions."+bias
		if r.Strategy != "" && !slices.Contains(Strategies(), r.Strategy) {
			bad.addf(at+".strategy", "must be one of %v", Strategies())
		}
		for _, strategy := range slices.Sorted(maps.Keys(r.Texts)) {
			within := fmt.Sprintf("%s.texts.%s", at, strategy)
			if !slices.Contains(Strategies(), strategy) {
				bad.addf(within, "is no strategy")
			}
			if text := r.Texts[strategy]; text == "" || len(text) > maxArmTextBytes {
				bad.addf(within, "must have 1 to %d bytes", maxArmTextBytes)
			}
		}
	}
}

// validateAutomatic refuses to deliver at once what a detector finds whose precision is not shown.
func (p Policy) validateAutomatic(bad *invalidFields, specs []DetectorSpec) {
	for _, bias := range slices.Sorted(maps.Keys(p.Interventions)) {
		i := slices.IndexFunc(specs, func(s DetectorSpec) bool { return s.ID == bias && s.Category == CategoryBias })
		switch {
		case i < 0:
			bad.addf("interventions."+bias, "is no bias detector")
		case p.Interventions[bias].Automatic && !specs[i].MayInterrupt():
			bad.addf("interventions."+bias+".automatic", "needs a precision of which at least %.0f %% is shown on labelled data", 100*LeastPrecision)
		}
	}
}

func (p Policy) interventionFields() []policyField {
	var out []policyField
	for _, bias := range slices.Sorted(maps.Keys(p.Interventions)) {
		r, at := p.Interventions[bias], "interventions."+bias
		out = append(out, policyField{at + ".strategy", r.Strategy}, policyField{at + ".automatic", fmt.Sprint(r.Automatic)})
		for _, strategy := range slices.Sorted(maps.Keys(r.Texts)) {
			out = append(out, policyField{fmt.Sprintf("%s.texts.%s", at, strategy), r.Texts[strategy]})
		}
	}
	return out
}

// TextOf is what is said of a bias in one way: the policy's text, or that of the library; "" when neither has one.
func (p Policy) TextOf(library []InterventionText, bias, strategy string) string {
	if text := p.Interventions[bias].Texts[strategy]; text != "" {
		return text
	}
	for _, t := range library {
		if t.Bias == bias && t.Strategy == strategy {
			return t.Text
		}
	}
	return ""
}

// word puts the policy's strategy and text into a proposal.
func (s *Service) word(policy Policy, p Proposal) Proposal {
	if chosen := policy.Interventions[p.Finding.Detector].Strategy; chosen != "" {
		p.Strategy = chosen
	}
	if text := policy.TextOf(s.Bias.Texts(), p.Finding.Detector, p.Strategy); text != "" {
		p.Text = text
	}
	return p
}

// treat words a proposal as the user's arm says; false when the arm says nothing.
func (s *Service) treat(policy Policy, p Proposal, arm ExperimentArm) (Proposal, bool) {
	if arm.Strategy == "" || arm.StoppedAt != nil {
		return p, false
	}
	p.Strategy = arm.Strategy
	if p.Text = arm.Text; p.Text == "" {
		p.Text = policy.TextOf(s.Bias.Texts(), p.Finding.Detector, arm.Strategy)
	}
	return p, p.Text != ""
}

const (
	tiredAfter = 3                  // dismissals in a row after which a user is left alone
	tiredFor   = 7 * 24 * time.Hour // about that bias
)

// tired tells whether the user has dismissed the last Interventions about the bias: more of them would only be learned to
// be clicked away.
func tired(tx Tx, in Interaction, bias string) (bool, error) {
	last, err := tx.LastInterventions(in.AppID, in.UserID, bias, tiredAfter)
	if err != nil || len(last) < tiredAfter {
		return false, err
	}
	for _, iv := range last {
		if iv.Outcome != OutcomeDismissed || iv.OutcomeAt == nil || in.CreatedAt.Sub(*iv.OutcomeAt) > tiredFor {
			return false, nil
		}
	}
	return true, nil
}

// InterventionOutcome is what a user did with an Intervention.
type InterventionOutcome string

// The outcomes that an App can report.
const (
	OutcomeShown     InterventionOutcome = "shown"     // and nothing else is known
	OutcomeDismissed InterventionOutcome = "dismissed" // closed unanswered
	OutcomeFollowed  InterventionOutcome = "followed"  // did what it asks for
)

// InterventionOutcomes lists every outcome.
func InterventionOutcomes() []InterventionOutcome {
	return []InterventionOutcome{OutcomeShown, OutcomeDismissed, OutcomeFollowed}
}

// ReportOutcome keeps what the user did with an Intervention that was sent. Shown may become another outcome; the other
// two are final, and the same again changes nothing.
func (s *Service) ReportOutcome(ctx context.Context, caller Caller, interventionID string, outcome InterventionOutcome) (Intervention, error) {
	if !slices.Contains(InterventionOutcomes(), outcome) {
		var bad invalidFields
		bad.addf("outcome", "must be one of %v", InterventionOutcomes())
		return Intervention{}, bad.err()
	}
	now := s.now()
	var iv Intervention
	err := s.Store.Write(ctx, func(tx Tx) (err error) {
		if iv, err = tx.Intervention(interventionID); err == nil && iv.AppID != caller.App.ID {
			err = Errorf(CodeNotFound, "there is no such intervention")
		}
		switch {
		case err != nil:
			return err
		case iv.State != InterventionApproved:
			return Errorf(CodeConflict, "this intervention was not sent")
		case iv.Outcome == outcome:
			return nil
		case iv.Outcome != "" && iv.Outcome != OutcomeShown || outcome == OutcomeShown && iv.Outcome != "":
			return Errorf(CodeConflict, "another outcome was reported before")
		}
		iv.Outcome, iv.OutcomeAt = outcome, &now
		if err := tx.SetOutcome(iv.ID, outcome, now); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, caller.Actor(), "intervention.outcome", iv.ID, iv.AppID, outcomeDetail{Outcome: outcome}))
	})
	return iv, err
}

type outcomeDetail struct {
	Outcome InterventionOutcome `json:"outcome"`
}
