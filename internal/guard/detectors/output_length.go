package detectors

import (
	"context"
	"fmt"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// outputLength finds responses of a length or a structure that the policy does not
// expect.
func outputLength() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "output.length", Title: "Unusual length or structure of a response", Category: review.CategoryOutput, OWASP: "LLM10:2025",
			Description: "Compares a response with the policy's bounds (bytes, lines, bytes of one line), the more certain the further it is beyond them, and tells when it breaks off inside of a code block. " +
				"A bound that the policy does not name bounds nothing.",
			Examples: []string{"a response of a hundred kilobytes where four are usual", "a code block that has no end"},
			Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.5},
		},
		New: func() (guard.Detector, error) { return responseLength{}, nil },
	}
}

type responseLength struct{}

// brokenOff is the confidence that a response without the end of its code block was cut.
const brokenOff = 0.5

// Detect compares; findings about a length are about the whole Segment.
func (responseLength) Detect(_ context.Context, in *guard.Input) ([]review.Finding, error) {
	if !finalResponse(in.Segment) {
		return nil, nil
	}
	text, bounds := in.Segment.Text, in.Policy.Response
	var out []review.Finding
	exceeds := func(n, limit int, what string) {
		if limit > 0 && n > limit {
			out = append(out, lengthFinding(float64(n)/float64(limit), fmt.Sprintf("%d %s, of which the policy expects at most %d", n, what, limit)))
		}
	}
	exceeds(len(text), bounds.MaxBytes, "bytes")
	if bounds.MinBytes > 0 && len(text) < bounds.MinBytes {
		out = append(out, lengthFinding(float64(bounds.MinBytes)/float64(max(len(text), 1)), fmt.Sprintf("%d bytes, of which the policy expects at least %d", len(text), bounds.MinBytes)))
	}
	if bounds.MaxLines > 0 || bounds.MaxLineBytes > 0 {
		lines, longest := linesOf(text)
		exceeds(lines, bounds.MaxLines, "lines")
		exceeds(longest, bounds.MaxLineBytes, "bytes in one line")
	}
	if at := openFence(text); at >= 0 {
		out = append(out, review.Finding{
			Severity: review.SeverityLow, Confidence: brokenOff, Start: at, End: len(text), Message: "The response breaks off inside of a code block",
		})
	}
	return out, nil
}

// lengthFinding is half sure at a bound, and nears certainty many times beyond it.
func lengthFinding(times float64, message string) review.Finding {
	return review.Finding{Severity: review.SeverityLow, Confidence: 1 - 1/(2*times), Message: message}
}

// linesOf counts lines and the bytes of the longest.
func linesOf(text string) (lines, longest int) {
	for line := range strings.Lines(text) {
		lines++
		longest = max(longest, len(strings.TrimRight(line, "\r\n")))
	}
	return lines, longest
}

// openFence returns where a code block starts that has no end; -1 when there is none.
func openFence(text string) int {
	spans := codeSpans(text)
	if n := len(spans); n > 0 && !spans[n-1].closed {
		return spans[n-1].start
	}
	return -1
}
