package logistic

import (
	"context"
	"math"
)

// The limited memory and the end of L-BFGS (Nocedal and Wright, Numerical
// Optimization, 2nd ed., algorithm 7.4).
const (
	lbfgsMemory    = 8
	lbfgsTolerance = 1e-4 // relative change of the loss, twice in a row
	armijo         = 1e-4
	maxHalvings    = 20
)

// Objective returns its value at x and writes its gradient.
type Objective func(x, gradient []float64) float64

// Minimize improves x in place by at most rounds steps of L-BFGS. Once ctx is done it stops
// before the next look at the objective and returns why; x is of no use then.
func Minimize(ctx context.Context, objective Objective, x []float64, rounds int) error {
	n := len(x)
	grad, next, nextGrad, dir := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	var steps, turns [][]float64
	loss := objective(x, grad)
	calm := 0
	for round := 0; round < rounds && calm < 2; round++ {
		direction(dir, grad, steps, turns)
		slope := dot(dir, grad)
		if slope >= 0 {
			break
		}
		first := 1.0
		if len(steps) == 0 {
			first = 1 / math.Sqrt(dot(grad, grad))
		}
		nextLoss, ok := search(ctx, objective, x, dir, next, nextGrad, first, loss, slope)
		if err := ctx.Err(); err != nil {
			return err
		}
		if !ok {
			return nil
		}
		s, y := make([]float64, n), make([]float64, n)
		for i := range s {
			s[i], y[i] = next[i]-x[i], nextGrad[i]-grad[i]
		}
		if dot(s, y) > 1e-12 {
			if len(steps) == lbfgsMemory {
				steps, turns = steps[1:], turns[1:]
			}
			steps, turns = append(steps, s), append(turns, y)
		}
		calm++
		if (loss-nextLoss)/loss >= lbfgsTolerance {
			calm = 0
		}
		copy(x, next)
		copy(grad, nextGrad)
		loss = nextLoss
	}
	return ctx.Err()
}

// search halves the step until the loss falls enough.
func search(ctx context.Context, objective Objective, x, dir, next, grad []float64, step, loss, slope float64) (float64, bool) {
	for range maxHalvings {
		if ctx.Err() != nil {
			break
		}
		for i := range next {
			next[i] = x[i] + step*dir[i]
		}
		if got := objective(next, grad); got <= loss+armijo*step*slope {
			return got, true
		}
		step /= 2
	}
	return loss, false
}

// direction writes −H·grad by the two-loop recursion.
func direction(dir, grad []float64, steps, turns [][]float64) {
	for i, g := range grad {
		dir[i] = -g
	}
	k := len(steps)
	if k == 0 {
		return
	}
	alpha := make([]float64, k)
	for j := k - 1; j >= 0; j-- {
		alpha[j] = dot(steps[j], dir) / dot(steps[j], turns[j])
		axpy(dir, -alpha[j], turns[j])
	}
	scale := dot(steps[k-1], turns[k-1]) / dot(turns[k-1], turns[k-1])
	for i := range dir {
		dir[i] *= scale
	}
	for j := range k {
		beta := dot(turns[j], dir) / dot(steps[j], turns[j])
		axpy(dir, alpha[j]-beta, steps[j])
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func axpy(y []float64, a float64, x []float64) {
	for i, v := range x {
		y[i] += a * v
	}
}
