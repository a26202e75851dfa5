package quality

import (
	"errors"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/guardroom/guardroom/internal/review"
)

// Observed is what Detectors found in one text, and whether it is an attack.
type Observed struct {
	Findings []review.Finding
	Attack   bool
	Weight   float64 // in the fit, relative to the others of its kind
}

// How a Combination is fitted: how many texts are attacks where its risk is a chance, how
// much the fit is held to the weights that Detectors have without one, and the steps of
// Newton's method, which are more than it ever needed.
const (
	attackShare    = 0.1
	evidenceHold   = 0.1
	evidenceNewton = 40
)

// FitCombination fits how Findings about attacks add up, by logistic regression with
// weights that are not negative, so that one more Finding never makes a text safer. The
// weights are held to those that review gives Detectors without a fit: rules were
// written by people who knew such texts, and must not be believed as much as they fit.
// from has the confidences from which Detectors say something, where that is not what
// review gives them.
func FitCombination(observed []Observed, from map[string]float64) (review.Combination, error) {
	evidence := map[string]review.Evidence{}
	for _, o := range observed {
		for _, f := range o.Findings {
			if e := review.DefaultEvidence(f.Category); e.Weight > 0 {
				evidence[f.Detector] = e
			}
		}
	}
	ids := slices.Sorted(maps.Keys(evidence))
	fit := evidenceFit{hold: make([]float64, len(ids)+1)}
	units := make([]review.Evidence, len(ids))
	for i, id := range ids {
		fit.hold[i] = evidence[id].Weight
		units[i] = review.Evidence{Weight: 1, From: evidence[id].From}
		if least, ok := from[id]; ok {
			units[i].From = least
		}
	}
	fit.read(observed, ids, units)
	x, err := fit.solve()
	if err != nil {
		return review.Combination{}, err
	}
	c := review.Combination{Prior: rounded(x[len(ids)]), Evidence: map[string]review.Evidence{}}
	for i, id := range ids {
		c.Evidence[id] = review.Evidence{Weight: rounded(x[i]), From: units[i].From}
	}
	return c, nil
}

// rounded keeps as many digits as such a fit can tell.
func rounded(x float64) float64 { return math.Round(1000*x) / 1000 }

// evidenceFit is the regression: rows of evidence, one column for each Detector and one
// for the prior.
type evidenceFit struct {
	hold    []float64
	rows    [][]float64
	targets []float64
	weights []float64
}

func (e *evidenceFit) read(observed []Observed, ids []string, units []review.Evidence) {
	mass := map[bool]float64{}
	for _, o := range observed {
		mass[o.Attack] += o.Weight
	}
	for _, o := range observed {
		row := make([]float64, len(ids)+1)
		row[len(ids)] = 1
		for _, f := range o.Findings {
			if i, ok := slices.BinarySearch(ids, f.Detector); ok {
				row[i] = max(row[i], units[i].Of(f.Confidence))
			}
		}
		target, share := 0.0, 1-attackShare
		if o.Attack {
			target, share = 1, attackShare
		}
		e.rows, e.targets = append(e.rows, row), append(e.targets, target)
		e.weights = append(e.weights, share*o.Weight/mass[o.Attack])
	}
}

// solve goes Newton's way, stops at the bounds, and takes no step that makes it worse.
func (e *evidenceFit) solve() ([]float64, error) {
	x := slices.Clone(e.hold)
	x[len(x)-1] = math.Log(attackShare / (1 - attackShare))
	loss := e.loss(x)
	for range evidenceNewton {
		gradient, hessian := e.derivatives(x)
		var step mat.VecDense
		if err := step.SolveVec(hessian, gradient); err != nil {
			return nil, errors.New("the findings do not determine how they add up")
		}
		for length := 1.0; length > 1e-6; length /= 2 {
			next := bounded(x, &step, length)
			if l := e.loss(next); l < loss {
				x, loss = next, l
				break
			}
		}
	}
	return x, nil
}

// bounded goes a step; weights stay at 0 or above.
func bounded(x []float64, step *mat.VecDense, length float64) []float64 {
	next := make([]float64, len(x))
	for i := range x {
		next[i] = x[i] - length*step.AtVec(i)
		if i < len(x)-1 {
			next[i] = max(next[i], 0)
		}
	}
	return next
}

func (e *evidenceFit) sum(k int, x []float64) (sum float64) {
	for i, v := range e.rows[k] {
		sum += x[i] * v
	}
	return sum
}

// loss is the mean log loss and what it costs to leave what holds the weights.
func (e *evidenceFit) loss(x []float64) (loss float64) {
	for i := range len(x) - 1 {
		loss += evidenceHold / 2 * (x[i] - e.hold[i]) * (x[i] - e.hold[i])
	}
	for k := range e.rows {
		sum := e.sum(k, x)
		loss += e.weights[k] * (math.Log1p(math.Exp(-math.Abs(sum))) + max(sum, 0) - e.targets[k]*sum)
	}
	return loss
}

func (e *evidenceFit) derivatives(x []float64) (*mat.VecDense, *mat.SymDense) {
	n := len(x)
	gradient, hessian := mat.NewVecDense(n, nil), mat.NewSymDense(n, nil)
	for i := range n - 1 {
		gradient.SetVec(i, evidenceHold*(x[i]-e.hold[i]))
		hessian.SetSym(i, i, evidenceHold)
	}
	for k, row := range e.rows {
		p := 1 / (1 + math.Exp(-e.sum(k, x)))
		slope, curve := e.weights[k]*(p-e.targets[k]), e.weights[k]*p*(1-p)
		for i, v := range row {
			if v == 0 {
				continue
			}
			gradient.SetVec(i, gradient.AtVec(i)+slope*v)
			for j := i; j < n; j++ {
				hessian.SetSym(i, j, hessian.At(i, j)+curve*v*row[j])
			}
		}
	}
	return gradient, hessian
}
