package bias

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestOutcomes(t *testing.T) {
	e := newEngine(t)
	type shown = map[string]float64
	for name, c := range map[string]struct {
		feedback *review.Feedback
		want     shown
	}{
		"wrong and taken":    {answered("", "", "", wrong), shown{review.MeasureOverReliance: 1}},
		"wrong and rejected": {answered("", "", "", both(wrong, rejected)), shown{review.MeasureOverReliance: 0}},
		"right and taken":    {answered("", "", "", right), shown{review.MeasureUnderReliance: 0}},
		"right and rejected": {answered("", "", "", both(right, rejected)), shown{review.MeasureUnderReliance: 1}},
		"nothing is known":   {answered("", "", "", nil), shown{}},
		"checked, in e seconds": {answered("", "", "", func(f *review.Feedback) {
			f.Verification, f.FocusedMS = &review.Verification{TestRun: true}, ptr(int64(2718))
		}), shown{review.MeasureVerification: 1, review.MeasureTime: math.Log(2.718)}},
		"not checked, no time": {answered("", "", "", func(f *review.Feedback) {
			f.Verification, f.FocusedMS = &review.Verification{}, ptr(int64(0))
		}), shown{review.MeasureVerification: 0}},
	} {
		got := shown{}
		for _, x := range e.Outcomes(review.Interaction{}, *c.feedback) {
			got[x.Measure] = x.Value
		}
		require.Equal(t, c.want, got, name)
	}
}
