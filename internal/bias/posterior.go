package bias

import "gonum.org/v1/gonum/stat/distuv"

// forgetting is γ = 2^(−1/20): an observation counts half after twenty newer ones.
const forgetting = 0.9659363289248456

// posterior is a Beta belief about θ, the share of a user's exchanges that show a bias.
type posterior struct {
	alpha, beta float64 // > 0
	weight      float64 // effective number of observations after forgetting
}

// uniform is Beta(1,1): nothing is known yet.
func uniform() posterior { return posterior{alpha: 1, beta: 1} }

// observe folds in one observation x in [0,1], after what was known has been forgotten by gamma in (0,1];
// 1 forgets nothing. The prior itself is never forgotten.
func (p posterior) observe(x, gamma float64) posterior {
	return posterior{
		alpha:  1 + gamma*(p.alpha-1) + x,
		beta:   1 + gamma*(p.beta-1) + (1 - x),
		weight: gamma*p.weight + 1,
	}
}

// above is P(θ > theta0), in [0,1].
func (p posterior) above(theta0 float64) float64 {
	return distuv.Beta{Alpha: p.alpha, Beta: p.beta}.Survival(theta0)
}

// mean is E[θ], in (0,1).
func (p posterior) mean() float64 { return p.alpha / (p.alpha + p.beta) }

// cells is how finely exceeds integrates; twice as many change its fourth digit at most.
const cells = 256

// exceeds is P(θ − other θ > margin), in [0,1], for independent beliefs.
func (p posterior) exceeds(other posterior, margin float64) float64 {
	d := distuv.Beta{Alpha: other.alpha, Beta: other.beta}
	sum, below := 0.0, 0.0
	for i := range cells {
		upTo := d.CDF(float64(i+1) / cells)
		if at := (float64(i)+0.5)/cells + margin; at < 1 {
			sum += (upTo - below) * p.above(at)
		}
		below = upTo
	}
	return sum
}
