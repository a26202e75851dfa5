package gibberish

import (
	"context"
	"embed"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/guard/logistic"
	"github.com/guardroom/guardroom/internal/guard/samples"
)

// seeds are harmless texts of our own that development data lacks: code in many
// languages, data, and languages of the Latin script.
//
//go:embed seeds/*.txt
var seeds embed.FS

// seedSource is the source of the seeds; it is never held out.
const seedSource = "seeds"

// seedBreak stands between the texts of a file of seeds.
const seedBreak = "\n%%\n"

// Files are the files of development data whose harmless texts are read.
func Files() []string {
	return []string{"injection.dev.jsonl", "moderation.dev.jsonl", "grounding.dev.jsonl", "bias.dev.jsonl", "pii.dev.jsonl"}
}

// Load reads the harmless texts in a folder of development data, and the seeds.
func LoadSamples(dir string) ([]samples.Sample, error) {
	seen := map[string]bool{}
	var out []samples.Sample
	add := func(s samples.Sample) {
		if !seen[s.Text] && s.Text != "" {
			seen[s.Text] = true
			out = append(out, s)
		}
	}
	for _, name := range Files() {
		all, err := samples.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("gibberish: %w", err)
		}
		for _, s := range all {
			if s.Context != "" { // whoever answered, the documents were written by people
				add(samples.Sample{Text: s.Context, Source: s.Source, Kind: "document"})
			}
			if !s.Positive {
				s.Context, s.Response, s.Question = "", "", ""
				add(s)
			}
		}
	}
	own, err := ownTexts()
	for _, s := range own {
		add(s)
	}
	return out, err
}

func ownTexts() ([]samples.Sample, error) {
	var out []samples.Sample
	return out, fs.WalkDir(seeds, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := seeds.ReadFile(path)
		if err != nil {
			return err
		}
		for _, text := range strings.Split(string(data), seedBreak) {
			out = append(out, samples.Sample{Text: strings.Trim(text, "\n"), Source: seedSource + ":" + strings.TrimSuffix(d.Name(), ".txt")})
		}
		return nil
	})
}

// Recipe says how to train.
type Recipe struct {
	Lambda      float64
	Rounds      int
	TextBytes   int     // of each text that are read
	TextWindows int     // of each text that teach at most
	SeedWorth   float64 // of a seed, where any other text is worth 1
	Salads      int     // that are made for each fold
	Seed        uint64  // of the salads
}

// DefaultRecipe is what the shipped weights were trained by.
func DefaultRecipe() Recipe {
	return Recipe{Lambda: 2e-5, Rounds: 250, TextBytes: 6000, TextWindows: 6, SeedWorth: 8, Salads: 1500, Seed: 1}
}

// folds is how many times a part of the sources is held out.
const folds = 5

// Train reads harmless texts and returns the model, and what models that had not seen
// a text's source said of it and of salads written behind it. The same samples and
// recipe give the same bytes. It stops soon after ctx is done, with its error.
func (r Recipe) Train(ctx context.Context, texts []samples.Sample) (*Model, []samples.Scored, error) {
	windows, measured, err := r.measured(ctx, texts)
	if err != nil {
		return nil, nil, err
	}
	fitted, err := r.fit(ctx, windows)
	if err != nil {
		return nil, nil, err
	}
	scored, err := r.validate(ctx, windows, measured)
	if err != nil {
		return nil, nil, err
	}
	sums, targets := make([]float64, len(scored)), make([]bool, len(scored))
	for i, s := range scored {
		sums[i], targets[i] = s.Score, s.Positive
	}
	fitted.calibration = logistic.Calibrate(sums, targets)
	for i := range scored {
		scored[i].Score = fitted.calibration.Probability(scored[i].Score)
	}
	table, err := r.table(ctx, texts, -1)
	return &Model{table: table, weights: fitted}, scored, err
}

// foldOf holds out what one publisher wrote. Seeds are in no fold. Of a publisher who
// alone brings languages only near-duplicates are held out together: without any text
// of a language every model takes it for gibberish, and the shipped one has all.
func foldOf(s samples.Sample) int {
	name := samples.Repository(s.Source)
	switch {
	case isSeed(s):
		return -1
	case slices.Contains([]string{"google-deepmind/xquad", "uds-lsv/GermEval-2018-Data", "rewire-online/multilingual-hatecheck"}, name):
		name += s.Cluster
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return int(h.Sum32() >> 7 % folds)
}

// table counts the texts that are not in a fold.
func (r Recipe) table(ctx context.Context, texts []samples.Sample, without int) (*table, error) {
	c := counts{}
	var pieces []piece
	for _, s := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if without >= 0 && foldOf(s) == without {
			continue
		}
		text := r.cut(s.Text)
		pieces = cut(text, pieces)
		c.read(text, pieces)
	}
	return newTable(c), nil
}

func (r Recipe) cut(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), r.TextBytes)], "")
}

// read counts the letters and the shapes of a text, as Model.pieces meets them.
func (c counts) read(text string, pieces []piece) {
	letters, shapes := uint64(symLine), uint64(symLine)
	last := uint32(0)
	for _, p := range pieces {
		if p.letters > 0 {
			c[wordKey(p.hash)]++
			c[pairKey(last, p.hash)]++
			last = p.hash
		}
		shapes = push(shapes, p.shape)
		c.add(ofShapes, shapes, maxOrder)
		if p.letters == 0 {
			if p.shape != shapeRepeat {
				letters = push(letters, p.symbol)
			}
			continue
		}
		for i := int(p.start); i < int(p.end); {
			ch, size := decode(text, i)
			i += size
			if k := classOf(ch); k.symbol != symNone {
				letters = push(letters, k.symbol)
				c.add(ofLetters, letters, maxOrder)
			}
		}
	}
}

// example is a text with what a model that had not seen its source measured in it.
type example struct {
	sample  samples.Sample
	fold    int
	windows []measures
}

// measured makes, for each fold, salads of its texts, and measures both.
func (r Recipe) measured(ctx context.Context, texts []samples.Sample) (rows, all []example, err error) {
	for fold := range folds {
		table, err := r.table(ctx, texts, fold)
		if err != nil {
			return nil, nil, err
		}
		model := &Model{table: table}
		var held []samples.Sample
		for i, s := range texts {
			if f := foldOf(s); f == fold || f < 0 && i%folds == fold {
				held = append(held, s)
			}
		}
		for _, s := range append(held, r.salads(held, fold)...) {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			e := model.example(r.cut(s.Text), s, fold)
			all = append(all, e)
			if e.sample.Positive || isSeed(s) || len(e.windows) <= r.TextWindows {
				rows = append(rows, e)
				continue
			}
			step := float64(len(e.windows)) / float64(r.TextWindows)
			few := e
			few.windows = nil
			for at := 0.0; int(at) < len(e.windows); at += step {
				few.windows = append(few.windows, e.windows[int(at)])
			}
			rows = append(rows, few)
		}
	}
	return rows, all, ctx.Err()
}

// saladSource is the source of salads; their kind says how they were made.
const saladSource = "salad"

// salads are written before or behind short harmless texts.
func (r Recipe) salads(held []samples.Sample, fold int) []samples.Sample {
	var texts, carriers []string
	for _, s := range held {
		texts = append(texts, r.cut(s.Text))
		if len(s.Text) < 400 {
			carriers = append(carriers, s.Text)
		}
	}
	k := NewKitchen(texts, r.Seed+uint64(fold))
	var out []samples.Sample
	for range r.Salads {
		salad := k.Make()
		s := samples.Sample{Text: salad.Text, Positive: true, Source: saladSource, Kind: salad.Kind, Question: salad.Text}
		if len(carriers) > 0 {
			switch carrier := k.one(carriers); k.rnd.IntN(8) {
			case 0:
			case 1:
				s.Text = salad.Text + " " + carrier
			default:
				s.Text = carrier + " " + salad.Text
			}
		}
		out = append(out, s)
	}
	return out
}

// example measures a text; of one with a salad only what the salad fills mostly.
func (m *Model) example(text string, s samples.Sample, fold int) example {
	e := example{sample: s, fold: fold}
	kept := m.pieces(text)
	eachWindow(kept.pieces, func(w *window) { e.windows = append(e.windows, w.measures) })
	m.scratch.Put(kept)
	return e
}

// passes is how often the net learns: first from all windows of texts with a salad,
// then from those that it takes for the salad.
const passes = 2

// fit teaches the weights.
func (r Recipe) fit(ctx context.Context, examples []example) (w weights, err error) {
	mean, scale := scales(examples)
	for i := range w.nets {
		w.nets[i].mean, w.nets[i].scale = mean, scale
	}
	for pass := range passes {
		s := school{lambda: r.Lambda}
		mass := [2]float64{}
		for _, e := range examples {
			for _, m := range teaching(e, &w, pass) {
				weight := r.worth(e.sample) / math.Sqrt(float64(len(e.windows)))
				l := lesson{target: e.sample.Positive, weight: weight}
				w.nets[0].normal(&m, &l.values)
				s.lessons = append(s.lessons, l)
				mass[index(e.sample.Positive)] += weight
			}
		}
		for i := range s.lessons {
			s.lessons[i].weight *= 0.5 / mass[index(s.lessons[i].target)]
		}
		for i := range w.nets {
			if err := w.nets[i].learn(ctx, &s, r.Rounds, r.Seed+uint64(i)); err != nil {
				return weights{}, err
			}
		}
	}
	return w, nil
}

// worth is how much an example counts: seeds stand for much that is not there.
func (r Recipe) worth(s samples.Sample) float64 {
	if isSeed(s) {
		return r.SeedWorth
	}
	return 1
}

func isSeed(s samples.Sample) bool { return strings.HasPrefix(s.Source, seedSource+":") }

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// teaching are the windows of an example that teach. The first pass takes all.
func teaching(e example, w *weights, pass int) []measures {
	if pass == 0 || len(e.windows) == 0 {
		return e.windows
	}
	best := 0
	for i := range e.windows {
		if w.sum(&e.windows[i]) > w.sum(&e.windows[best]) {
			best = i
		}
	}
	if e.sample.Positive {
		return e.windows[best : best+1]
	}
	return append([]measures{e.windows[best]}, e.windows...)
}

// scales make measures comparable: their means, and one through their deviations.
func scales(examples []example) (mean, scale [measureCount]float64) {
	n := 0.0
	for _, e := range examples {
		for _, m := range e.windows {
			n++
			for i, v := range m {
				mean[i] += v
				scale[i] += v * v
			}
		}
	}
	for i := range mean {
		mean[i] /= n
		scale[i] = 1 / math.Sqrt(math.Max(scale[i]/n-mean[i]*mean[i], 1e-6))
	}
	return mean, scale
}

// validate scores every example by weights that were fitted without its fold. Scores
// are log-odds.
func (r Recipe) validate(ctx context.Context, rows, all []example) ([]samples.Scored, error) {
	var out []samples.Scored
	for fold := range folds {
		var rest []example
		for _, e := range rows {
			if e.fold != fold {
				rest = append(rest, e)
			}
		}
		w, err := r.fit(ctx, rest)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			if e.fold == fold && len(e.windows) > 0 {
				out = append(out, samples.Scored{Sample: e.sample, Score: top(&w, e.windows)})
			}
		}
	}
	return out, nil
}

func top(w *weights, windows []measures) float64 {
	best := math.Inf(-1)
	for i := range windows {
		best = max(best, w.sum(&windows[i]))
	}
	return best
}
