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

const (
	repeatWindow = 2 << 10 // bytes
	repeatLeast  = 512     // bytes that are no space, less tell nothing
	repeatGram   = 12      // bytes
	repeatShare  = 0.2     // of new ones, below which a window repeats itself
	repeatBits   = 1 << 14 // of the table that tells new from seen
	repeatPrime  = 0x01000193
)

// Detect looks at windows of the raw text and joins neighbours.
func (repetition) Detect(_ context.Context, in *guard.Input) ([]review.Finding, error) {
	raw := in.Views.Raw()
	var out []review.Finding
	start, lowest := -1, 1.0
	for at := 0; at < len(raw.Text); at += repeatWindow {
		end := min(at+repeatWindow, len(raw.Text))
		share := freshShare(raw.Text[at:end])
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

// freshShare is the share of twelve-byte sequences of a window, spaces left out, that
// were not seen in it before; 1 when there are too few to tell.
func freshShare(window string) float64 {
	var seen [repeatBits / 64]uint64
	var last [repeatGram]byte
	outgoing := uint32(1) // the weight of the byte that leaves the sequence
	for range repeatGram {
		outgoing *= repeatPrime
	}
	hash, n, fresh := uint32(0), 0, 0
	for i := 0; i < len(window); i++ {
		c := window[i]
		if c <= ' ' {
			continue
		}
		slot := n % repeatGram
		hash = hash*repeatPrime + uint32(c) + 1 - outgoing*(uint32(last[slot]))
		last[slot] = c + 1
		if n++; n < repeatGram {
			continue
		}
		bit := (hash ^ hash>>15) * 0x2C1B3C6D >> 18
		if seen[bit/64]&(1<<(bit%64)) == 0 {
			seen[bit/64] |= 1 << (bit % 64)
			fresh++
		}
	}
	if n < repeatLeast {
		return 1
	}
	return float64(fresh) / float64(n-repeatGram+1)
}

func repeated(raw *textview.View, start, end int, share float64) review.Finding {
	return guard.Found(raw, start, end, review.SeverityLow, 0.5+0.5*(repeatShare-share)/repeatShare,
		fmt.Sprintf("Says the same over and over: %.0f %% of it is new", 100*share))
}
