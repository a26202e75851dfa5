package detectors

import (
	"context"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/grounding"
	"github.com/guardroom/guardroom/internal/review"
)

// outputGrounding finds sentences of a response that its documents do not support.
func outputGrounding() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "output.grounding", Title: "Not in the documents", Category: review.CategoryOutput, OWASP: "LLM09:2025",
			Description: "Holds every sentence of a response against the documents and tool output that came with it, when there are documents: numbers, names and words that none of them has, a not too many or too few, and words that none of their sentences has together. " +
				"It compares words and does not reason: what a document implies without saying is reported, and a false sentence made of a document's own words may pass. Small talk of the model counts as unsupported, so it monitors.",
			Examples: []string{
				"the document says 1566, the response says 1588",
				"a name in the response that no document mentions",
			},
			Default: review.Rule{Mode: review.ModeMonitor, Flag: 0.85},
		},
		New: func() (guard.Detector, error) {
			model, err := grounding.Load()
			if err != nil {
				return nil, err
			}
			return &unsupported{model}, nil
		},
	}
}

// groundingFloor is where a sentence is reported from.
const groundingFloor = 0.8

// unsupported is the detector of sentences that no document supports.
type unsupported struct{ model *grounding.Model }

// Detect looks at responses only, and only when there are documents.
func (u *unsupported) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	if in.Segment.Kind != review.SegmentResponse {
		return nil, nil
	}
	evidence, asked := evidenceIn(in.All)
	if len(evidence) == 0 {
		return nil, nil
	}
	index := grounding.NewIndex(evidence, asked)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	view := in.Views.Raw()
	var out []review.Finding
	for _, r := range u.model.Read(index, view.Text) {
		if r.Score < groundingFloor {
			continue
		}
		out = append(out, guard.Found(view, r.Start, r.End, review.SeverityMedium, r.Score, message(r.Reasons)))
	}
	return out, nil
}

// evidenceIn lists the texts that can support a response, none when there is no
// document, and what was asked.
func evidenceIn(all []review.Segment) (evidence []string, asked string) {
	var tools []string
	for _, s := range all {
		switch s.Kind {
		case review.SegmentDocument:
			evidence = append(evidence, s.Text)
		case review.SegmentToolOutput:
			tools = append(tools, s.Text)
		case review.SegmentPrompt:
			asked = s.Text // the last one
		}
	}
	if len(evidence) == 0 {
		return nil, asked
	}
	return append(evidence, tools...), asked
}

func message(reasons []string) string {
	if len(reasons) == 0 {
		return "no document says so"
	}
	return "not in the documents: " + strings.Join(reasons, ", ")
}
