package detectors

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// inputEntropy finds stretches that carry more information than language does.
func inputEntropy() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "input.entropy", Title: "High entropy", Category: review.CategoryInput, OWASP: "LLM01:2025",
			Description: "Measures Shannon's entropy, −Σ p·log₂ p in bits a byte, over windows of 256 bytes, and reports stretches without spaces above what language has: encoded, compressed or encrypted data. " +
				"Images, tokens and keys are that, too, and a blob is no attack: what it decodes to is judged by the other detectors, so this one keeps to low confidence and monitors.",
			Examples: []string{"a file in base64", "a long random key"},
			Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.15},
		},
		New: func() (guard.Detector, error) { return newEntropy(), nil },
	}
}

const (
	entropyWindow = 256 // bytes
	// entropyFloor is what no language written in single bytes reaches: English has
	// about 4.2 bits, base64 in a window of this size 5.6.
	entropyFloor = 5.3
	// entropySpaces is how many spaces a window may have: language has forty.
	entropySpaces = 4
	// Entropy alone is worth little, however high: see the Spec.
	entropyConfidence, entropyPerBit, entropyMost = 0.1, 0.25, 0.3
)

// entropy holds n·log₂ n for all counts in a window.
type entropy struct{ nlog [entropyWindow + 1]float64 }

func newEntropy() *entropy {
	e := &entropy{}
	for n := 2; n <= entropyWindow; n++ {
		e.nlog[n] = float64(n) * math.Log2(float64(n))
	}
	return e
}

// Detect looks at windows of the raw text and joins neighbours.
func (e *entropy) Detect(_ context.Context, in *guard.Input) ([]review.Finding, error) {
	raw := in.Views.Raw()
	var out []review.Finding
	start, highest := -1, 0.0
	for at := 0; at+entropyWindow <= len(raw.Text); at += entropyWindow {
		bits := e.bits(raw.Text[at : at+entropyWindow])
		if bits >= entropyFloor {
			if start < 0 {
				start = at
			}
			highest = max(highest, bits)
			continue
		}
		if start >= 0 {
			out = append(out, e.found(raw, start, at, highest))
			start, highest = -1, 0
		}
	}
	if start >= 0 {
		out = append(out, e.found(raw, start, len(raw.Text)/entropyWindow*entropyWindow, highest))
	}
	return out, nil
}

// bits is the entropy of a window, 0 when it has spaces or letters beyond ASCII:
// scripts of many bytes have more entropy without saying more.
func (e *entropy) bits(window string) float64 {
	if strings.Count(window, " ") > entropySpaces {
		return 0
	}
	var counts [128]uint16
	for i := 0; i < len(window); i++ {
		if window[i] >= 0x80 {
			return 0
		}
		counts[window[i]]++
	}
	sum := 0.0
	for _, n := range counts {
		sum += e.nlog[n]
	}
	n := float64(len(window))
	return math.Log2(n) - sum/n
}

func (e *entropy) found(raw *textview.View, start, end int, bits float64) review.Finding {
	f := guard.Found(raw, start, end, review.SeverityLow, min(entropyConfidence+entropyPerBit*(bits-entropyFloor), entropyMost),
		fmt.Sprintf("%.1f bits a byte: data rather than language", bits))
	f.Evidence = "" // it may be a key
	return f
}
