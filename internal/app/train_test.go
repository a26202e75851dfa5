package app_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/review"
)

var trainedModels = []string{"injection.model", "bias.leading_prompt", "input.gibberish", "output.grounding", "toxicity.local"}

func TestTrainingNeedsItsData(t *testing.T) {
	for _, model := range trainedModels {
		out := t.TempDir() + "/weights.bin"
		err := app.Train(context.Background(), app.Training{Model: model, Data: t.TempDir(), Out: out, Seed: 1}, io.Discard)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), model)
		require.NoFileExists(t, out, model)
	}
}

// developmentData writes a few rows of each file that training reads.
func developmentData(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, family := range []string{"injection", "moderation", "grounding", "bias", "pii"} {
		var rows strings.Builder
		for i := range 40 {
			fmt.Fprintf(&rows, `{"id":"%d","text":"the words of row %d","context":"the context of %[1]d","response":"the answer to %[1]d","label":%[3]d,"source":"publisher%[4]d/x","kind":"k","lang":"en","cluster":"%[1]d","task":"leading"}`+"\n", i, i, i%2, i%5)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, family+".dev.jsonl"), []byte(rows.String()), 0o600))
	}
	return dir
}

// breaksOff cancels when something is written that has a word.
type breaksOff struct {
	word   string
	cancel context.CancelFunc
}

func (b breaksOff) Write(p []byte) (int, error) {
	if strings.Contains(string(p), b.word) {
		b.cancel()
	}
	return len(p), nil
}

// TestTrainingStopsWhenItIsBrokenOff breaks trainings off, one of them while it learns, and
// wants the files of before, and nothing beside them.
func TestTrainingStopsWhenItIsBrokenOff(t *testing.T) {
	data := developmentData(t)
	for _, model := range trainedModels {
		dir := t.TempDir()
		training := app.Training{Model: model, Data: data, Out: dir + "/weights.bin", Risk: dir + "/risk.json", Seed: 1}
		for _, file := range []string{training.Out, training.Risk} {
			require.NoError(t, os.WriteFile(file, []byte("from before"), 0o600))
		}
		ctx, cancel := context.WithCancel(context.Background())
		if model != "injection.model" {
			cancel()
		}
		require.ErrorIs(t, app.Train(ctx, training, breaksOff{"to learn from", cancel}), context.Canceled, model)
		cancel()
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, files, 2, model)
		for _, file := range files {
			text, err := os.ReadFile(filepath.Join(dir, file.Name()))
			require.NoError(t, err)
			require.Equal(t, "from before", string(text), "%s: %s", model, file.Name())
		}
	}
}
