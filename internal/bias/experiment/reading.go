package experiment

import (
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// Alpha is the chance at most with which a test of arms that do not differ is ever read as telling.
const Alpha = 0.05

// Effect is what one treatment did to a measure, compared with the control.
type Effect struct {
	Arm        int
	Units      int       // of control and treatment together
	Difference *Interval // nil as long as there are too few units to say anything
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

// read folds the outcomes of a measure, in the order in which they came. Several treatments share Alpha equally. What
// is no outcome of an arm is left out.
func read(propensities []float64, outcomes []review.Outcome, binary bool) Reading {
	e := newEvidence(propensities)
	seen := make([]tally, len(propensities))
	differences := make([]difference, len(propensities))
	for i := range differences {
		differences[i] = newDifference(propensities[0], propensities[i])
	}
	for _, o := range outcomes {
		if o.Arm < 0 || o.Arm >= len(seen) || math.IsNaN(o.Value) || math.IsInf(o.Value, 0) {
			continue
		}
		seen[o.Arm].n++
		seen[o.Arm].sum += o.Value
		if binary {
			e.observe(o.Arm, o.Value)
		}
		for i := 1; i < len(differences); i++ {
			if o.Arm == 0 || o.Arm == i {
				differences[i].observe(o.Arm == i, o.Value)
			}
		}
	}
	return reading(seen, differences, e, binary)
}

func reading(seen []tally, differences []difference, e evidence, binary bool) Reading {
	r := Reading{}
	for _, t := range seen {
		r.Units = append(r.Units, t.n)
		r.Means = append(r.Means, t.sum/float64(t.n))
	}
	if binary {
		now, peak := math.Exp(e.log), math.Exp(e.peak)
		r.Evidence, r.Peak = &now, &peak
	}
	alpha := Alpha / float64(len(differences)-1)
	for i := 1; i < len(differences); i++ {
		r.Effects = append(r.Effects, Effect{Arm: i, Units: differences[i].n, Difference: differences[i].interval(alpha)})
	}
	return r
}
