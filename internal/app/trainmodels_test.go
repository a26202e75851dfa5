package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/bias"
	"github.com/guardroom/guardroom/internal/guard/classifier"
	"github.com/guardroom/guardroom/internal/guard/gibberish"
	"github.com/guardroom/guardroom/internal/guard/grounding"
	"github.com/guardroom/guardroom/internal/guard/samples"
	"github.com/guardroom/guardroom/internal/guard/toxicity"
	"github.com/guardroom/guardroom/internal/review"
)

// TestTheShippedWeightsAreKnown holds what training compares with to the files from which it is built in.
func TestTheShippedWeightsAreKnown(t *testing.T) {
	ran := 0
	for file, shipped := range map[string]func([]byte) bool{
		"../guard/classifier/weights.bin": classifier.Shipped,
		"../guard/gibberish/weights.bin":  gibberish.Shipped,
		"../guard/grounding/weights.json": grounding.Shipped,
		"../guard/toxicity/weights.bin":   toxicity.Shipped,
		"../bias/weights.json":            bias.Shipped,
	} {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.True(t, shipped(data), file)
		data[len(data)/2] ^= 1
		require.False(t, shipped(data), file)
		ran++
	}
	require.Equal(t, len(smallModels)+2, ran)
	risk, err := os.ReadFile("../review/risk.json")
	require.NoError(t, err)
	encoded, err := encodeCombination(review.FittedCombination())
	require.NoError(t, err)
	require.Equal(t, string(risk), string(encoded))
}

func TestTrainingTellsWhetherItIsWhatIsShipped(t *testing.T) {
	model := smallModel{0.5, func(context.Context, string) ([]byte, []samples.Scored, error) {
		return []byte("weights"), []samples.Scored{
			{Sample: samples.Sample{Text: "a", Positive: true, Source: "x/y"}, Score: 0.9}, {Sample: samples.Sample{Text: "b", Source: "x/y"}, Score: 0.1},
		}, nil
	}, func(weights []byte) bool { return string(weights) == "weights" }}
	train := func() string {
		var said bytes.Buffer
		require.NoError(t, model.run(context.Background(), Training{Out: filepath.Join(t.TempDir(), "w.bin")}, &said))
		return said.String()
	}
	require.Regexp(t, `w\.bin: same as shipped, byte for byte\.\n$`, train())
	model.shipped = func([]byte) bool { return false }
	require.Regexp(t, `w\.bin: different from what is shipped\.\n$`, train())
}

// TestFilesAreReplacedTogether holds that of files that belong together none changes when
// one cannot be written, or when it is too late.
func TestFilesAreReplacedTogether(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	both := map[string][]byte{one: []byte("new"), two: []byte("newer")}
	require.NoError(t, os.WriteFile(one, []byte("old"), 0o600))
	require.Error(t, replaceFiles(context.Background(), map[string][]byte{one: []byte("new"), filepath.Join(dir, "none", "two"): nil}))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, replaceFiles(ctx, both), context.Canceled)
	text, err := os.ReadFile(one)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
	require.NoError(t, replaceFiles(context.Background(), both))
	for path, want := range both {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, want, text)
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 2, "nothing is left beside them")
}
