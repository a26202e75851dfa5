package classifier

import (
	"context"
	"math"

	"github.com/guardroom/guardroom/internal/guard/logistic"
)

// Recipe says how to train. The zero value is not usable; see DefaultRecipe.
type Recipe struct {
	Lambda       float64 // of the L2 penalty
	Rounds       int     // of L-BFGS in each pass
	Passes       int     // 1 fits every window; each more chooses the windows that tell
	HardFactor   float64 // weight of harmless texts that look like attacks
	Generic      float64 // weight of generic harmless texts
	GrammarShare float64 // of the grammar in the mass of each class
	MinSupport   int     // samples that a feature must occur in
	Keep         float64 // of the features of a window in each copy of it; 1 keeps all
	Copies       int     // of each window, with other features kept in each
}

// DefaultRecipe is what the shipped weights were trained by.
func DefaultRecipe() Recipe {
	return Recipe{Lambda: 2e-6, Rounds: 60, Passes: 4, HardFactor: 4, Generic: 0.2, GrammarShare: 0.4, MinSupport: 2, Keep: 0.5, Copies: 2}
}

// WeakWeight is what a text counts whose label is often wrong.
const WeakWeight = 0.3

// Train fits a model on all samples and calibrates it on what models said of sources
// that they had not seen; it returns those scores, too. The same samples and recipe
// give the same bytes. It stops soon after ctx is done, with its error.
func (r Recipe) Train(ctx context.Context, samples []Sample) (*Weights, []Scored, error) {
	lex, err := newLexicon(conceptsText)
	if err != nil {
		return nil, nil, err
	}
	bags, err := newBags(ctx, samples, lex)
	if err != nil {
		return nil, nil, err
	}
	scored, err := r.crossValidate(ctx, samples, bags, LeaveSourcesOut(samples))
	if err != nil {
		return nil, nil, err
	}
	r.weigh(samples, bags)
	model, err := r.fit(ctx, bags)
	if err != nil {
		return nil, nil, err
	}
	weights := model.round()
	c := calibrate(scored)
	weights.Slope, weights.Offset = float32(c.slope), float32(c.offset)
	return weights, scored, nil
}

// sourcePower is by how much less a text counts the more there are of its source: the
// thousand texts of one contest are much alike.
const sourcePower = -0.75

// weigh sets the weights of bags: a source counts with the fourth root of its size, hard
// negatives more, generic texts less, the grammar by its share; each class sums to ½.
func (r Recipe) weigh(samples []Sample, bags []bag) {
	type key struct {
		source string
		attack bool
	}
	sizes := map[key]int{}
	for _, s := range samples {
		sizes[key{s.Source, s.Attack}]++
	}
	var mass [2][2]float64 // class, grammar
	for i, s := range samples {
		w := math.Pow(float64(sizes[key{s.Source, s.Attack}]), sourcePower)
		switch {
		case s.Hard && !s.Attack:
			w *= r.HardFactor
		case s.Generic:
			w *= r.Generic
		case s.Weak:
			w *= WeakWeight
		}
		bags[i].weight = w
		mass[index(s.Attack)][index(isGrammar(s))] += w
	}
	for i, s := range samples {
		c, g := index(s.Attack), index(isGrammar(s))
		share := 0.5
		switch other := mass[c][1-g]; {
		case other == 0:
		case g == 1:
			share *= r.GrammarShare
		default:
			share *= 1 - r.GrammarShare
		}
		bags[i].weight *= share / mass[c][g]
	}
}

func isGrammar(s Sample) bool { return Repository(s.Source) == grammarSource }

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// linear is a fitted model before it is rounded to bytes.
type linear struct {
	weights []float64 // 1<<featureBits, and the bias
}

func (l *linear) sum(window []uint32) float64 {
	if len(window) == 0 {
		return l.weights[len(l.weights)-1]
	}
	total := 0.0
	for _, c := range window {
		total += l.weights[c]
	}
	return l.weights[len(l.weights)-1] + total*value(len(window))
}

// round makes bytes of the weights.
func (l *linear) round() *Weights {
	last := len(l.weights) - 1
	largest := 0.0
	for _, w := range l.weights[:last] {
		largest = max(largest, math.Abs(w))
	}
	w := &Weights{Bias: float32(l.weights[last]), Units: make([]int8, last)}
	if largest == 0 {
		return w
	}
	step := largest / math.MaxInt8
	w.Step = float32(step)
	for i := range w.Units {
		w.Units[i] = int8(math.Round(l.weights[i] / step))
	}
	return w
}

// top is the sum of the worst window, and where that stands; −Inf when there is none.
func (l *linear) top(b bag) (sum float64, span [2]int) {
	sum = math.Inf(-1)
	for i, w := range b.windows {
		if z := l.sum(w); z > sum {
			sum, span = z, b.spans[i]
		}
	}
	return sum, span
}

// fit trains on weighed bags.
func (r Recipe) fit(ctx context.Context, bags []bag) (*linear, error) {
	columns := r.columns(bags)
	size := 0
	for _, c := range columns {
		size = max(size, int(c))
	}
	model := &linear{weights: make([]float64, 1<<featureBits+1)}
	var fitted *logistic.Model
	for pass := range r.Passes {
		var rows []logistic.Row
		for _, b := range bags {
			rows = append(rows, r.rows(b, columns, model, pass)...)
		}
		var err error
		if fitted, err = logistic.Fit(ctx, rows, size, logistic.Options{Lambda: r.Lambda, Rounds: r.Rounds, From: fitted}); err != nil {
			return nil, err
		}
		for i, c := range columns {
			if c > 0 {
				model.weights[i] = fitted.Weights[c-1]
			}
		}
		model.weights[1<<featureBits] = fitted.Bias
	}
	return model, nil
}

// columns numbers the features with enough support from 1 on.
func (r Recipe) columns(bags []bag) []uint32 {
	support := make([]int32, 1<<featureBits)
	last := make([]int32, 1<<featureBits)
	for i, b := range bags {
		for _, w := range b.windows {
			for _, f := range w {
				if last[f] != int32(i+1) {
					last[f] = int32(i + 1)
					support[f]++
				}
			}
		}
	}
	columns := make([]uint32, 1<<featureBits)
	n := uint32(0)
	for f, s := range support {
		if int(s) >= r.MinSupport {
			n++
			columns[f] = n
		}
	}
	return columns
}

// rows chooses windows of a bag: all of them in the first pass; later, of an attack
// those that the model takes for the attack, of a harmless text the worst ones more.
func (r Recipe) rows(b bag, columns []uint32, model *linear, pass int) []logistic.Row {
	if len(b.windows) == 0 {
		return nil
	}
	shares := make([]float64, len(b.windows))
	for i := range shares {
		shares[i] = 1 / float64(len(shares))
	}
	if pass > 0 && len(b.windows) > 1 {
		choose(shares, b, model)
	}
	var rows []logistic.Row
	for i, w := range b.windows {
		if shares[i] == 0 {
			continue
		}
		for k := range r.Copies {
			kept := r.thin(w, columns, uint32(i*r.Copies+k))
			rows = append(rows, logistic.Row{
				Columns: kept.columns, Value: value(kept.features), Target: b.attack, Weight: b.weight * shares[i] / float64(r.Copies),
			})
		}
	}
	return rows
}

// thinned is what is left of a window's features, and how many of them have a column.
type thinned struct {
	columns  []uint32
	features int
}

// thin blots out features, others for each copy: what is learned may not rest on the few
// words that one source happens to use (Maaten et al. 2013, "Learning with marginalized
// corrupted features"). Which ones are kept depends on the window alone.
func (r Recipe) thin(window, columns []uint32, copied uint32) (t thinned) {
	salt := mix(copied*104729 + uint32(len(window))*31)
	if len(window) > 0 {
		salt = mix(salt + window[0])
	}
	kept := uint32(r.Keep * (1 << 10))
	for _, f := range window {
		if mix(f^salt)&(1<<10-1) >= kept {
			continue
		}
		t.features++
		if c := columns[f]; c > 0 {
			t.columns = append(t.columns, c-1)
		}
	}
	return t
}

func choose(shares []float64, b bag, model *linear) {
	sums := make([]float64, len(b.windows))
	for i, w := range b.windows {
		sums[i] = model.sum(w)
	}
	logistic.Share(shares, sums, b.attack)
}
