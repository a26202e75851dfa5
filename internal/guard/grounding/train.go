package grounding

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/guard/logistic"
	"github.com/guardroom/guardroom/internal/guard/samples"
)

// File is the file of development data.
const File = "grounding.dev.jsonl"

// LoadSamples reads a folder of development data.
func LoadSamples(dir string) ([]samples.Sample, error) {
	return samples.ReadFile(filepath.Join(dir, File))
}

// Recipe says how to train.
type Recipe struct {
	Lambda       float64
	Rounds       int
	AlteredShare float64 // of altered sentences in the mass
	Seed         uint64  // of the alterations
	Passes       int     // 1 teaches every sentence; each more, of unsupported answers, the worst
}

// DefaultRecipe is what the shipped weights were trained by.
func DefaultRecipe() Recipe {
	return Recipe{Lambda: 1e-3, Rounds: 200, Passes: 3, AlteredShare: 0.5, Seed: 1}
}

// answer is a sample as the measures of its sentences.
type answer struct {
	sample    samples.Sample
	corpus    string // what it is held out with
	sentences []measures
	weight    float64
}

// Train fits a model on all samples and calibrates it on what models said of corpora
// that they had not seen; it returns those scores, too. It stops soon after ctx is done,
// with its error.
func (r Recipe) Train(ctx context.Context, all []samples.Sample) (*Model, []samples.Scored, error) {
	answers := r.answersOf(all)
	scored, err := r.validate(ctx, answers)
	if err != nil {
		return nil, nil, err
	}
	m, err := r.fit(ctx, answers)
	if err != nil {
		return nil, nil, err
	}
	sums, targets := make([]float64, len(scored)), make([]bool, len(scored))
	for i, s := range scored {
		sums[i], targets[i] = s.Score, s.Positive
	}
	m.calibration = logistic.Calibrate(sums, targets)
	for i := range scored {
		scored[i].Score = m.calibration.Probability(scored[i].Score)
	}
	m.provenance = provenance
	return m, scored, nil
}

const provenance = "logistic regression on grounding.dev.jsonl: BEGIN (google/BEGIN-dataset, CC-BY-4.0) and HaluEval (RUCAIBox/HaluEval, MIT, over HotpotQA, CC-BY-SA-4.0); see docs/model-card-grounding.md"

// answersOf measures samples, and sentences of their documents that were altered.
func (r Recipe) answersOf(all []samples.Sample) []answer {
	var found []answer
	for _, s := range all {
		found = append(found, answerOf(s, Corpus(s.Source)))
	}
	given, made := saying(found), saying(altered(found, r.Seed))
	weigh(given, 1-r.AlteredShare)
	weigh(made, r.AlteredShare)
	return append(given, made...)
}

func answerOf(s samples.Sample, corpus string) answer {
	a := answer{sample: s, corpus: corpus}
	x := NewIndex([]string{s.Context}, s.Question)
	tokens, sentences := tokenize(s.Response)
	for _, part := range sentences {
		if m, said := x.measure(tokens, part); said {
			a.sentences = append(a.sentences, m)
		}
	}
	return a
}

// saying leaves out answers that say nothing.
func saying(answers []answer) []answer {
	return slices.DeleteFunc(answers, func(a answer) bool { return len(a.sentences) == 0 })
}

// weigh makes supported and unsupported answers of one corpus and one length weigh the
// same, so that length teaches nothing; lengths that only one of them has count little.
// All together weigh mass.
func weigh(answers []answer, mass float64) {
	type bucket struct {
		corpus string
		length int
	}
	counts := map[bucket]*[2]int{}
	key := func(a answer) bucket { return bucket{a.corpus, lengthClass(a.sample.Response)} }
	for _, a := range answers {
		k := key(a)
		if counts[k] == nil {
			counts[k] = new([2]int)
		}
		counts[k][index(a.sample.Positive)]++
	}
	total := 0.0
	for i, a := range answers {
		n := counts[key(a)]
		answers[i].weight = float64(min(n[0], n[1])+1) / float64(n[index(a.sample.Positive)]+1)
		total += answers[i].weight
	}
	for i := range answers {
		answers[i].weight *= mass / total
	}
}

// lengthClass is the power of √2 that the words of a text come to.
func lengthClass(text string) int {
	return int(2 * math.Log2(float64(len(strings.Fields(text))+1)))
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Corpus is what is held out together: answers that were collected in one way.
func Corpus(source string) string {
	for _, name := range []string{"cmu-dog", "wow"} {
		if strings.Contains(source, name) {
			return name
		}
	}
	return samples.Repository(source)
}

// fit teaches from every sentence first; then, of unsupported answers, from the worst
// one: the others may well be supported.
func (r Recipe) fit(ctx context.Context, answers []answer) (*Model, error) {
	m := &Model{}
	columns := make([]uint32, measureCount)
	for i := range columns {
		columns[i] = uint32(i)
	}
	for pass := range r.Passes {
		var rows []logistic.Row
		for _, a := range answers {
			teach := a.sentences
			if pass > 0 && a.sample.Positive {
				worst := slices.MaxFunc(a.sentences, func(x, y measures) int {
					return compare(m.sum(&x), m.sum(&y))
				})
				teach = []measures{worst}
			}
			for i := range teach {
				rows = append(rows, logistic.Row{
					Columns: columns, Values: teach[i][:], Target: a.sample.Positive, Weight: a.weight / float64(len(teach)),
				})
			}
		}
		fitted, err := logistic.Fit(ctx, rows, measureCount, logistic.Options{Lambda: r.Lambda, Rounds: r.Rounds})
		if err != nil {
			return nil, err
		}
		copy(m.weights[:], fitted.Weights)
		m.bias = fitted.Bias
	}
	return m, nil
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// validate scores every answer, by its worst sentence, with a model that never saw its
// corpus. Scores are log-odds.
func (r Recipe) validate(ctx context.Context, answers []answer) ([]samples.Scored, error) {
	var corpora []string
	for _, a := range answers {
		corpora = append(corpora, a.corpus)
	}
	slices.Sort(corpora)
	var out []samples.Scored
	for _, name := range slices.Compact(corpora) {
		var rest []answer
		for _, a := range answers {
			if a.corpus != name {
				rest = append(rest, a)
			}
		}
		m, err := r.fit(ctx, rest)
		if err != nil {
			return nil, err
		}
		for _, a := range answers {
			if a.corpus == name {
				out = append(out, samples.Scored{Sample: a.sample, Score: m.worst(a.sentences)})
			}
		}
	}
	return out, nil
}

func (m *Model) worst(sentences []measures) float64 {
	worst := math.Inf(-1)
	for i := range sentences {
		worst = max(worst, m.sum(&sentences[i]))
	}
	return worst
}
