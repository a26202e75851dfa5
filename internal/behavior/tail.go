package behavior

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// tooUnlikely is the p-value under which a detector speaks. Every event is a test, and windows overlap; where the models of
// conduct hold, one in a million leaves less than one false alarm in a thousand days of one user (guardroom simulate).
const tooUnlikely = 1e-6

// steadyUnlikely is the same for the rate of a client that is held against its own evenness.
const steadyUnlikely = 1e-5

// leastEvents is how much must have happened in a window before it says anything.
const leastEvents = 10

// countTail is P(N ≥ n) for counts with this mean and variance: Poisson, or where they are burstier than that the
// negative binomial with the same two moments.
func countTail(n, mean, variance float64) float64 {
	if n <= 0 {
		return 1
	}
	if mean <= 0 {
		return 0
	}
	if variance <= 1.01*mean {
		return mathext.GammaIncReg(n, mean)
	}
	spread := variance / mean
	return mathext.RegIncBeta(n, mean/(spread-1), 1-1/spread)
}

// shareTail is P(K ≥ k of n) for a share of which a Beta belief is held.
func shareTail(k, n float64, belief share) float64 {
	if k <= 0 {
		return 1
	}
	// The belief's mean with a margin for what is not known of it: the upper end of a 99 % interval.
	p := distuv.Beta{Alpha: belief.Yes + 0.5, Beta: belief.No + 0.5}.Quantile(0.99)
	return mathext.RegIncBeta(k, n-k+1, p)
}

// far grades how many times the usual something is, in [0,1]: 0 up to twice, .6 at three times, .8 at five, 1 from ten on.
func far(ratio float64) float64 {
	switch {
	case !(ratio > 2):
		return 0
	case ratio >= 10:
		return 1
	case ratio >= 5:
		return 0.8 + 0.2*math.Log(ratio/5)/math.Log(2)
	case ratio >= 3:
		return 0.6 + 0.2*math.Log(ratio/3)/math.Log(5.0/3)
	default:
		return 0.3 + 0.3*math.Log(ratio/2)/math.Log(1.5)
	}
}

// studentTail is P(T ≥ t) of Student's t.
func studentTail(t, freedom float64) float64 {
	half := 0.5 * mathext.RegIncBeta(freedom/2, 0.5, freedom/(freedom+t*t))
	if t < 0 {
		return 1 - half
	}
	return half
}
