package app

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/guardroom/guardroom/internal/harmless"
	"github.com/guardroom/guardroom/internal/quality"
)

// printRanking tells what scores are worth whatever the threshold.
func printRanking(out io.Writer, r quality.Ranking) {
	fmt.Fprintf(out, "  AUROC %.3f of %d positives and %d negatives\n", r.AUROC(), r.Positives(), r.Negatives())
	for _, fpr := range evalRates {
		fmt.Fprintf(out, "  recall at %g %% false positives: %v\n", 100*fpr, r.Recall(r.At(fpr)))
	}
}

// WriteJSON writes the report as one indented object.
func (r EvalReport) WriteJSON(out io.Writer) error {
	enc := json.NewEncoder(harmless.JSONWriter(out))
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// WriteText writes the report as tables for a terminal, with one of sources when it is
// asked for.
func (r EvalReport) WriteText(out io.Writer, sources bool) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "%s: %d positives, %d negatives\n", r.Family, r.Positives, r.Negatives)
	fmt.Fprintf(w, "AUROC\t%s\n", figure(r.AUROC))
	if r.CalibrationError != nil {
		fmt.Fprintf(w, "calibration error (ECE)\t%s\n", figure(r.CalibrationError))
	}
	for _, at := range r.Recalls {
		fmt.Fprintf(w, "recall at %g %% FPR\t%v\n", 100*at.FPR, at.Recall)
	}
	fmt.Fprintf(w, "\ndefault policy\tflagged\tblocked\n")
	fmt.Fprintf(w, "positives\t%v\t%v\n", r.Confusion.PositivesFlagged, r.Confusion.PositivesBlocked)
	fmt.Fprintf(w, "negatives\t%v\t%v\n", r.Confusion.NegativesFlagged, r.Confusion.NegativesBlocked)
	if len(r.Entities) > 0 {
		fmt.Fprintf(w, "\nentity\tdetector\trecall\tprecision\n")
		for _, e := range r.Entities {
			fmt.Fprintf(w, "%s\t%s\t%v\t%v\n", harmless.Visible(e.Type), orNone(e.Detector), e.Recall, e.Precision)
		}
	}
	if sources {
		fmt.Fprintf(w, "\nsource\tlabel\tflagged\n")
		for _, s := range r.Sources {
			fmt.Fprintf(w, "%s\t%d\t%v\n", harmless.Visible(s.Source), s.Label, s.Flagged)
		}
	}
	return w.Flush()
}

// String shows the share, its interval and the counts.
func (s EvalShare) String() string {
	if s.Value == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f %% (%.1f–%.1f) %d/%d", 100**s.Value, 100*s.Lower, 100*s.Upper, s.K, s.N)
}

func figure(x *float64) string {
	if x == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f", *x)
}

func orNone(detector string) string {
	if detector == "" {
		return "none"
	}
	return detector
}

// readable makes the name of a source safe for a terminal.
func readable(name string) string { return harmless.Visible(name) }
