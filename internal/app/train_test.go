package app_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/review"
)

func TestTrainingNeedsItsData(t *testing.T) {
	for _, model := range []string{"injection.model", "bias.leading_prompt", "input.gibberish", "output.grounding", "toxicity.local"} {
		out := t.TempDir() + "/weights.bin"
		err := app.Train(context.Background(), app.Training{Model: model, Data: t.TempDir(), Out: out, Seed: 1}, io.Discard)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), model)
		require.NoFileExists(t, out, model)
	}
}
