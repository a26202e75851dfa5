package guard

import (
	"context"

	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// Detector looks at one Segment and reports what it sees; it never decides. It must
// be safe for concurrent use, return soon after ctx is done, and take time linear in
// the length of the text.
//
// Of a Finding it sets Severity, Confidence, Start, End (byte offsets into the
// Segment's text; equal for the whole Segment), Message, Evidence and View; the
// Pipeline adds what it knows. An error means that the Detector cannot tell.
type Detector interface {
	Detect(ctx context.Context, in *Input) ([]review.Finding, error)
}

// Input is what a Detector looks at. Detectors must not change it.
type Input struct {
	Segment review.Segment
	Views   *textview.Views  // of the Segment's text
	All     []review.Segment // of the Interaction, this one included
	Policy  *review.Policy
	Memory  Memory // nil when nothing is remembered

	once map[any]any
}

// Once makes something of the Input the first time that a key is asked for, so that
// detectors which need the same thing pay for it together. Nobody may change what it
// returns. It is not safe for concurrent use: local detectors look one after the other.
func Once[K comparable, T any](in *Input, key K, make func() T) T {
	if made, ok := in.once[key]; ok {
		return made.(T)
	}
	made := make()
	if in.once == nil {
		in.once = map[any]any{}
	}
	in.once[key] = made
	return made
}

// PolicyChecker is a Detector that makes something of what a Policy says, and can tell
// beforehand that it will not be able to.
type PolicyChecker interface {
	// CheckPolicy returns an Error that names the field.
	CheckPolicy(policy *review.Policy) error
}

// Found makes a Finding of what stands at [start,end) of a view.
func Found(v *textview.View, start, end int, severity review.Severity, confidence float64, message string) review.Finding {
	from, to := v.Original(start, end)
	f := review.Finding{
		Severity: severity, Confidence: confidence, Start: from, End: to,
		Message: message, Evidence: Excerpt(v.Text, start, end), View: v.Disguise(),
	}
	if f.View != "" {
		f.Message += ", visible after undoing " + f.View
	}
	return f
}

// maxEvidence is how long the evidence of a Finding may be, in bytes.
const maxEvidence = 160

// Excerpt returns the part [start,end) of a text as evidence: at most 160 bytes, whole
// characters.
func Excerpt(text string, start, end int) string {
	if end-start <= maxEvidence {
		return text[start:end]
	}
	const ellipsis = "…"
	end = start + maxEvidence - len(ellipsis)
	for end > start && text[end]&0xC0 == 0x80 {
		end--
	}
	return text[start:end] + ellipsis
}
