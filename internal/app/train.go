package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/guardroom/guardroom/internal/bias"
	"github.com/guardroom/guardroom/internal/guard/classifier"
	"github.com/guardroom/guardroom/internal/review"
)

// Training says what a model is trained from.
type Training struct {
	Model    string // the detector whose model it is
	Data     string // the folder of the development data
	Out      string // the file of the weights
	Risk     string // the file of how findings add up to a risk (injection.model)
	Seed     uint64 // of the texts that the grammar writes
	Validate bool   // measure in two more ways, which takes several times as long
}

// Train fits a model and writes its weights; what it measured on texts that the measured
// models had not seen goes to progress. The same data and seed give the same bytes. Once ctx
// is done it stops soon, and leaves the files as they were unless it had written all of them.
func Train(ctx context.Context, t Training, progress io.Writer) error {
	if t.Model == bias.LeadingPrompt {
		return trainLeading(ctx, t, progress)
	}
	if m, small := smallModels[t.Model]; small {
		return m.run(ctx, t, progress)
	}
	return trainInjection(ctx, t, progress)
}

// trainInjection fits injection.model, and then how its score and the findings of the rules add up
// to a risk, on publishers that the models had not seen, and writes both.
func trainInjection(ctx context.Context, t Training, progress io.Writer) error {
	corpus, err := classifier.LoadCorpus(t.Data, t.Seed)
	if err != nil {
		return review.Wrap(review.CodeUnprocessable, err, "the development data could not be read")
	}
	fmt.Fprintf(progress, "%d texts to learn from.\n", len(corpus))
	recipe := classifier.DefaultRecipe()
	weights, scored, err := recipe.Train(ctx, corpus)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	data, err := weights.MarshalBinary()
	if err != nil {
		return err
	}
	guard, err := newHeldOutGuard()
	if err != nil {
		return err
	}
	seen, err := guard.look(ctx, scored)
	if err != nil {
		return err
	}
	if err := guard.fit(seen); err != nil {
		return err
	}
	combination, err := encodeCombination(guard.combination)
	if err != nil {
		return err
	}
	// Weights and how they count belong together: both are written, or neither.
	if err := replaceFiles(ctx, map[string][]byte{t.Out: data, t.Risk: combination}); err != nil {
		return err
	}
	tellWritten(progress, t.Out, data)
	tellWritten(progress, t.Risk, combination)
	guard.compare("publishers held out", seen, progress)
	if t.Validate {
		err = validate(ctx, recipe, corpus, guard, progress)
	}
	tellShipped(progress, t.Out, classifier.Shipped(data))
	shipped, wrong := encodeCombination(review.FittedCombination())
	tellShipped(progress, t.Risk, bytes.Equal(combination, shipped))
	return errors.Join(err, wrong)
}

// validate measures with less held out than training does.
func validate(ctx context.Context, recipe classifier.Recipe, corpus []classifier.Sample, guard *heldOutGuard, progress io.Writer) error {
	for _, way := range []struct {
		name string
		fold classifier.Fold
	}{
		{"one source at a time held out", classifier.LeaveOneSourceOut(corpus)},
		{"publishers of attacks held out, harmless texts by near-duplicates", classifier.LeaveAttackSourcesOut(corpus)},
	} {
		scored, err := recipe.CrossValidate(ctx, corpus, way.fold)
		if err != nil {
			return err
		}
		seen, err := guard.look(ctx, scored)
		if err != nil {
			return err
		}
		guard.compare(way.name, seen, progress)
	}
	return nil
}

// notLearned says why a model was not trained: because of the data, unless somebody broke it off.
func notLearned(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return review.Wrap(review.CodeUnprocessable, err, "the development data could not be learned from")
}

func encodeCombination(c review.Combination) ([]byte, error) {
	data, err := json.MarshalIndent(c, "", "  ")
	return append(data, '\n'), err
}

func tellWritten(progress io.Writer, path string, data []byte) {
	fmt.Fprintf(progress, "%s is written, %d bytes.\n", path, len(data))
}

// tellShipped tells at the end of training whether a file came out as it is built into this program.
func tellShipped(progress io.Writer, path string, same bool) {
	if same {
		fmt.Fprintf(progress, "%s: same as shipped, byte for byte.\n", path)
		return
	}
	fmt.Fprintf(progress, "%s: different from what is shipped.\n", path)
}

// replaceFiles writes files whole, and none of them unless all can be written and ctx is not done.
func replaceFiles(ctx context.Context, files map[string][]byte) error {
	written := map[string]string{}
	for path, data := range files {
		temp, err := writeBeside(path, data)
		if err != nil {
			return err
		}
		defer os.Remove(temp) //nolint:errcheck // it is gone when all went well
		written[path] = temp
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for path, temp := range written {
		if err := os.Rename(temp, path); err != nil {
			return err
		}
	}
	return nil
}

// writeBeside writes what is to become a file beside its place, and returns where.
func writeBeside(path string, data []byte) (string, error) {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return "", err
	}
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Chmod(0o644), temp.Close()); err != nil {
		return "", errors.Join(err, os.Remove(temp.Name()))
	}
	return temp.Name(), nil
}
