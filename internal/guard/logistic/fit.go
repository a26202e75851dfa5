package logistic

import (
	"context"
	"fmt"
	"math"
	"sync"
)

// Row is one example: which features it has, of what value, and how much an error on it
// costs.
type Row struct {
	Columns []uint32
	Values  []float64 // one for each column; nil when all are Value
	Value   float64
	Target  bool
	Weight  float64
}

// Options say how to fit.
type Options struct {
	Lambda float64 // of the L2 penalty; the bias goes free
	Rounds int     // of L-BFGS at most
	From   *Model  // where to start, of the same size; nil for nothing
}

// Model is what Fit finds: the log-odds of a row are its features' weights times their
// values, and the bias.
type Model struct {
	Weights []float64
	Bias    float64
}

// Sum is the log-odds of a row.
func (m *Model) Sum(r Row) float64 { return m.Bias + r.dot(m.Weights) }

// Fit fits a model of size features. It stops soon after ctx is done, with its error.
func Fit(ctx context.Context, rows []Row, size int, o Options) (*Model, error) {
	for i, r := range rows {
		if r.Values != nil && len(r.Values) != len(r.Columns) {
			return nil, fmt.Errorf("logistic: row %d has %d values for %d columns", i, len(r.Values), len(r.Columns))
		}
		for _, c := range r.Columns {
			if int(c) >= size {
				return nil, fmt.Errorf("logistic: row %d has column %d of %d", i, c, size)
			}
		}
	}
	p := problem{rows: rows, size: size, lambda: o.Lambda}
	x := make([]float64, size+1)
	if o.From != nil {
		if len(o.From.Weights) != size {
			return nil, fmt.Errorf("logistic: cannot start from %d weights with %d columns", len(o.From.Weights), size)
		}
		copy(x, o.From.Weights)
		x[size] = o.From.Bias
	}
	if err := Minimize(ctx, p.gradient, x, o.Rounds); err != nil {
		return nil, err
	}
	return &Model{Weights: x[:size:size], Bias: x[size]}, nil
}

func (r *Row) dot(x []float64) float64 {
	sum := 0.0
	if r.Values == nil {
		for _, c := range r.Columns {
			sum += x[c]
		}
		return sum * r.Value
	}
	for i, c := range r.Columns {
		sum += x[c] * r.Values[i]
	}
	return sum
}

func (r *Row) add(grad []float64, g float64) {
	if r.Values == nil {
		g *= r.Value
		for _, c := range r.Columns {
			grad[c] += g
		}
		return
	}
	for i, c := range r.Columns {
		grad[c] += g * r.Values[i]
	}
}

// problem is a penalised likelihood; its variables are the weights and, last, the bias.
type problem struct {
	rows   []Row
	size   int
	lambda float64
	parts  [fitParts][]float64 // gradients of parts of the rows
}

// fitParts is fixed, whatever the machine: the order of additions decides the last bits.
const fitParts = 2

// gradient returns the loss at x and writes its gradient.
func (p *problem) gradient(x, grad []float64) float64 {
	var losses [fitParts]float64
	var wg sync.WaitGroup
	for k := range fitParts {
		wg.Go(func() { losses[k] = p.part(k, x) })
	}
	wg.Wait()
	loss := 0.0
	for i := range grad {
		grad[i] = 0
		for k := range fitParts {
			grad[i] += p.parts[k][i]
		}
	}
	for i, w := range x[:p.size] {
		loss += 0.5 * p.lambda * w * w
		grad[i] += p.lambda * w
	}
	for k := range fitParts {
		loss += losses[k]
	}
	return loss
}

func (p *problem) part(k int, x []float64) float64 {
	if p.parts[k] == nil {
		p.parts[k] = make([]float64, p.size+1)
	}
	grad := p.parts[k]
	clear(grad)
	loss := 0.0
	from, to := k*len(p.rows)/fitParts, (k+1)*len(p.rows)/fitParts
	for i := from; i < to; i++ {
		r := &p.rows[i]
		target := -1.0
		if r.Target {
			target = 1
		}
		margin := target * (r.dot(x) + x[p.size])
		loss += r.Weight * softplus(-margin)
		g := -target * r.Weight / (1 + math.Exp(margin))
		grad[p.size] += g
		r.add(grad, g)
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
