package guard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// redactFrom is the confidence from which a value is redacted. It is low: a number
// too many that is hidden costs less than one that is shown.
const redactFrom = 0.4

// redactor gives every value that must not be shown a typed placeholder, the same one
// wherever the value stands in the interaction.
type redactor struct {
	pending    []secretSpan // of the Segment that is being screened
	names      map[string]string
	counts     map[string]int
	redactions []review.Redaction
}

type secretSpan struct {
	start, end  int
	placeholder string
	confidence  float64
}

// note takes the findings of one detector.
func (r *redactor) note(placeholder string, findings []review.Finding) {
	for _, f := range findings {
		if f.Confidence >= redactFrom && f.End > f.Start {
			r.pending = append(r.pending, secretSpan{f.Start, f.End, placeholder, f.Confidence})
		}
	}
}

// redact turns what was noted into redactions and takes the values out of the
// evidence of all findings of the Segment.
func (r *redactor) redact(segment review.Segment, found []review.Finding) {
	first := len(r.redactions)
	for _, span := range mergeSpans(r.pending) {
		r.redactions = append(r.redactions, review.Redaction{
			Segment: segment.Name, Start: span.start, End: span.end,
			Placeholder: r.name(span.placeholder, segment.Text[span.start:span.end]),
		})
	}
	r.pending = r.pending[:0]
	here := r.redactions[first:]
	for i := range found {
		hideEvidence(&found[i], segment.Text, here)
	}
}

// mergeSpans joins spans that overlap, under the placeholder of the one that is
// surest, of equals the longest.
func mergeSpans(spans []secretSpan) []secretSpan {
	slices.SortFunc(spans, func(a, b secretSpan) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(b.confidence, a.confidence), cmp.Compare(a.placeholder, b.placeholder))
	})
	var out []secretSpan
	for _, s := range spans {
		if len(out) == 0 || s.start >= out[len(out)-1].end {
			out = append(out, s)
			continue
		}
		last := &out[len(out)-1]
		last.end = max(last.end, s.end)
		if s.confidence > last.confidence {
			last.confidence, last.placeholder = s.confidence, s.placeholder
		}
	}
	return out
}

// name returns the placeholder of a value, numbered in the order of first sight.
// Spelling does not matter, as far as no two values become one: spaces, dashes and
// brackets only group digits, dots and colons tell addresses apart.
func (r *redactor) name(kind, value string) string {
	key := kind + "\x00" + strings.Map(telling, textview.Fold(value))
	if name, ok := r.names[key]; ok {
		return name
	}
	if r.names == nil {
		r.names, r.counts = map[string]string{}, map[string]int{}
	}
	r.counts[kind]++
	name := fmt.Sprintf("[%s_%d]", kind, r.counts[kind])
	r.names[key] = name
	return name
}

func telling(c rune) rune {
	if unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune(".:@_+%", c) {
		return c
	}
	return -1
}

// hideEvidence takes redacted values out of a finding's evidence; redactions are those
// of its Segment, in order.
func hideEvidence(f *review.Finding, text string, redactions []review.Redaction) {
	i, _ := slices.BinarySearchFunc(redactions, f.Start, func(r review.Redaction, start int) int {
		return cmp.Compare(r.End, start+1)
	})
	if i == len(redactions) || redactions[i].Start >= f.End {
		if redacts(f.Category) {
			f.Evidence = ""
		}
		return
	}
	var b strings.Builder
	at := f.Start
	for ; i < len(redactions) && redactions[i].Start < f.End; i++ {
		r := redactions[i]
		b.WriteString(text[at:max(at, r.Start)])
		b.WriteString(r.Placeholder)
		at = r.End
	}
	b.WriteString(text[min(at, f.End):f.End])
	hidden := strings.ToValidUTF8(b.String(), "\uFFFD")
	f.Evidence = Excerpt(hidden, 0, len(hidden))
}
