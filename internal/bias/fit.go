package bias

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// The penalties of the fit, as precisions of normal priors around zero. What cues have in common is cheap, what makes
// one of them special is dear: so a cue that the data hardly show is worth what its family is worth.
const (
	cuePenalty    = 0.003
	familyPenalty = 0.003
	commonPenalty = 0.0005
)

// Fit finds the weights of the leading-prompt model: logistic regression with the hierarchical ridge
//
//	weight(cue) = kind + family + own
//
// by Newton's method, which finds the one optimum of this convex problem. The classes count the same; within a class a
// row counts n^−½, n being the number of rows of its source and kind, so that a large source teaches more than a small
// one but does not drown it. The same rows in the same order give the same weights to the bit.
func Fit(ctx context.Context, rows []Row) (Weights, error) {
	lex, err := parseLexicon(lexiconText)
	if err != nil {
		return Weights{}, err
	}
	return fit(ctx, lex, readSamples(lex, rows))
}

// sample is a row as the fit sees it.
type sample struct {
	cues  cueMask
	row   *Row
	group string // source and kind, within which rows are alike
}

func readSamples(lex *lexicon, rows []Row) []sample {
	samples := make([]sample, len(rows))
	for i := range rows {
		r := &rows[i]
		samples[i] = sample{cues: lex.read(r.Text).cues, row: r, group: r.Source + "\x00" + r.Kind}
	}
	return samples
}

func fit(ctx context.Context, lex *lexicon, samples []sample) (Weights, error) {
	mass, err := sampleWeights(samples)
	if err != nil {
		return Weights{}, err
	}
	d := newDesign(lex)
	w, err := newton(ctx, d, samples, mass)
	if err != nil {
		return Weights{}, err
	}
	return d.collapse(w), nil
}

// sampleWeights gives each class half of the mass.
func sampleWeights(samples []sample) ([]float64, error) {
	groups := map[string]float64{}
	for _, s := range samples {
		groups[s.group]++
	}
	mass := make([]float64, len(samples))
	var total [2]float64
	for i, s := range samples {
		mass[i] = 1 / math.Sqrt(groups[s.group])
		total[s.row.Label] += mass[i]
	}
	if total[0] == 0 || total[1] == 0 {
		return nil, errors.New("bias: the fit needs leading and neutral rows")
	}
	for i, s := range samples {
		mass[i] /= 2 * total[s.row.Label]
	}
	return mass, nil
}

// design is the columns of the hierarchical model: intercept, common, leading families, features.
type design struct {
	lex      *lexicon
	names    []string
	familyOf []int // per feature, −1 outside of the leading families
	penalty  []float64
}

// The first columns; those of the families and of the features follow.
const (
	interceptColumn = iota
	strongColumn
	weakColumn
	familyColumn
)

func newDesign(lex *lexicon) *design {
	d := &design{lex: lex, names: lex.featureNames()}
	d.penalty = append(d.penalty, 0, commonPenalty, commonPenalty)
	for range lex.families {
		d.penalty = append(d.penalty, familyPenalty)
	}
	for feature := range d.names {
		family := slices.IndexFunc(lex.families, func(f family) bool { return feature < len(lex.cues) && f.cues.has(feature) })
		d.familyOf = append(d.familyOf, family)
		d.penalty = append(d.penalty, cuePenalty)
	}
	return d
}

func (d *design) featureColumn(feature int) int { return familyColumn + len(d.lex.families) + feature }

func (d *design) kindColumn(family int) int {
	if d.lex.families[family].kind == kindStrong {
		return strongColumn
	}
	return weakColumn
}

// row fills x with the columns of a text.
func (d *design) row(cues cueMask, x []float64) {
	clear(x)
	x[interceptColumn] = 1
	shown := d.lex.features(cues)
	for feature, family := range d.familyOf {
		if shown&(1<<feature) == 0 {
			continue
		}
		x[d.featureColumn(feature)] = 1
		if family >= 0 {
			x[d.kindColumn(family)]++
			x[familyColumn+family]++
		}
	}
}

// collapse adds up what a feature is worth.
func (d *design) collapse(w []float64) Weights {
	out := Weights{Intercept: round(w[interceptColumn]), Features: map[string]float64{}}
	for feature, family := range d.familyOf {
		sum := w[d.featureColumn(feature)]
		if family >= 0 {
			sum += w[d.kindColumn(family)] + w[familyColumn+family]
		}
		out.Features[d.names[feature]] = round(sum)
	}
	return out
}

// round keeps four decimals: more would differ between machines and mean nothing.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

const (
	maxNewtonSteps = 100
	converged      = 1e-7 // longest step
)

// newton minimises the penalised loss. Steps are halved while they do not help.
func newton(ctx context.Context, d *design, samples []sample, mass []float64) ([]float64, error) {
	n := len(d.penalty)
	w := make([]float64, n)
	loss := d.loss(w, samples, mass)
	for range maxNewtonSteps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		step, err := d.step(w, samples, mass)
		if err != nil {
			return nil, err
		}
		next, nextLoss := w, loss
		for scale := 1.0; scale > 1e-6; scale /= 2 {
			next = moved(w, step, scale)
			if nextLoss = d.loss(next, samples, mass); nextLoss <= loss {
				break
			}
		}
		if nextLoss > loss {
			return w, nil
		}
		w, loss = next, nextLoss
		if longest(step) < converged {
			return w, nil
		}
	}
	return nil, fmt.Errorf("bias: no convergence in %d steps", maxNewtonSteps)
}

func moved(w, step []float64, scale float64) []float64 {
	out := make([]float64, len(w))
	for i := range w {
		out[i] = w[i] - scale*step[i]
	}
	return out
}

func longest(step []float64) float64 {
	most := 0.0
	for _, s := range step {
		most = max(most, math.Abs(s))
	}
	return most
}

func (d *design) loss(w []float64, samples []sample, mass []float64) float64 {
	x := make([]float64, len(w))
	sum := 0.0
	for i, s := range samples {
		d.row(s.cues, x)
		z := dot(w, x)
		if s.row.Label == 1 {
			z = -z
		}
		sum += mass[i] * (math.Max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))))
	}
	for i, p := range d.penalty {
		sum += p * w[i] * w[i] / 2
	}
	return sum
}

// step solves Hessian · step = gradient.
func (d *design) step(w []float64, samples []sample, mass []float64) ([]float64, error) {
	n := len(w)
	gradient := mat.NewVecDense(n, nil)
	hessian := mat.NewSymDense(n, nil)
	x := make([]float64, n)
	for i, s := range samples {
		d.row(s.cues, x)
		p := sigmoid(dot(w, x))
		v := mat.NewVecDense(n, x)
		gradient.AddScaledVec(gradient, mass[i]*(p-float64(s.row.Label)), v)
		hessian.SymRankOne(hessian, mass[i]*p*(1-p), v)
	}
	const jitter = 1e-12 // keeps the unpenalised intercept definite when everything is certain
	for i, p := range d.penalty {
		gradient.SetVec(i, gradient.AtVec(i)+p*w[i])
		hessian.SetSym(i, i, hessian.At(i, i)+p+jitter)
	}
	var factor mat.Cholesky
	if !factor.Factorize(hessian) {
		return nil, errors.New("bias: the fit is degenerate")
	}
	var step mat.VecDense
	if err := factor.SolveVecTo(&step, gradient); err != nil {
		return nil, fmt.Errorf("bias: %w", err)
	}
	return step.RawVector().Data, nil
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
