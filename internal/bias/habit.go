package bias

import (
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// habit says how a detector's belief about a user is kept, and when it is strong enough to speak of.
type habit struct {
	theta  float64 // θ0: the share from which on it is a habit; with margin, 0
	margin float64 // instead: how much greater the share is where a bias would show than where it would not
	least  float64 // effective observations that must be known, of each side when two are compared
	fire   float64 // fires from this P(θ > θ0) on
	clear  float64 // a fired detector falls silent at or under it
	gamma  float64 // forgetting per observation, in (0,1]
}

// usual is the habit of a detector that the literature sets no other bounds for: more than half of the time.
func usual() habit { return habit{theta: 0.5, least: 8, fire: 0.9, clear: 0.7, gamma: forgetting} }

// belief is what is known of one user: where the bias would show, and, for detectors that compare, where it would not.
type belief struct{ main, other posterior }

// beliefOf reads the belief back from a state; a new or a broken one is the prior.
func beliefOf(s review.BiasState) belief {
	return belief{
		main:  soundOr(posterior{s.Alpha, s.Beta, s.Weight}),
		other: soundOr(posterior{s.OtherAlpha, s.OtherBeta, s.OtherWeight}),
	}
}

func soundOr(p posterior) posterior {
	if p.alpha >= 1 && p.beta >= 1 && p.weight >= 0 && !math.IsInf(p.alpha+p.beta+p.weight, 0) {
		return p
	}
	return uniform()
}

func (b belief) observe(o review.Observation, h habit) belief {
	if o.Contrast {
		b.other = b.other.observe(o.X, h.gamma)
		return b
	}
	b.main = b.main.observe(o.X, h.gamma)
	return b
}

// into writes the belief into a state.
func (b belief) into(s review.BiasState) review.BiasState {
	s.Alpha, s.Beta, s.Weight = b.main.alpha, b.main.beta, b.main.weight
	s.OtherAlpha, s.OtherBeta, s.OtherWeight = b.other.alpha, b.other.beta, b.other.weight
	return s
}

// confidence is the probability of the habit, in [0,1].
func (h habit) confidence(b belief) float64 {
	if h.margin > 0 {
		return b.main.exceeds(b.other, h.margin)
	}
	return b.main.above(h.theta)
}

// known tells whether enough was observed.
func (h habit) known(b belief) bool {
	return b.main.weight >= h.least && (h.margin == 0 || b.other.weight >= h.least)
}

// speaksFor tells whether an observation shows the bias rather than its absence.
func (h habit) speaksFor(o review.Observation) bool { return !o.Contrast && o.X > max(h.theta, 0.5) }
