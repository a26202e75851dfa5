package toxicity

import (
	"context"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/guard/logistic"
	"github.com/guardroom/guardroom/internal/guard/samples"
	"github.com/guardroom/guardroom/internal/guard/textview"
)

// Files are the files of development data: the first is labelled for harm, of the
// other only harmless texts are taken.
func Files() []string { return []string{"moderation.dev.jsonl", "injection.dev.jsonl"} }

// otherHarm is a topic that is not looked for: who asks for the text of a song harms
// nobody in the sense of this package.
const otherHarm = "copyright"

// LoadSamples reads a folder of development data, and adds the seeds.
func LoadSamples(dir string) ([]samples.Sample, error) {
	seen := map[string]bool{}
	var out []samples.Sample
	for i, name := range Files() {
		all, err := samples.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("toxicity: %w", err)
		}
		for _, s := range all {
			if i > 0 && s.Positive || seen[s.Text] || slices.Contains(s.Topics, otherHarm) {
				continue
			}
			seen[s.Text] = true
			out = append(out, s)
		}
	}
	own, err := seedSamples(1)
	return append(out, own...), err
}

// Recipe says how to train.
type Recipe struct {
	Lambda     float64
	Rounds     int     // of L-BFGS in each pass
	Passes     int     // 1 teaches every window; each more those that tell
	MinSupport int     // samples that a feature must occur in
	SeedShare  float64 // of the seeds in the mass of each class
	Bytes      int     // of each text that are read
}

// DefaultRecipe is what the shipped weights were trained by.
func DefaultRecipe() Recipe {
	return Recipe{Lambda: 3e-6, Rounds: 150, Passes: 2, MinSupport: 2, SeedShare: 0.3, Bytes: 6000}
}

// Train fits a model on all samples and calibrates it on what models said of publishers
// that they had not seen; it returns those scores, too. The same samples and recipe give
// the same bytes. It stops soon after ctx is done, with its error.
func (r Recipe) Train(ctx context.Context, texts []samples.Sample) (*Model, []samples.Scored, error) {
	lex, err := newLexicon(conceptsText)
	if err != nil {
		return nil, nil, err
	}
	bags := r.bags(texts, lex)
	scored, err := r.validate(ctx, texts, bags)
	if err != nil {
		return nil, nil, err
	}
	fitted, err := r.fit(ctx, bags)
	if err != nil {
		return nil, nil, err
	}
	w := fitted.round()
	sums, targets := make([]float64, len(scored)), make([]bool, len(scored))
	for i, s := range scored {
		sums[i], targets[i] = s.Score, s.Positive
	}
	c := logistic.Calibrate(sums, targets)
	for i := range scored {
		scored[i].Score = c.Probability(scored[i].Score)
	}
	w.slope, w.offset = float32(c.Slope), float32(c.Offset)
	m, err := newModel(w)
	return m, scored, err
}

// bag is a sample as its windows. Harm is in at least one of them; a harmless text is
// harmless in all.
type bag struct {
	windows  []vector
	positive bool
	weight   float64
}

// vector is one window's features.
type vector struct{ words, concepts []uint32 }

// maxBag bounds the windows of one sample, so that one book does not outweigh all.
const maxBag = 24

func (r Recipe) bags(texts []samples.Sample, lex *lexicon) []bag {
	bags := make([]bag, len(texts))
	f, tokens := newFeatures(), []token(nil)
	for i, s := range texts {
		bags[i].positive = s.Positive
		text := textview.Fold(strings.ToValidUTF8(s.Text[:min(len(s.Text), r.Bytes)], ""))
		tokens = scan(text, lex, tokens)
		f.read(text, tokens, lex)
		eachWindow(len(tokens), func(from, to int) {
			if len(bags[i].windows) < maxBag {
				f.window(text, tokens, from, to, lex)
				bags[i].windows = append(bags[i].windows, vector{slices.Clone(f.words), slices.Clone(f.concepts)})
			}
		})
	}
	r.weigh(texts, bags)
	return bags
}

// weigh sets the weights of bags: a source counts with the root of its size, seeds by
// their share; each class sums to ½.
func (r Recipe) weigh(texts []samples.Sample, bags []bag) {
	type key struct {
		source   string
		positive bool
	}
	sizes := map[key]int{}
	for _, s := range texts {
		sizes[key{s.Source, s.Positive}]++
	}
	var mass [2][2]float64 // class, seed
	for i, s := range texts {
		bags[i].weight = reliability(s) / math.Sqrt(float64(sizes[key{s.Source, s.Positive}]))
		mass[index(s.Positive)][index(isSeed(s))] += bags[i].weight
	}
	for i, s := range texts {
		share := 0.5 * (1 - r.SeedShare)
		if isSeed(s) {
			share = 0.5 * r.SeedShare
		}
		if m := mass[index(s.Positive)][index(isSeed(s))]; m > 0 {
			bags[i].weight *= share / m
		}
	}
}

func isSeed(s samples.Sample) bool { return strings.HasPrefix(s.Source, seedSource+":") }

// How much labels are worth. Those of tweets are noisy, and "offensive" was given to
// dialect more than to offence (Sap et al. 2019): who labelled it only so teaches
// little.
const (
	worthOffensive = 0.1
	worthSplit     = 0.4 // where those who labelled disagreed
	worthTweet     = 0.6
	worthHard      = 2.5
)

// offensive is the second of the three labels that votes are counted for.
const offensive = 1

func reliability(s samples.Sample) float64 {
	switch {
	case s.Positive && len(s.Votes) == 3 && s.Votes[offensive] > s.Votes[0]:
		return worthOffensive
	case len(s.Votes) == 3 && slices.Max(s.Votes) < s.Votes[0]+s.Votes[1]+s.Votes[2]:
		return worthSplit
	case s.Kind == "tweet":
		return worthTweet
	case s.Hard && !s.Positive:
		return worthHard
	default:
		return 1
	}
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// linear is a fitted model before it is rounded to bytes.
type linear struct {
	weights []float64 // 1<<featureBits
	bias    float64
}

func (l *linear) sum(v vector) float64 {
	words, concepts := 0.0, 0.0
	for _, i := range v.words {
		words += l.weights[i]
	}
	for _, i := range v.concepts {
		concepts += l.weights[i]
	}
	return l.bias + (words+conceptValue*concepts)*value(len(v.words))
}

// top is the sum of the worst window.
func (l *linear) top(b bag) float64 {
	best := math.Inf(-1)
	for _, v := range b.windows {
		best = max(best, l.sum(v))
	}
	return best
}

// round makes bytes of the weights.
func (l *linear) round() *weights {
	largest := 0.0
	for _, w := range l.weights {
		largest = max(largest, math.Abs(w))
	}
	w := &weights{bias: float32(l.bias), units: make([]int8, len(l.weights))}
	if largest == 0 {
		return w
	}
	step := largest / math.MaxInt8
	w.step = float32(step)
	for i, v := range l.weights {
		w.units[i] = int8(math.Round(v / step))
	}
	return w
}

// fit trains on weighed bags.
func (r Recipe) fit(ctx context.Context, bags []bag) (*linear, error) {
	columns, size := r.columns(bags)
	model := &linear{weights: make([]float64, 1<<featureBits)}
	for pass := range r.Passes {
		var rows []logistic.Row
		for _, b := range bags {
			rows = append(rows, r.rows(b, columns, model, pass)...)
		}
		fitted, err := logistic.Fit(ctx, rows, size, logistic.Options{Lambda: r.Lambda, Rounds: r.Rounds})
		if err != nil {
			return nil, err
		}
		for i, c := range columns {
			if c > 0 {
				model.weights[i] = fitted.Weights[c-1]
			}
		}
		model.bias = fitted.Bias
	}
	return model, nil
}

// columns numbers the features with enough support from 1 on.
func (r Recipe) columns(bags []bag) (columns []uint32, size int) {
	support, last := make([]int, 1<<featureBits), make([]int, 1<<featureBits)
	for i, b := range bags {
		for _, v := range b.windows {
			for _, list := range [][]uint32{v.words, v.concepts} {
				for _, f := range list {
					if last[f] != i+1 {
						last[f] = i + 1
						support[f]++
					}
				}
			}
		}
	}
	columns = make([]uint32, 1<<featureBits)
	for f, s := range support {
		if s >= r.MinSupport {
			size++
			columns[f] = uint32(size)
		}
	}
	return columns, size
}

// rows are the windows of a bag that teach: all in the first pass; later, of a harmful
// text those that look most like it, of a harmless one these more than the others.
func (r Recipe) rows(b bag, columns []uint32, model *linear, pass int) []logistic.Row {
	shares := make([]float64, len(b.windows))
	for i := range shares {
		shares[i] = 1 / float64(len(shares))
	}
	if pass > 0 && len(b.windows) > 1 {
		choose(shares, b, model)
	}
	var rows []logistic.Row
	for i, v := range b.windows {
		if shares[i] > 0 {
			row := v.row(columns)
			row.Target, row.Weight = b.positive, b.weight*shares[i]
			rows = append(rows, row)
		}
	}
	return rows
}

func (v vector) row(columns []uint32) logistic.Row {
	each := value(len(v.words))
	var row logistic.Row
	add := func(list []uint32, value float64) {
		for _, f := range list {
			if c := columns[f]; c > 0 {
				row.Columns, row.Values = append(row.Columns, c-1), append(row.Values, value)
			}
		}
	}
	row.Columns, row.Values = make([]uint32, 0, len(v.words)), make([]float64, 0, len(v.words))
	add(v.words, each)
	add(v.concepts, conceptValue*each)
	return row
}

func choose(shares []float64, b bag, model *linear) {
	sums := make([]float64, len(b.windows))
	for i, v := range b.windows {
		sums[i] = model.sum(v)
	}
	logistic.Share(shares, sums, b.positive)
}

// validate scores every sample but the seeds by a model that never saw its publisher.
// Publishers who are alike are held out together. Scores are log-odds.
func (r Recipe) validate(ctx context.Context, texts []samples.Sample, bags []bag) ([]samples.Scored, error) {
	fold := folds(texts)
	var out []samples.Scored
	for k := range slices.Max(slices.Collect(maps.Values(fold))) + 1 {
		var rest []bag
		for i, s := range texts {
			if isSeed(s) || fold[samples.Repository(s.Source)] != k {
				rest = append(rest, bags[i])
			}
		}
		model, err := r.fit(ctx, rest)
		if err != nil {
			return nil, err
		}
		for i, s := range texts {
			if !isSeed(s) && fold[samples.Repository(s.Source)] == k && len(bags[i].windows) > 0 {
				out = append(out, samples.Scored{Sample: s, Score: model.top(bags[i])})
			}
		}
	}
	return out, nil
}

// harmlessFolds is in how many parts publishers of harmless texts alone are held out.
const harmlessFolds = 3

// folds says in which fold a publisher is held out: whoever publishes harmful texts in
// one of its own, the others spread over some.
func folds(texts []samples.Sample) map[string]int {
	harmful := map[string]bool{}
	for _, s := range texts {
		if isSeed(s) {
			continue
		}
		name := samples.Repository(s.Source)
		harmful[name] = harmful[name] || s.Positive
	}
	fold := map[string]int{}
	own, shared := 0, 0
	for _, name := range slices.Sorted(maps.Keys(harmful)) {
		if harmful[name] {
			fold[name] = harmlessFolds + own
			own++
			continue
		}
		fold[name] = shared % harmlessFolds
		shared++
	}
	return fold
}
