package detectors

import (
	"context"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// inputControl finds characters that readers do not see.
func inputControl() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "input.control", Title: "Invisible and control characters", Category: review.CategoryInput, OWASP: "LLM01:2025",
			Description: "Finds NUL and other control characters, zero-width characters inside words, bidirectional overrides, piles of combining marks, and text hidden in tag characters or variation selectors. " +
				"Joiners in Persian or Indic words, emoji sequences, direction marks in right-to-left text and flags are ordinary and not reported. " +
				"By default only text that is hidden on purpose reaches the threshold: tags, selectors and overrides, not a stray control character.",
			Examples: []string{"pass\u200bword", "text with a \x00", "\u202egnp.exe", "hello\U000E0068\U000E0069"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.7},
		},
		New: func() (guard.Detector, error) {
			return control{oddities{
				{textview.OddNUL, review.SeverityMedium, 0.5, 0.01, "NUL characters"},
				{textview.OddControl, review.SeverityLow, 0.3, 0.01, "Control characters"},
				{textview.OddInvisible, review.SeverityLow, 0.2, 0.005, "Zero-width characters where they spell nothing"},
				{textview.OddSplit, review.SeverityMedium, 0.3, 0.04, "Zero-width characters inside of words or in rows"},
				{textview.OddSoftHyphen, review.SeverityLow, 0.05, 0.01, "Soft hyphens"},
				{textview.OddOverride, review.SeverityMedium, 0.75, 0.05, "Bidirectional overrides: the text is not read as it is stored"},
				{textview.OddUnclosed, review.SeverityLow, 0.3, 0.02, "Bidirectional embeddings that are not closed"},
				{textview.OddSpace, review.SeverityLow, 0.05, 0.005, "Unusual spaces"},
				{textview.OddTag, review.SeverityHigh, 0.6, 0.05, "Tag characters outside of flags"},
				{textview.OddSelector, review.SeverityMedium, 0.2, 0.02, "Variation selectors that select nothing"},
				{textview.OddPile, review.SeverityLow, 0.2, 0.01, "Piles of combining marks"},
			}}, nil
		},
	}
}

// control adds to the oddities what a hidden channel says.
type control struct{ oddities oddities }

// hiddenText is the confidence when odd characters are a text.
const hiddenText = 0.92

// Detect reports each kind once, and each hidden text.
func (c control) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	out, err := c.oddities.Detect(ctx, in)
	for _, v := range in.Views.All() {
		if v.Kind == textview.KindTags || v.Kind == textview.KindSelectors {
			out = append(out, guard.Found(v, 0, len(v.Text), review.SeverityHigh, hiddenText, "Text that nobody sees"))
		}
	}
	return out, err
}
