package experiment

import "math"

const (
	// LeastUnits is the number of units under which an asymptotic interval says nothing.
	LeastUnits = 100
	tightestAt = 1000.0 // t*: the number of units at which the interval is narrowest
)

// Interval is what is known of a difference: treatment minus control, in units of the outcome.
type Interval struct{ Mean, Low, High float64 }

// difference estimates the effect of one treatment against the control by a confidence sequence over doubly robust
// scores: d = (μ̂1−μ̂0) + A(Y−μ̂1)/π − (1−A)(Y−μ̂0)/(1−π), each μ̂ from past units.
type difference struct {
	pi           float64 // P(treatment | control or treatment)
	control      tally
	treatment    tally
	n            int
	sum, squares float64 // of the scores
}

func newDifference(control, treatment float64) difference {
	return difference{pi: treatment / (treatment + control)}
}

func (d *difference) observe(treated bool, y float64) {
	mu0, mu1 := d.control.mean(), d.treatment.mean()
	score := mu1 - mu0
	if treated {
		score += (y - mu1) / d.pi
		d.treatment.n++
		d.treatment.sum += y
	} else {
		score -= (y - mu0) / (1 - d.pi)
		d.control.n++
		d.control.sum += y
	}
	d.n++
	d.sum += score
	d.squares += score * score
}

// mean is the plain mean; any value from the past keeps the scores unbiased, so an empty arm may say 0.
func (t tally) mean() float64 {
	if t.n == 0 {
		return 0
	}
	return t.sum / float64(t.n)
}

// interval covers the true difference at all times together with probability 1−alpha; there is none under 100 units.
func (d *difference) interval(alpha float64) *Interval {
	if d.n < LeastUnits {
		return nil
	}
	t := float64(d.n)
	mean := d.sum / t
	deviation := math.Sqrt(max(0, d.squares/t-mean*mean))
	radius := deviation * boundary(t, alpha)
	return &Interval{Mean: mean, Low: mean - radius, High: mean + radius}
}

// boundary is the radius of the sequence for a deviation of 1 after t units.
func boundary(t, alpha float64) float64 {
	rho2 := (-2*math.Log(alpha) + math.Log(-2*math.Log(alpha)) + 1) / tightestAt
	return math.Sqrt(2 * (t*rho2 + 1) / (t * t * rho2) * math.Log(math.Sqrt(t*rho2+1)/alpha))
}
