package detectors

import (
	"context"
	"fmt"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// inputLength finds texts that are longer than the policy wants, or than the guard
// can look at.
func inputLength() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "input.length", Title: "Overlong input", Category: review.CategoryInput, OWASP: "LLM10:2025",
			Description: "Finds prompts longer than the policy's max_prompt_bytes, the more certain the longer, and texts of which a part could not be looked at because they, or what is encoded in them, exceed the guard's limits, or of which the models of gibberish and harmful text read parts alone because they are longer than 192 KB. " +
				"Both of these always reach the default threshold: what nobody looked at is not allowed unseen.",
			Examples: []string{"a prompt of a hundred kilobytes", "text in four layers of base64"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.5},
		},
		New: func() (guard.Detector, error) { return length{}, nil },
	}
}

type length struct{}

// unseen is the confidence when part of a text was not looked at.
const unseen = 0.8

// Detect compares lengths; all findings are about the whole Segment.
func (length) Detect(_ context.Context, in *guard.Input) ([]review.Finding, error) {
	var out []review.Finding
	if in.Views.Truncated() {
		out = append(out, review.Finding{
			Severity: review.SeverityMedium, Confidence: unseen,
			Message: "Part of the text, or of what is encoded in it, was too much to look at",
		})
	}
	if looked := len(in.Views.Raw().Text); looked > readWhole {
		out = append(out, review.Finding{
			Severity: review.SeverityMedium, Confidence: unseen,
			Message: fmt.Sprintf("%d bytes are too much to look at whole for the models of gibberish and harmful text: they read the beginning, the end and %d parts between, %d KB in all", looked, readParts-2, readParts*partBytes>>10),
		})
	}
	n, limit := len(in.Segment.Text), in.Policy.MaxPromptBytes
	if in.Segment.Kind == review.SegmentPrompt && limit > 0 && n > limit {
		out = append(out, review.Finding{
			Severity: review.SeverityLow,
			// Half at the limit, nearing certainty as the text gets many times as long.
			Confidence: 1 - float64(limit)/float64(2*n),
			Message:    fmt.Sprintf("%d bytes, of which the policy allows %d", n, limit),
		})
	}
	return out, nil
}
