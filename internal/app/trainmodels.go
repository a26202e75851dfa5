package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/guardroom/guardroom/internal/guard/gibberish"
	"github.com/guardroom/guardroom/internal/guard/grounding"
	"github.com/guardroom/guardroom/internal/guard/samples"
	"github.com/guardroom/guardroom/internal/guard/toxicity"
	"github.com/guardroom/guardroom/internal/quality"
)

// smallModel is a model that is trained from labelled texts alone, and measured on sources that it has not seen while
// it is.
type smallModel struct {
	report  float64 // the score from which its detector speaks
	train   func(ctx context.Context, dir string) (weights []byte, scored []samples.Scored, err error)
	shipped func(weights []byte) bool
}

// smallModels are the models beside injection.model, by detector.
var smallModels = map[string]smallModel{
	"input.gibberish":  {0.9, trainGibberish, gibberish.Shipped},
	"output.grounding": {0.85, trainGrounding, grounding.Shipped},
	"toxicity.local":   {0.8, trainToxicity, toxicity.Shipped},
}

func trainGibberish(ctx context.Context, dir string) ([]byte, []samples.Scored, error) {
	texts, err := gibberish.LoadSamples(dir)
	if err != nil {
		return nil, nil, err
	}
	model, scored, err := gibberish.DefaultRecipe().Train(ctx, texts)
	if err != nil {
		return nil, nil, err
	}
	for i := range scored {
		if scored[i].Positive {
			scored[i].Source += " " + scored[i].Kind
		}
	}
	weights, err := model.MarshalBinary()
	return weights, scored, err
}

func trainGrounding(ctx context.Context, dir string) ([]byte, []samples.Scored, error) {
	texts, err := grounding.LoadSamples(dir)
	if err != nil {
		return nil, nil, err
	}
	model, scored, err := grounding.DefaultRecipe().Train(ctx, texts)
	if err != nil {
		return nil, nil, err
	}
	for i := range scored {
		scored[i].Source = grounding.Corpus(scored[i].Source)
	}
	weights, err := model.MarshalJSON()
	return weights, scored, err
}

func trainToxicity(ctx context.Context, dir string) ([]byte, []samples.Scored, error) {
	texts, err := toxicity.LoadSamples(dir)
	if err != nil {
		return nil, nil, err
	}
	model, scored, err := toxicity.DefaultRecipe().Train(ctx, texts)
	if err != nil {
		return nil, nil, err
	}
	weights, err := model.MarshalBinary()
	return weights, scored, err
}

// run trains and writes the weights, and tells how the model does on what it had not seen.
func (m smallModel) run(ctx context.Context, t Training, progress io.Writer) error {
	weights, scored, err := m.train(ctx, t.Data)
	if err != nil {
		return notLearned(ctx, err)
	}
	if err := replaceFiles(ctx, map[string][]byte{t.Out: weights}); err != nil {
		return err
	}
	tellWritten(progress, t.Out, weights)
	fmt.Fprintln(progress, "\nSources held out:")
	printRanking(progress, quality.NewRanking(judged(scored)))
	printSources(progress, scored, m.report)
	tellShipped(progress, t.Out, m.shipped(weights))
	return nil
}

func judged(scored []samples.Scored) []quality.Judged {
	out := make([]quality.Judged, len(scored))
	for i, s := range scored {
		out[i] = quality.Judged{Score: s.Score, Positive: s.Positive}
	}
	return out
}

// printSources tells of each source how many texts score as high as the detector reports, and how well both kinds are
// told apart: within a source that has both, or against all others that have none.
func printSources(out io.Writer, scored []samples.Scored, report float64) {
	groups := map[string][]samples.Scored{}
	for _, s := range scored {
		groups[s.Source] = append(groups[s.Source], s)
	}
	var harmless []samples.Scored
	for _, g := range groups {
		if !slices.ContainsFunc(g, positive) {
			harmless = append(harmless, g...)
		}
	}
	fmt.Fprintf(out, "  by source: positive texts and others at or over %g, AUROC within, AUROC against sources without positive texts\n", report)
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		g := groups[name]
		within, against := quality.NewRanking(judged(g)), quality.NewRanking(judged(append(slices.DeleteFunc(slices.Clone(g), negative), harmless...)))
		fmt.Fprintf(out, "  %-60.60s %s  %s  %s  %s\n", readable(name), reached(g, report, true), reached(g, report, false), auroc(within), auroc(against))
	}
}

func positive(s samples.Scored) bool { return s.Positive }
func negative(s samples.Scored) bool { return !s.Positive }

// reached is how many of one kind score at least the threshold.
func reached(g []samples.Scored, threshold float64, kind bool) string {
	hits, of := 0, 0
	for _, s := range g {
		if s.Positive == kind {
			of++
			if s.Score >= threshold {
				hits++
			}
		}
	}
	if of == 0 {
		return fmt.Sprintf("%15s", "–")
	}
	return fmt.Sprintf("%5d of %6d", hits, of)
}

func auroc(r quality.Ranking) string {
	if r.Positives() == 0 || r.Negatives() == 0 {
		return "    –"
	}
	return fmt.Sprintf("%.3f", r.AUROC())
}
