package logistic

import (
	"context"
	"math"
)

// Calibration makes a probability of a sum (Platt 1999).
type Calibration struct{ Slope, Offset float64 }

// Probability is in (0,1).
func (c Calibration) Probability(sum float64) float64 {
	return 1 / (1 + math.Exp(-(c.Slope*sum + c.Offset)))
}

// What keeps the slope finite where sums separate the two kinds, and how many rounds
// two parameters need at most.
const (
	calibrationLambda = 1e-4
	calibrationRounds = 100
)

// Calibrate fits slope and offset for targets and others that are equally likely.
// Without one of the two it changes nothing.
func Calibrate(sums []float64, targets []bool) Calibration {
	count := [2]float64{}
	for _, t := range targets {
		count[index(t)]++
	}
	if count[0] == 0 || count[1] == 0 {
		return Calibration{Slope: 1}
	}
	mean, deviation := spread(sums)
	if deviation == 0 {
		return Calibration{Slope: 1}
	}
	rows, values := make([]Row, len(sums)), make([]float64, len(sums))
	for i, s := range sums {
		values[i] = (s - mean) / deviation
		rows[i] = Row{Columns: []uint32{0}, Values: values[i : i+1], Target: targets[i], Weight: 0.5 / count[index(targets[i])]}
	}
	p := problem{rows: rows, size: 1, lambda: calibrationLambda}
	x := make([]float64, 2)
	// Two numbers are fitted in no time: nothing could break that off.
	_ = Minimize(context.Background(), p.gradient, x, calibrationRounds)
	return Calibration{Slope: x[0] / deviation, Offset: x[1] - x[0]*mean/deviation}
}

// spread is the mean and the standard deviation.
func spread(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, math.Sqrt(deviation)
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}
