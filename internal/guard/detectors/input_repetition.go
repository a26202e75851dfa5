package detectors

import (
	"context"
	"fmt"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// inputRepetition finds texts that say the same over and over.
func inputRepetition() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "input.repetition", Title: "Repetition", Category: review.CategoryInput, OWASP: "LLM10:2025",
			Description: "Finds stretches of half a kilobyte and more in which hardly any twelve characters are new: floods that are to exhaust the context or the budget, or to make a model fall out of its role. " +
				"Logs and generated tables repeat themselves, too, so by default it monitors.",
			Examples: []string{"company company company company …", "AAAAAAAA…"},
			Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.7},
		},
		New: func() (guard.Detector, error) { return repetition{}, nil },
	}
}

type repetition struct{}

// repeatShare is the share of new sequences below which a window repeats itself.
const repeatShare = textview.RepeatShare

// Detect looks at windows of the raw text and joins neighbours.
func (repetition) Detect(_ context.Context, in *guard.Input) ([]review.Finding, error) {
	raw := in.Views.Raw()
	var out []review.Finding
	start, lowest := -1, 1.0
	for at := 0; at < len(raw.Text); at += textview.RepeatWindow {
		end := min(at+textview.RepeatWindow, len(raw.Text))
		share := textview.FreshShare(raw.Text[at:end])
		if share < repeatShare {
			if start < 0 {
				start = at
			}
			lowest = min(lowest, share)
			if end < len(raw.Text) {
				continue
			}
			at = end
		}
		if start >= 0 {
			out = append(out, repeated(raw, start, at, lowest))
			start, lowest = -1, 1
		}
	}
	return out, nil
}

func repeated(raw *textview.View, start, end int, share float64) review.Finding {
	return guard.Found(raw, start, end, review.SeverityLow, 0.5+0.5*(repeatShare-share)/repeatShare,
		fmt.Sprintf("Says the same over and over: %.0f %% of it is new", 100*share))
}
