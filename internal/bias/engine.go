package bias

import (
	"maps"
	"slices"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// cooldown is how long a user is left alone after a proposal about the same bias.
const cooldown = 24 * time.Hour

// Engine follows every user's habits, one belief per user and detector. It holds no user's state and is safe for
// concurrent use.
type Engine struct {
	detectors []detector // sorted by id
	byID      map[string]detector
}

// New makes the engine with its embedded model.
func New() (*Engine, error) {
	model, err := DefaultModel()
	if err != nil {
		return nil, err
	}
	e := &Engine{byID: map[string]detector{}, detectors: []detector{
		anchoring(), automation(), confirmation(), fixation(), leading(model), overconfidence(), sycophancy(model), acceptance(),
	}}
	for _, d := range e.detectors {
		e.byID[d.spec.ID] = d
	}
	return e, nil
}

// Specs lists the detectors, sorted by id.
func (e *Engine) Specs() []review.DetectorSpec {
	specs := make([]review.DetectorSpec, len(e.detectors))
	for i, d := range e.detectors {
		specs[i] = d.spec
	}
	return specs
}

// Texts lists what the detectors would say to a user, per detector and strategy, sorted by both.
func (e *Engine) Texts() []review.InterventionText {
	var out []review.InterventionText
	for _, d := range e.detectors {
		for _, strategy := range slices.Sorted(maps.Keys(d.texts)) {
			out = append(out, review.InterventionText{Bias: d.spec.ID, Strategy: strategy, Text: d.texts[strategy]})
		}
	}
	return out
}

// Observe reads one exchange and, if there is any, what the user did with the response. It stores nothing.
func (e *Engine) Observe(in review.Interaction, f *review.Feedback) []review.Observation {
	var out []review.Observation
	for _, d := range e.detectors {
		if o, ok := d.observe(in, f); ok {
			out = append(out, o)
		}
	}
	return out
}

// Update folds an Observation into the state of a user. The detector fires when its confidence reaches .9 on at least as
// many effective observations as it needs, and stays fired until it falls to .7. A fired detector proposes at the next
// Observation that speaks for the bias, and at most once in 24 hours. An Observation or a state that is not a number changes
// nothing but is started anew, so that one bad row cannot silence a detector for ever.
func (e *Engine) Update(s review.BiasState, o review.Observation, now time.Time) (review.BiasState, *review.Proposal) {
	d, known := e.byID[o.Detector]
	if !known || !(o.X >= 0 && o.X <= 1) {
		return s, nil
	}
	b := beliefOf(s).observe(o, d.habit)
	confidence := d.habit.confidence(b)
	s = b.into(s)
	s.UpdatedAt = now
	switch {
	case confidence >= d.habit.fire && d.habit.known(b):
		s.Firing = true
	case confidence <= d.habit.clear:
		s.Firing = false
	}
	cooling := s.FiredAt != nil && now.Sub(*s.FiredAt) < cooldown
	if !s.Firing || cooling || !d.habit.speaksFor(o) {
		return s, nil
	}
	s.FiredAt = &now
	return s, d.propose(b, confidence, o)
}
