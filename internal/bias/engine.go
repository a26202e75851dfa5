package bias

import (
	"math"
	"slices"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// When the engine speaks up, and how often.
const (
	fireAt     = 0.9 // least P(θ > θ0)
	clearAt    = 0.7 // at or under it a fired detector falls silent
	leastKnown = 8.0 // least effective number of observations
	cooldown   = 24 * time.Hour
	habitual   = 0.5 // θ0: what a user does in more than half of the exchanges is a habit
)

// Engine follows every user's habits, one belief per user and detector. It holds no user's state and is safe for
// concurrent use.
type Engine struct {
	model *Model
	specs []review.DetectorSpec
}

// New makes the engine with its embedded model.
func New() (*Engine, error) {
	model, err := DefaultModel()
	if err != nil {
		return nil, err
	}
	return &Engine{model: model, specs: []review.DetectorSpec{leadingSpec(model), acceptanceSpec()}}, nil
}

// Specs lists the detectors, sorted by id.
func (e *Engine) Specs() []review.DetectorSpec { return slices.Clone(e.specs) }

// Observe reads one exchange and, if there is any, what the user did with the response. It stores nothing.
func (e *Engine) Observe(in review.Interaction, f *review.Feedback) []review.Observation {
	var out []review.Observation
	if in.Content.Prompt != "" {
		out = append(out, e.model.observeLeading(in.Content.Prompt))
	}
	if f != nil {
		if o, ok := observeAcceptance(in.Content.Response, *f); ok {
			out = append(out, o)
		}
	}
	return out
}

// Update folds an Observation into the state of a user. The detector fires when P(θ > θ0) reaches .9 on at least 8
// effective observations and stays fired until it falls to .7. A fired detector proposes at the next Observation that
// speaks for the bias, and at most once in 24 hours. An Observation or a state that is not a number changes nothing
// but is started anew, so that one bad row cannot silence a detector for ever.
func (e *Engine) Update(s review.BiasState, o review.Observation, now time.Time) (review.BiasState, *review.Proposal) {
	if !(o.X >= 0 && o.X <= 1) {
		return s, nil
	}
	p := beliefOf(s).observe(o.X, forgetting)
	confidence := p.above(habitual)
	s.Alpha, s.Beta, s.Weight, s.UpdatedAt = p.alpha, p.beta, p.weight, now
	switch {
	case confidence >= fireAt && p.weight >= leastKnown:
		s.Firing = true
	case confidence <= clearAt:
		s.Firing = false
	}
	cooling := s.FiredAt != nil && now.Sub(*s.FiredAt) < cooldown
	if !s.Firing || cooling || o.X <= habitual {
		return s, nil
	}
	s.FiredAt = &now
	return s, propose(p, confidence, o)
}

// beliefOf reads the belief back from a state; a new or a broken one is the prior.
func beliefOf(s review.BiasState) posterior {
	sound := s.Alpha >= 1 && s.Beta >= 1 && s.Weight >= 0 && !math.IsInf(s.Alpha+s.Beta+s.Weight, 0)
	if !sound {
		return uniform()
	}
	return posterior{alpha: s.Alpha, beta: s.Beta, weight: s.Weight}
}
