package experiment

import (
	"fmt"
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// measure says how one measure is read.
type measure struct {
	binary bool
	// harm is how much greater a treatment's mean may be than the control's; NaN for a measure that cannot harm.
	harm float64
}

// slower is the share of time that an Intervention may cost: 15 %.
const slower = 0.15

var measures = map[string]measure{
	review.MeasureOverReliance:  {binary: true, harm: 0},
	review.MeasureVerification:  {binary: true, harm: math.NaN()},
	review.MeasureUnderReliance: {binary: true, harm: 0},
	review.MeasureTime:          {harm: math.Log(1 + slower)},
}

// Harm says that an arm does worse than the control by more than a measure allows, whatever the chance.
type Harm struct {
	Arm     int
	Measure string
}

// Why words it for the audit chain.
func (h Harm) Why() string {
	return fmt.Sprintf("%s is worse than under the control: the whole 95 %% confidence sequence is beyond what is allowed", h.Measure)
}

// Report is what an Experiment has shown so far.
type Report struct {
	Readings map[string]Reading // per measure
	Mismatch float64            // Bayes factor for "the arms were not filled as their shares say"
	Harms    []Harm
}

// Broken tells whether the assignment did not work: then nothing else may be read.
func (r Report) Broken() bool { return r.Mismatch >= mismatchAt }

// Of reads an Experiment.
func Of(v review.ExperimentView) Report {
	propensities := make([]float64, len(v.Plan.Arms))
	for i, a := range v.Plan.Arms {
		propensities[i] = a.Propensity()
	}
	r := Report{Readings: map[string]Reading{}, Mismatch: mismatch(propensities, v.Enrolled)}
	for _, name := range review.Measures() {
		m := measures[name]
		reading := read(propensities, v.Outcomes[name], m.binary)
		r.Readings[name] = reading
		for _, e := range reading.Effects {
			if e.Difference != nil && e.Difference.Low > m.harm { // never true of NaN
				r.Harms = append(r.Harms, Harm{Arm: e.Arm, Measure: name})
			}
		}
	}
	return r
}
