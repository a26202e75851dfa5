// Package moderation is the detector that asks a moderation endpoint. It knows categories and what they are worth, and not
// how the endpoint is reached.
package moderation

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// ErrAbsent says that the service has no moderation. A Moderator returns it.
var ErrAbsent = guard.ErrAbsent

// Moderator asks what a text is suspected of: a score in [0,1] for each category of the service.
type Moderator interface {
	Moderate(ctx context.Context, text string) (map[string]float64, error)
}

// The bounds of the detector.
const (
	maxBytes    = 32 << 10  // of one question; of longer texts beginning and end are asked about
	maxCached   = 4096      // texts whose answer is remembered; those that nobody asked about longest go first
	cachedFor   = time.Hour // the model behind a name may change, and so may what it thinks of a text
	leastScore  = 0.2       // what is less suspicious is not told
	concurrency = 64
	deadline    = 5 * time.Second
	failures    = 5
	pause       = 5 * time.Second
)

// severities of the categories that differ from medium.
var severities = map[string]review.Severity{
	"sexual/minors": review.SeverityCritical, "hate/threatening": review.SeverityHigh, "harassment/threatening": review.SeverityHigh,
	"self-harm": review.SeverityHigh, "self-harm/intent": review.SeverityCritical, "self-harm/instructions": review.SeverityCritical,
	"violence/graphic": review.SeverityHigh, "illicit/violent": review.SeverityCritical, "illicit": review.SeverityHigh,
}

// Spec is the detector, asking m, which always means the same model: what is remembered is remembered of that one.
func Spec(m Moderator, clock func() time.Time) guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "moderation.openai", Title: "Moderation endpoint", Category: review.CategoryToxicity, OWASP: "LLM09:2025",
			Description: "Asks the moderation endpoint of the model's service about prompts, documents, tool output and responses, with personal data and secrets already replaced. " +
				"An answer is remembered by the hash of its text for an hour. Where the service has no such endpoint, that is a Failure that does not flag.",
			Examples: []string{"a threat of violence against a person"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.5, Block: 0.9},
		},
		NewRemote: func() (guard.Remote, error) {
			if m == nil || clock == nil {
				return nil, errors.New("moderation: nobody to ask, or no clock")
			}
			return &detector{ask: m, answers: newCache(clock)}, nil
		},
		Reach: guard.Reach{
			Segments:    []review.SegmentKind{review.SegmentPrompt, review.SegmentResponse, review.SegmentDocument, review.SegmentToolOutput},
			Concurrency: concurrency, Deadline: deadline, Failures: failures, Pause: pause, Redacted: true,
		},
	}
}

type scores = map[string]float64

// detector implements guard.Remote.
type detector struct {
	ask     Moderator
	answers *cache
}

// Ask implements guard.Remote.
func (d *detector) Ask(ctx context.Context, segment review.Segment) ([]review.Finding, error) {
	if strings.TrimSpace(segment.Text) == "" {
		return nil, nil
	}
	text := shortened(segment.Text)
	key := sha256.Sum256([]byte(text))
	found, known := d.answers.get(key)
	if !known {
		var err error
		if found, err = d.ask.Moderate(ctx, text); err != nil {
			return nil, err
		}
		d.answers.put(key, found)
	}
	return findings(found), nil
}

// shortened keeps beginning and end of a text that is too long to ask about.
func shortened(text string) string {
	if len(text) <= maxBytes {
		return text
	}
	return strings.ToValidUTF8(text[:maxBytes/2], "") + "\n…\n" + strings.ToValidUTF8(text[len(text)-maxBytes/2:], "")
}

// findings is at most one: the categories of one text overlap, and the worst of them says it.
func findings(s scores) []review.Finding {
	worst := ""
	for _, category := range slices.Sorted(maps.Keys(s)) {
		if worst == "" || s[category] > s[worst] {
			worst = category
		}
	}
	if worst == "" || s[worst] < leastScore {
		return nil
	}
	severity, ok := severities[worst]
	if !ok {
		severity = review.SeverityMedium
	}
	return []review.Finding{{Severity: severity, Confidence: min(s[worst], 1), Message: fmt.Sprintf("The moderation endpoint suspects %s.", safeName(worst))}}
}

// safeName bounds what a service can make us say.
func safeName(category string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r == '/' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, category)
	return clean[:min(len(clean), 40)]
}
