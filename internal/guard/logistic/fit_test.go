package logistic

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func rows(n int) []Row {
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([]Row, n)
	for i := range out {
		a, b := rnd.NormFloat64(), rnd.NormFloat64()
		p := 1 / (1 + math.Exp(-(2*a - b + 0.5)))
		out[i] = Row{Columns: []uint32{0, 1}, Values: []float64{a, b}, Target: rnd.Float64() < p, Weight: 1 / float64(n)}
	}
	return out
}

func TestFitFindsWhatMadeTheRows(t *testing.T) {
	m, err := Fit(context.Background(), rows(20000), 2, Options{Lambda: 1e-9, Rounds: 100})
	require.NoError(t, err)
	require.InDelta(t, 2, m.Weights[0], 0.1)
	require.InDelta(t, -1, m.Weights[1], 0.1)
	require.InDelta(t, 0.5, m.Bias, 0.1)
}

func TestThePenaltyShrinks(t *testing.T) {
	free, err := Fit(context.Background(), rows(500), 2, Options{Lambda: 1e-9, Rounds: 100})
	require.NoError(t, err)
	held, err := Fit(context.Background(), rows(500), 2, Options{Lambda: 1, Rounds: 100})
	require.NoError(t, err)
	require.Less(t, math.Abs(held.Weights[0]), math.Abs(free.Weights[0])/2)
}

func TestFitTwiceGivesTheSameBits(t *testing.T) {
	a, err := Fit(context.Background(), rows(300), 2, Options{Lambda: 1e-4, Rounds: 30})
	require.NoError(t, err)
	b, err := Fit(context.Background(), rows(300), 2, Options{Lambda: 1e-4, Rounds: 30})
	require.NoError(t, err)
	require.Equal(t, a, b)
}

func TestFitRefusesRowsThatDoNotFit(t *testing.T) {
	_, err := Fit(context.Background(), []Row{{Columns: []uint32{2}, Value: 1}}, 2, Options{Rounds: 1})
	require.ErrorContains(t, err, "column 2 of 2")
	_, err = Fit(context.Background(), []Row{{Columns: []uint32{1}, Values: []float64{1, 2}}}, 2, Options{Rounds: 1})
	require.ErrorContains(t, err, "2 values for 1 columns")
}

func TestEqualValuesAreOneValue(t *testing.T) {
	a := Row{Columns: []uint32{0, 1}, Value: 0.5}
	b := Row{Columns: []uint32{0, 1}, Values: []float64{0.5, 0.5}}
	m := Model{Weights: []float64{1, 2}, Bias: 3}
	require.Equal(t, 4.5, m.Sum(a))
	require.Equal(t, m.Sum(a), m.Sum(b))
}

func TestCalibrateUndoesAShiftAndAScale(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var sums []float64
	var targets []bool
	for range 20000 {
		odds := 4 * (rnd.Float64() - 0.5)
		sums = append(sums, 3*odds+7)
		targets = append(targets, rnd.Float64() < 1/(1+math.Exp(-odds)))
	}
	c := Calibrate(sums, targets)
	require.InDelta(t, 1.0/3, c.Slope, 0.03)
	require.InDelta(t, 0.5, c.Probability(7), 0.02, "where both are equally likely")
	require.Equal(t, Calibration{Slope: 1}, Calibrate([]float64{1, 2}, []bool{true, true}), "one class teaches nothing")
}

// TestFittingStopsWhenItIsBrokenOff breaks a fit off at each of its looks at the objective.
func TestFittingStopsWhenItIsBrokenOff(t *testing.T) {
	looks := 0
	valley := func(stop int, cancel func()) Objective {
		looks = 0
		return func(x, grad []float64) float64 {
			if looks++; looks == stop {
				cancel()
			}
			loss := 0.0
			for i := range x {
				grad[i] = 4 * (x[i] - 1) * (x[i] - 1) * (x[i] - 1) * float64(i+1)
				loss += (x[i] - 1) * (x[i] - 1) * (x[i] - 1) * (x[i] - 1) * float64(i+1)
			}
			return loss
		}
	}
	require.NoError(t, Minimize(context.Background(), valley(0, nil), make([]float64, 5), 30))
	whole := looks
	require.Greater(t, whole, 10)
	for stop := 1; stop < whole; stop++ {
		ctx, cancel := context.WithCancel(context.Background())
		require.ErrorIs(t, Minimize(ctx, valley(stop, cancel), make([]float64, 5), 30), context.Canceled)
		require.Equal(t, stop, looks, "nobody looks after the end")
		cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Fit(ctx, rows(300), 2, Options{Lambda: 1e-4, Rounds: 30})
	require.ErrorIs(t, err, context.Canceled)
}
