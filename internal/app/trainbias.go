package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/guardroom/guardroom/internal/bias"
	"github.com/guardroom/guardroom/internal/review"
)

// biasData is the file of the development data that the model of leading prompts is trained on.
const biasData = "bias.dev.jsonl"

// trainLeading fits bias.leading_prompt, writes it, and tells how it does on sources that it had not seen.
func trainLeading(ctx context.Context, t Training, progress io.Writer) error {
	data, err := os.Open(filepath.Join(t.Data, biasData))
	if err != nil {
		return review.Wrap(review.CodeUnprocessable, err, "the development data could not be read")
	}
	defer data.Close() //nolint:errcheck // it was only read
	model, r, err := bias.Train(ctx, data)
	if err != nil {
		return notLearned(ctx, err)
	}
	var weights bytes.Buffer
	if err := model.Save(&weights); err != nil {
		return err
	}
	if err := replaceFiles(ctx, map[string][]byte{t.Out: weights.Bytes()}); err != nil {
		return err
	}
	tellWritten(progress, t.Out, weights.Bytes())
	fmt.Fprintf(progress, "\nSources held out, by label and kind: at or over the cut of %.2f\n", r.Cut)
	for _, g := range r.Groups {
		fmt.Fprintf(progress, "  %d %-60.60s %-32s %4d of %4d  %.3f [%.3f, %.3f]\n", g.Label, readable(g.Source), g.Kind, g.Fired.Hits, g.Fired.N,
			g.Fired.Rate, g.Fired.Lower, g.Fired.Upper)
	}
	fmt.Fprintf(progress, "AUROC %.4f, recall %.3f, false alarms %.4f, precision at least %.3f as mixed and %.3f where one prompt in ten leads.\n",
		r.AUROC, r.Recall.Rate, r.FalseAlarms.Rate, r.Precision.Lower, r.LeastExpected)
	tellShipped(progress, t.Out, bias.Shipped(weights.Bytes()))
	return nil
}
