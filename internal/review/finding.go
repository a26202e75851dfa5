package review

import "slices"

// Severity says how bad it would be if a Finding were true.
type Severity string

// The severities, mildest first.
const (
	SeverityLow      Severity = "low"
	SeverityMedium   Severity = "medium"
	SeverityHigh     Severity = "high"
	SeverityCritical Severity = "critical"
)

// Severities lists every severity, mildest first.
func Severities() []Severity {
	return []Severity{SeverityLow, SeverityMedium, SeverityHigh, SeverityCritical}
}

// Weight is the share of the full harm that a severity stands for, in (0,1].
func (s Severity) Weight() float64 {
	switch s {
	case SeverityCritical:
		return 1
	case SeverityHigh:
		return 0.85
	case SeverityMedium:
		return 0.55
	default:
		return 0.25
	}
}

// Category groups detectors by what they look for.
type Category string

// The categories.
const (
	CategoryInput     Category = "input"
	CategoryInjection Category = "injection"
	CategoryPII       Category = "pii"
	CategorySecret    Category = "secret"
	CategoryExfil     Category = "exfil"
	CategoryToxicity  Category = "toxicity"
	CategoryOutput    Category = "output"
	CategoryTool      Category = "tool"
	CategoryTopic     Category = "topic"
	CategoryBehavior  Category = "behavior"
	CategoryBias      Category = "bias"
)

// Finding is what one Detector saw in one Segment.
type Finding struct {
	Detector   string   `json:"detector"`
	Category   Category `json:"category"`
	Severity   Severity `json:"severity"`
	Confidence float64  `json:"confidence"`         // in [0,1]
	Segment    string   `json:"segment"`            // Segment.Name
	Start      int      `json:"start"`              // byte offsets into the Segment's UTF-8 text, half open;
	End        int      `json:"end"`                // equal when the Finding is about the whole Segment
	Message    string   `json:"message"`            // one sentence for the analyst, without raw text
	Evidence   string   `json:"evidence,omitempty"` // short, redacted when it is PII or a secret
	View       string   `json:"view,omitempty"`     // the decoded view in which it showed, "" when in the text itself
	OfUser     bool     `json:"-"`                  // of conduct: it is the user's, not the App's as a whole
}

// DetectorIDs lists the detectors of the Findings, each once, sorted.
func DetectorIDs(findings []Finding) []string {
	ids := make([]string, 0, len(findings))
	for _, f := range findings {
		ids = append(ids, f.Detector)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Failure is a Detector that could not answer. It is never an allow.
type Failure struct {
	Detector string `json:"detector"`
	Segment  string `json:"segment,omitempty"`
	Reason   string `json:"reason"` // "deadline", "error", "panic", "unavailable", "absent": safe to show
}

// FailureAbsent is the reason of a Detector that asks a service which does not offer what it is asked for: the Failure is
// recorded, and does not flag, since that is so for every text.
const FailureAbsent = "absent"

// DetectorSpec declares a Detector once; pages, docs, policy defaults and metrics
// are made from it.
type DetectorSpec struct {
	ID          string
	Title       string
	Category    Category
	OWASP       string // OWASP Top 10 for LLM applications 2025, such as "LLM01:2025"
	Description string // what it does, what it cannot do
	Examples    []string
	Default     Rule
	Precision   *Precision // measured on labelled data; nil when it was not
}

// Precision is the share of a detector's findings that are right, with the bounds of its 95 % interval, each in [0,1].
type Precision struct{ Rate, Lower, Upper float64 }

// LeastPrecision is the bound from which a bias detector may interrupt a user without a person in between.
const LeastPrecision = 0.8

// MayInterrupt tells whether that much was shown.
func (s DetectorSpec) MayInterrupt() bool {
	return s.Precision != nil && s.Precision.Lower >= LeastPrecision
}

// Redaction is a span of a Segment and the typed placeholder that stands for it.
type Redaction struct {
	Segment     string `json:"segment"`
	Start       int    `json:"start"` // byte offsets, half open
	End         int    `json:"end"`
	Placeholder string `json:"placeholder"` // such as "[EMAIL_1]"
}
