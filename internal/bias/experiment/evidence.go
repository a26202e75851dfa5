package experiment

import "math"

// tally is what one arm has shown so far: n units, the sum of their outcomes.
type tally struct {
	n   int
	sum float64
}

// rate estimates the arm's mean from what is past, under the prior Beta(.5,.5): never 0 and never 1.
func (t tally) rate() float64 { return (t.sum + 0.5) / (float64(t.n) + 1) }

// evidence is an e-process against "the outcome does not depend on the arm", for outcomes in {0,1}:
//
//	E = Π p(Y; θ̂_arm) / p(Y; θ̄)     θ̄ = Σ π_a θ̂_a
//
// with every θ̂ from past units alone. If the arms do not differ, E exceeds 1/α at any time with probability ≤ α,
// however often somebody looks.
type evidence struct {
	propensities []float64
	seen         []tally
	log          float64 // ln E
	peak         float64 // the greatest ln E so far
}

func newEvidence(propensities []float64) evidence {
	return evidence{propensities: propensities, seen: make([]tally, len(propensities))}
}

func (e *evidence) observe(arm int, y float64) {
	mixed := 0.0
	for i, p := range e.propensities {
		mixed += p * e.seen[i].rate()
	}
	e.log += math.Log(likelihood(y, e.seen[arm].rate())) - math.Log(likelihood(y, mixed))
	e.peak = max(e.peak, e.log)
	e.seen[arm].n++
	e.seen[arm].sum += y
}

func likelihood(y, rate float64) float64 {
	if y == 1 {
		return rate
	}
	return 1 - rate
}
