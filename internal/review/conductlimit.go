package review

import "slices"

// ConductLimit is a fixed bound on what a user, or the App as a whole, does within five minutes, whatever is usual for them.
type ConductLimit struct {
	Of     string        `json:"of"` // ConductUser or ConductApp
	Metric ConductMetric `json:"metric"`
	Most   float64       `json:"most"`
}

// Whose conduct a ConductLimit bounds.
const (
	ConductUser = "user"
	ConductApp  = "app"
)

// ConductMetric is what a ConductLimit bounds.
type ConductMetric string

// The metrics. Shares are of what could have failed or been flagged, in per cent; what is typical is the geometric mean.
const (
	ConductRequests       ConductMetric = "requests"
	ConductTokens         ConductMetric = "tokens"          // typical, of an exchange
	ConductLatency        ConductMetric = "latency"         // typical, in milliseconds
	ConductErrors         ConductMetric = "errors"          // per cent
	ConductRefusals       ConductMetric = "refusals"        // per cent
	ConductFlagged        ConductMetric = "flagged"         // per cent
	ConductPromptLength   ConductMetric = "prompt_length"   // typical, in bytes
	ConductResponseLength ConductMetric = "response_length" // typical, in bytes
	ConductToolCalls      ConductMetric = "tool_calls"
	ConductToolFailures   ConductMetric = "tool_failures" // per cent
)

// ConductMetrics lists them in the order of the docs.
func ConductMetrics() []ConductMetric {
	return []ConductMetric{
		ConductRequests, ConductTokens, ConductLatency, ConductErrors, ConductRefusals, ConductFlagged, ConductPromptLength, ConductResponseLength,
		ConductToolCalls, ConductToolFailures,
	}
}

// IsShare tells whether the metric is in per cent.
func (m ConductMetric) IsShare() bool {
	return slices.Contains([]ConductMetric{ConductErrors, ConductRefusals, ConductFlagged, ConductToolFailures}, m)
}

// isTypical tells whether the metric is a typical value of somebody's exchanges. An App has as many kinds of those as users.
func (m ConductMetric) isTypical() bool {
	return slices.Contains([]ConductMetric{ConductTokens, ConductLatency, ConductPromptLength, ConductResponseLength}, m)
}

const mostConduct = 1_000_000_000

func validateLimits(limits []ConductLimit, bad *invalidFields) {
	seen := map[string]bool{}
	for _, l := range limits {
		switch key := l.Of + " " + string(l.Metric); {
		case l.Of != ConductUser && l.Of != ConductApp, !slices.Contains(ConductMetrics(), l.Metric):
			bad.addf("limits", "must name user or app, and a metric that there is")
		case l.Of == ConductApp && l.Metric.isTypical():
			bad.addf("limits", "must bound tokens, latency and lengths of each user, not of the App")
		case seen[key]:
			bad.addf("limits", "must bound each thing once")
		case !(l.Most > 0) || l.Most > mostConduct || l.Metric.IsShare() && l.Most > 100:
			bad.addf("limits", "must be above 0 and, in per cent, at most 100")
		default:
			seen[key] = true
		}
	}
}

func limitFields(limits []ConductLimit) []policyField {
	out := make([]policyField, len(limits))
	for i, l := range limits {
		out[i] = policyField{"limits." + l.Of + "." + string(l.Metric), FormatShare(l.Most)}
	}
	return out
}
