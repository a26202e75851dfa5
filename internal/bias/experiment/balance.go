package experiment

import "math"

const (
	priorUnits = 100  // how firmly the balance of the assignment is believed in beforehand
	mismatchAt = 1000 // the Bayes factor from which the assignment is broken
)

// mismatch is the Bayes factor for "the arms were not filled as their shares say" (sample ratio mismatch): the
// marginal likelihood of the counts under Dirichlet(100·π) against the one under the shares themselves. With two arms it is
// B(a+n_T, b+n_C) / B(a,b) / (π^n_T (1−π)^n_C). It is valid under peeking, too.
func mismatch(propensities []float64, counts []int) float64 {
	log, total, prior := 0.0, 0, 0.0
	for i, p := range propensities {
		alpha := priorUnits * p
		log += lgamma(alpha+float64(counts[i])) - lgamma(alpha) - float64(counts[i])*math.Log(p)
		total += counts[i]
		prior += alpha
	}
	return math.Exp(log + lgamma(prior) - lgamma(prior+float64(total)))
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
