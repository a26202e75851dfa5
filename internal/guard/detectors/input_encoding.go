package detectors

import (
	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// inputEncoding finds bytes that are no text.
func inputEncoding() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "input.encoding", Title: "Broken encoding", Category: review.CategoryInput, OWASP: "LLM05:2025",
			Description: "Finds bytes that are not UTF-8, replacement characters that stand for something lost before (such as a lone surrogate), and code points that are no characters. " +
				"Broken clients make them as well as people who probe a filter, so by default they are recorded and flag nothing.",
			Examples: []string{"caf\xe9", "half a pair: \uFFFD"},
			Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.5},
		},
		New: func() (guard.Detector, error) {
			return oddities{
				{textview.OddInvalidUTF8, review.SeverityLow, 0.5, 0.05, "Bytes that are not UTF-8"},
				{textview.OddReplaced, review.SeverityLow, 0.3, 0.05, "Characters that were lost before the text came here"},
				{textview.OddNonchar, review.SeverityLow, 0.5, 0.1, "Code points that are no characters"},
			}, nil
		},
	}
}
