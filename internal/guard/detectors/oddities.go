package detectors

import (
	"context"
	"fmt"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// oddity says what a kind of odd character means.
type oddity struct {
	kind       textview.Oddity
	severity   review.Severity
	confidence float64 // for the first one
	each       float64 // for each further one
	message    string
}

// maxOddity is the confidence that mere characters can reach.
const maxOddity = 0.95

// oddities is a detector of characters that ordinary writing does not have.
type oddities []oddity

// Detect reports every kind of oddity once, where it stands first.
func (o oddities) Detect(_ context.Context, in *guard.Input) ([]review.Finding, error) {
	var out []review.Finding
	for _, odd := range o {
		a := in.Views.Anomaly(odd.kind)
		if a.Count == 0 {
			continue
		}
		first := a.Spans[0]
		out = append(out, review.Finding{
			Severity:   odd.severity,
			Confidence: min(odd.confidence+odd.each*float64(a.Count-1), maxOddity),
			Start:      first.Start, End: first.End,
			Message: fmt.Sprintf("%s (%d)", odd.message, a.Count),
		})
	}
	return out, nil
}
