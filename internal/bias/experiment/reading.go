package experiment

import "math"

// Alpha is the chance at most with which a test of arms that do not differ is ever read as telling.
const Alpha = 0.05

// Goal says which way a measure should go.
type Goal int8

// The goals.
const (
	Lower  Goal = -1 // such as the share of wrong answers that were taken over
	Higher Goal = 1  // such as the share of answers that were verified
)

// Outcome is what one unit showed of one measure. A unit counts once; later ones of the same unit are not independent
// and would feign certainty.
type Outcome struct {
	Arm   int     // index
	Value float64 // 0 or 1 for shares; any finite number for others, such as ln(seconds)
}

// Effect is what one treatment did to a measure, compared with the control.
type Effect struct {
	Arm        int
	Units      int       // of control and treatment together
	Difference *Interval // nil as long as there are too few units to say anything
}

// Clear tells whether the interval leaves 0 out on the side of the goal (1), on the other side (−1), or not (0).
func (e Effect) Clear(goal Goal) int {
	switch {
	case e.Difference == nil:
		return 0
	case e.Difference.Low > 0:
		return int(goal)
	case e.Difference.High < 0:
		return -int(goal)
	default:
		return 0
	}
}

// Reading is what the outcomes of one measure say so far.
type Reading struct {
	Units    []int     // per arm
	Means    []float64 // per arm; NaN for an arm without units
	Evidence *float64  // E now; nil for measures that are no shares
	Peak     *float64  // the greatest E so far: from 1/α on "no difference" is rejected, and stays so
	Effects  []Effect  // one per treatment
}

// Rejects tells whether the outcomes speak against "no difference" at level Alpha.
func (r Reading) Rejects() bool { return r.Peak != nil && *r.Peak >= 1/Alpha }

// Read folds the outcomes of a measure, in the order in which they came. Several treatments share Alpha equally.
func Read(arms []Arm, outcomes []Outcome, binary bool) Reading {
	e := newEvidence(arms)
	seen := make([]tally, len(arms))
	differences := make([]difference, len(arms))
	for i := 1; i < len(arms); i++ {
		differences[i] = newDifference(arms[0], arms[i])
	}
	for _, o := range outcomes {
		if o.Arm < 0 || o.Arm >= len(arms) || math.IsNaN(o.Value) || math.IsInf(o.Value, 0) {
			continue
		}
		seen[o.Arm].n++
		seen[o.Arm].sum += o.Value
		if binary {
			e.observe(o.Arm, math.Round(min(max(o.Value, 0), 1)))
		}
		for i := 1; i < len(arms); i++ {
			if o.Arm == 0 || o.Arm == i {
				differences[i].observe(o.Arm == i, o.Value)
			}
		}
	}
	return reading(arms, seen, differences, e, binary)
}

func reading(arms []Arm, seen []tally, differences []difference, e evidence, binary bool) Reading {
	r := Reading{}
	for _, t := range seen {
		r.Units = append(r.Units, t.n)
		r.Means = append(r.Means, t.sum/float64(t.n))
	}
	if binary {
		now, peak := math.Exp(e.log), math.Exp(e.peak)
		r.Evidence, r.Peak = &now, &peak
	}
	for i := 1; i < len(arms); i++ {
		r.Effects = append(r.Effects, Effect{Arm: i, Units: differences[i].n, Difference: differences[i].interval(Alpha / float64(len(arms)-1))})
	}
	return r
}
