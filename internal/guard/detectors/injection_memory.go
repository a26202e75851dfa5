package detectors

import (
	"context"
	"fmt"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// injectionMemory finds what is nearly the same as something that was blocked in the
// same App.
func injectionMemory() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "injection.memory", Title: "Blocked before", Category: review.CategoryInjection, OWASP: "LLM01:2025",
			Description: "Finds prompts, documents and tool output that are nearly the same as what analysts blocked in this App: other case, spacing, numbers, disguises and small edits make no difference. " +
				"It learns a second after the decision and unlearns when that is undone; an approval that is newer and about as near clears a block. " +
				"Texts of fewer than some thirty letters are not remembered, and what is only similar in meaning is not recognised.",
			Examples: []string{"the prompt that an analyst blocked a minute ago, with another name in it"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.5},
		},
		New: func() (guard.Detector, error) { return memory{}, nil },
	}
}

type memory struct{}

// The confidence of a precedent grows from barelyAlike, at the least similarity that
// counts, to sameText.
const (
	leastAlike            = 0.6
	barelyAlike, sameText = 0.55, 0.97
)

// Detect compares every folded view with what is remembered. What operators and models
// wrote is not compared: nobody attacks with it, and it says the same all day.
func (memory) Detect(_ context.Context, in *guard.Input) ([]review.Finding, error) {
	switch in.Segment.Kind {
	case review.SegmentPrompt, review.SegmentDocument, review.SegmentToolOutput:
	default:
		return nil, nil
	}
	if in.Memory == nil {
		return nil, nil
	}
	var best guard.Precedent
	var seen *textview.View
	for _, v := range in.Views.Folded() {
		if p, ok := in.Memory.Recall(in.Policy.AppID, v.Text); ok && p.Similarity > best.Similarity {
			best, seen = p, v
		}
	}
	if seen == nil {
		return nil, nil
	}
	f := guard.Found(seen, 0, 0, review.SeverityHigh, resemblance(best.Similarity),
		fmt.Sprintf("Nearly the same (%.0f %%) as what was blocked in decision %s", 100*best.Similarity, best.DecisionID))
	f.Start, f.End = 0, 0 // the text as a whole
	return []review.Finding{f}, nil
}

func resemblance(similarity float64) float64 {
	return barelyAlike + (similarity-leastAlike)/(1-leastAlike)*(sameText-barelyAlike)
}
