package classifier

import (
	"math"
	"sync"
)

// row is one window in the fit: its features, all of the same value, and how much an
// error on it costs.
type row struct {
	columns []uint32
	value   float64 // of each feature
	target  float64 // +1 attack, −1 harmless
	weight  float64
}

// logistic is an L2-penalised logistic regression over rows.
type logistic struct {
	rows   []row
	size   int // columns, without the bias
	lambda float64
	parts  [fitParts][]float64 // gradients of parts of the rows
}

// fitParts is fixed, whatever the machine: the order of additions decides the last bits.
const fitParts = 2

// gradient returns the loss at x (bias last) and writes its gradient.
func (l *logistic) gradient(x, grad []float64) float64 {
	var losses [fitParts]float64
	var wg sync.WaitGroup
	for p := range fitParts {
		wg.Go(func() { losses[p] = l.part(p, x) })
	}
	wg.Wait()
	loss := 0.0
	for i := range grad {
		grad[i] = 0
		for p := range fitParts {
			grad[i] += l.parts[p][i]
		}
	}
	for i, w := range x[:l.size] {
		loss += 0.5 * l.lambda * w * w
		grad[i] += l.lambda * w
	}
	for p := range fitParts {
		loss += losses[p]
	}
	return loss
}

func (l *logistic) part(p int, x []float64) float64 {
	if l.parts[p] == nil {
		l.parts[p] = make([]float64, l.size+1)
	}
	grad := l.parts[p]
	clear(grad)
	loss := 0.0
	from, to := p*len(l.rows)/fitParts, (p+1)*len(l.rows)/fitParts
	for i := from; i < to; i++ {
		r := &l.rows[i]
		sum := 0.0
		for _, c := range r.columns {
			sum += x[c]
		}
		margin := r.target * (sum*r.value + x[l.size])
		loss += r.weight * softplus(-margin)
		g := -r.target * r.weight / (1 + math.Exp(margin))
		grad[l.size] += g
		g *= r.value
		for _, c := range r.columns {
			grad[c] += g
		}
	}
	return loss
}

// softplus is log(1+e^x) without overflow.
func softplus(x float64) float64 {
	if x > 30 {
		return x
	}
	return math.Log1p(math.Exp(x))
}

// The limited memory and the end of L-BFGS (Nocedal and Wright, Numerical
// Optimization, 2nd ed., algorithm 7.4).
const (
	lbfgsMemory    = 8
	lbfgsTolerance = 1e-4 // relative change of the loss that is calm,
	lbfgsCalm      = 2    // and how many calm steps in a row end the search: stopping early generalised better
	armijo         = 1e-4
)

// minimize improves x in place by at most rounds steps of L-BFGS.
func (l *logistic) minimize(x []float64, rounds int) {
	n := len(x)
	grad, next, nextGrad, dir := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	var steps, turns [][]float64
	loss := l.gradient(x, grad)
	calm := 0
	for round := 0; round < rounds && calm < lbfgsCalm; round++ {
		direction(dir, grad, steps, turns)
		slope := dot(dir, grad)
		if slope >= 0 {
			return
		}
		t := 1.0
		if len(steps) == 0 {
			t = 1 / math.Sqrt(dot(grad, grad))
		}
		nextLoss := 0.0
		for try := 0; ; try++ {
			for i := range next {
				next[i] = x[i] + t*dir[i]
			}
			nextLoss = l.gradient(next, nextGrad)
			if nextLoss <= loss+armijo*t*slope {
				break
			}
			if try == 20 {
				return
			}
			t /= 2
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
		if (loss-nextLoss)/loss < lbfgsTolerance {
			calm++
		} else {
			calm = 0
		}
		copy(x, next)
		copy(grad, nextGrad)
		loss = nextLoss
	}
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
