package behavior

import (
	"fmt"
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

var limitsDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.limits", Title: "Beyond a fixed limit", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Speaks when a user or the App goes beyond a limit that the policy sets on five minutes of their conduct, whatever is usual for them: from 0.5 " +
			"at the limit to 0.8 at twice as much. Without limits in the policy it says nothing.",
		Examples: []string{"A limit of 20 % errors for each user, and 12 of 40 exchanges of one failed."},
		Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.5, Block: 0.8},
	},
	user: func(s *sight) alarm { return s.beyond(review.ConductUser, "This user’s", s.ofUser.whole) },
	app:  func(s *sight) alarm { return s.beyond(review.ConductApp, "This App’s", s.ofApp.whole) },
}

// beyond is the gravest of the limits that are exceeded.
func (s *sight) beyond(of, whose string, t tally) (worst alarm) {
	if t.Requests < leastEvents {
		return alarm{}
	}
	for _, l := range s.limits {
		if l.Of != of {
			continue
		}
		reading, said := t.reading(l.Metric)
		if !(reading > l.Most) { // nothing was observed, too
			continue
		}
		if score := min(0.2+0.3*reading/l.Most, 1); score > worst.score {
			worst = alarmf(score, "%s %s; the policy allows %s", whose, said, limitWord(l))
		}
	}
	return worst
}

func limitWord(l review.ConductLimit) string {
	if l.Metric.IsShare() {
		return review.FormatShare(l.Most) + " %"
	}
	return review.FormatShare(l.Most)
}

// reading is what a metric says of a window, and in words; NaN when nothing was observed. Typical values are a user's: those of an
// App are kept as deviations from what its users are used to.
func (t *tally) reading(metric review.ConductMetric) (float64, string) {
	switch metric {
	case review.ConductRequests:
		return float64(t.Requests), fmt.Sprintf("requests in five minutes: %d", t.Requests)
	case review.ConductTokens:
		return t.typical(tokens, "exchanges have %.0f tokens")
	case review.ConductLatency:
		return t.typical(latency, "answers take %.0f milliseconds")
	case review.ConductPromptLength:
		return t.typical(promptLength, "prompts have %.0f bytes")
	case review.ConductResponseLength:
		return t.typical(responseLength, "answers have %.0f bytes")
	case review.ConductErrors:
		return percent(t.Errors, t.Requests, "exchanges that failed")
	case review.ConductRefusals:
		return percent(t.Refusals, t.Requests, "exchanges that were refused")
	case review.ConductFlagged:
		return percent(t.Triggered, t.Requests, "exchanges that the guard flagged")
	case review.ConductToolCalls:
		return float64(t.ToolCalls), fmt.Sprintf("tool calls in five minutes: %d", t.ToolCalls)
	case review.ConductToolFailures:
		return percent(t.ToolFailures, t.ToolCalls, "tool calls that failed")
	default:
		return math.NaN(), ""
	}
}

func (t *tally) typical(q quantity, format string) (float64, string) {
	x := math.Expm1(t.Quantities[q].mean())
	return x, fmt.Sprintf(format, x)
}

func percent(yes, of uint32, what string) (float64, string) {
	if of < leastEvents {
		return math.NaN(), ""
	}
	return 100 * float64(yes) / float64(of), fmt.Sprintf("%s: %d of %d", what, yes, of)
}
