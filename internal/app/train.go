package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/classifier"
	"github.com/guardroom/guardroom/internal/guard/detectors"
	"github.com/guardroom/guardroom/internal/quality"
	"github.com/guardroom/guardroom/internal/review"
)

// Training says what a model is trained from.
type Training struct {
	Model    string // the detector whose model it is
	Data     string // the folder of the development data
	Out      string // the file of the weights
	Seed     uint64 // of the texts that the grammar writes
	Validate bool   // measure in two more ways, which takes several times as long
}

// trainedModel is the detector that training makes the weights of.
const trainedModel = "injection.model"

// Train fits a model and writes its weights; what it measured on publishers that the
// measured models had not seen goes to progress. The same data and seed give the same
// bytes.
func Train(ctx context.Context, t Training, progress io.Writer) error {
	if m, small := smallModels[t.Model]; small {
		return m.run(t, progress)
	}
	return trainInjection(ctx, t, progress)
}

func trainInjection(ctx context.Context, t Training, progress io.Writer) error {
	corpus, err := classifier.LoadCorpus(t.Data, t.Seed)
	if err != nil {
		return review.Wrap(review.CodeUnprocessable, err, "the development data could not be read")
	}
	fmt.Fprintf(progress, "%d texts to learn from.\n", len(corpus))
	recipe := classifier.DefaultRecipe()
	weights, scored, err := recipe.Train(corpus)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	data, err := weights.MarshalBinary()
	if err != nil {
		return err
	}
	if err := replaceFile(t.Out, data); err != nil {
		return err
	}
	fmt.Fprintf(progress, "%s is written, %d bytes.\n", t.Out, len(data))
	rules, err := newRulesAlone()
	if err != nil {
		return err
	}
	if err := rules.compare(ctx, "publishers held out", scored, progress); err != nil || !t.Validate {
		return err
	}
	for _, way := range []struct {
		name string
		fold classifier.Fold
	}{
		{"one source at a time held out", classifier.LeaveOneSourceOut(corpus)},
		{"publishers of attacks held out, harmless texts by near-duplicates", classifier.LeaveAttackSourcesOut(corpus)},
	} {
		scored, err := recipe.CrossValidate(corpus, way.fold)
		if err != nil {
			return err
		}
		if err := rules.compare(ctx, way.name, scored, progress); err != nil {
			return err
		}
	}
	return nil
}

// rulesAlone is the guard without the model, to which scores of models that had not seen
// a text are added.
type rulesAlone struct {
	screener review.Screener
	policy   review.Policy // whole
	without  review.Policy // the model switched off
}

func newRulesAlone() (rulesAlone, error) {
	pipeline, _, err := newGuard(nil, guard.Options{})
	if err != nil {
		return rulesAlone{}, err
	}
	r := rulesAlone{screener: pipeline, policy: review.DefaultPolicy(pipeline.Specs()), without: review.DefaultPolicy(pipeline.Specs())}
	r.without.Detectors[trainedModel] = review.Rule{Mode: review.ModeOff}
	return r, nil
}

// compare tells what the model's scores are worth alone, and in the guard.
func (r rulesAlone) compare(ctx context.Context, name string, scored []classifier.Scored, out io.Writer) error {
	alone, whole := make([]quality.Judged, len(scored)), make([]quality.Judged, len(scored))
	for i, s := range scored {
		alone[i] = quality.Judged{Score: s.Sum, Positive: s.Attack}
		segments := review.Content{Prompt: s.Text}.Segments()
		screening := r.screener.Screen(ctx, segments, r.without)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		findings := screening.Findings
		if s.Score >= detectors.ModelLeast {
			findings = append(findings, review.Finding{
				Detector: trainedModel, Severity: review.SeverityMedium, Confidence: s.Score, Segment: segments[0].Name,
			})
		}
		_, risk := r.policy.Decide(findings, screening.Failures)
		whole[i] = quality.Judged{Score: risk, Positive: s.Attack}
	}
	fmt.Fprintf(out, "\nThe model alone, %s:\n", name)
	ranking := quality.NewRanking(alone)
	printRanking(out, ranking)
	for _, fpr := range append([]float64{0}, evalRates...) {
		printThreshold(out, fpr, ranking.At(fpr).Threshold, scored)
	}
	fmt.Fprintf(out, "The whole guard, %s for the model:\n", name)
	printRanking(out, quality.NewRanking(whole))
	return nil
}

// printThreshold tells the score at a threshold on sums.
func printThreshold(out io.Writer, fpr, sum float64, scored []classifier.Scored) {
	for _, s := range scored {
		if s.Sum == sum {
			fmt.Fprintf(out, "  at most %g %% of harmless texts score %.4f or more\n", 100*fpr, s.Score)
			return
		}
	}
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // it is gone when all went well
	if _, err := temp.Write(data); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := errors.Join(temp.Chmod(0o644), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
