package quality

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func judged(positive, negative []float64) []Judged {
	var all []Judged
	for _, s := range positive {
		all = append(all, Judged{s, true})
	}
	for _, s := range negative {
		all = append(all, Judged{s, false})
	}
	return all
}

func TestAUROC(t *testing.T) {
	for _, c := range []struct {
		name               string
		positive, negative []float64
		want               float64
	}{
		{"perfect", []float64{3, 4}, []float64{1, 2}, 1},
		{"inverted", []float64{1, 2}, []float64{3, 4}, 0},
		{"ties count half", []float64{1, 1}, []float64{1, 1}, 0.5},
		{"one swap of four", []float64{2, 4}, []float64{1, 3}, 0.75},
		{"NaN is lowest", []float64{math.NaN(), 2}, []float64{1}, 0.5},
	} {
		require.InDelta(t, c.want, NewRanking(judged(c.positive, c.negative)).AUROC(), 1e-12, c.name)
	}
	require.True(t, math.IsNaN(NewRanking(judged([]float64{1}, nil)).AUROC()))
}

func TestOperatingPointKeepsItsPromise(t *testing.T) {
	var negative []float64
	for i := range 100 {
		negative = append(negative, float64(i))
	}
	r := NewRanking(judged([]float64{98.5, 99, 200, 5}, negative))
	require.Equal(t, Point{Threshold: 98.5, TruePositives: 3, FalsePositives: 1}, r.At(0.01))
	require.Equal(t, 1, r.At(0).TruePositives)
	require.InDelta(t, 0.75, r.Recall(r.At(0.01)).Value, 1e-12)
	require.InDelta(t, 0.01, r.FalsePositiveRate(r.At(0.01)).Value, 1e-12)
	require.Equal(t, 104, r.Positives()+r.Negatives())
}

// The values are those of the tables in Clopper and Pearson's form, R's binom.test.
func TestProportionIntervals(t *testing.T) {
	for _, c := range []struct {
		k, n         int
		lower, upper float64
	}{
		{0, 10, 0, 0.3084971},
		{1, 10, 0.002528579, 0.4450161},
		{5, 10, 0.187086, 0.812914},
		{10, 10, 0.6915029, 1},
	} {
		p := NewProportion(c.k, c.n)
		require.InDelta(t, c.lower, p.Lower, 1e-6)
		require.InDelta(t, c.upper, p.Upper, 1e-6)
	}
	empty := NewProportion(0, 0)
	require.True(t, math.IsNaN(empty.Value))
	require.Equal(t, 1.0, empty.Upper)
}
