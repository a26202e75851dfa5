package bias

import (
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// Outcomes reads from one exchange what the measures of experiments say of it. What was not observed is left out.
func (e *Engine) Outcomes(_ review.Interaction, f review.Feedback) []review.Shown {
	var out []review.Shown
	add := func(measure string, value float64) { out = append(out, review.Shown{Measure: measure, Value: value}) }
	taken := answersOf(f).taken(f)
	switch {
	case knownWrong(f):
		add(review.MeasureOverReliance, share(taken))
	case knownRight(f):
		add(review.MeasureUnderReliance, share(!taken))
	}
	if f.Verification != nil {
		add(review.MeasureVerification, share(f.Verification.Any()))
	}
	if f.FocusedMS != nil && *f.FocusedMS > 0 {
		add(review.MeasureTime, math.Log(float64(*f.FocusedMS)/1000))
	}
	return out
}

func share(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
