package bias

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var trainOn = flag.String("train", "", "development data (JSON Lines) to write weights.json from")

// With -train FILE the test also writes weights.json anew, as guardroom train does.
func TestTrainingIsReproducibleToTheByte(t *testing.T) {
	data := plainRows(t)
	if *trainOn != "" {
		var err error
		data, err = os.ReadFile(*trainOn)
		require.NoError(t, err)
	}
	var saved [2]bytes.Buffer
	var report Report
	for i := range saved {
		model, r, err := Train(context.Background(), bytes.NewReader(data))
		require.NoError(t, err)
		require.NoError(t, model.Save(&saved[i]))
		report = r
	}
	require.Equal(t, saved[0].String(), saved[1].String())
	again, err := LoadModel(&saved[1])
	require.NoError(t, err)
	require.Equal(t, report, again.Report())

	if *trainOn == "" {
		return
	}
	require.NoError(t, os.WriteFile("weights.json", saved[0].Bytes(), 0o644))
	for _, g := range report.Groups {
		t.Logf("%d %-90s %-32s %4d of %4d  %.3f [%.3f, %.3f]", g.Label, g.Source, g.Kind, g.Fired.Hits, g.Fired.N, g.Fired.Rate, g.Fired.Lower, g.Fired.Upper)
	}
	t.Logf("cut %.2f, AUROC %.4f, recall %.3f, false alarms %.4f, precision ≥ %.3f as mixed, ≥ %.3f at one in ten",
		report.Cut, report.AUROC, report.Recall.Rate, report.FalseAlarms.Rate, report.Precision.Lower, report.LeastExpected)
}

// plainRows is a source that is easy to tell apart.
func plainRows(t *testing.T) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for i := range 1200 {
		require.NoError(t, enc.Encode(Row{Text: fmt.Sprintf("What is the height of mountain %d?", i), Source: "plain", Kind: "neutral"}))
		require.NoError(t, enc.Encode(Row{Text: fmt.Sprintf("It's %d metres, isn't it?", i), Label: 1, Source: "plain", Kind: "leading"}))
	}
	return out.Bytes()
}

func TestTrainingFailsWhenNothingIsPreciseEnough(t *testing.T) {
	_, _, err := Train(context.Background(), strings.NewReader(""))
	require.ErrorContains(t, err, "precise enough", "our own rows alone are made to look alike")
}
