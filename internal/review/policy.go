package review

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Mode says what a Detector's Findings may do.
type Mode string

// The modes.
const (
	ModeEnforce Mode = "enforce" // Findings count toward the Verdict
	ModeMonitor Mode = "monitor" // Findings are recorded and shown, nothing more
	ModeOff     Mode = "off"     // the Detector does not run
)

// Modes lists every mode, the strictest first.
func Modes() []Mode { return []Mode{ModeEnforce, ModeMonitor, ModeOff} }

// Rule is what a Policy says of one Detector. A threshold is the least
// confidence, in (0,1], at which the Verdict is reached; 0 means never.
type Rule struct {
	Mode     Mode                       `json:"mode"`
	Flag     float64                    `json:"flag"`
	Block    float64                    `json:"block"`
	Segments map[SegmentKind]Thresholds `json:"segments,omitempty"` // where a kind of Segment wants its own
}

// Thresholds override a Rule's for one kind of Segment.
type Thresholds struct {
	Flag  float64 `json:"flag"`
	Block float64 `json:"block"`
}

// thresholds returns the flag and block thresholds for a kind of Segment.
func (r Rule) thresholds(kind SegmentKind) Thresholds {
	if t, ok := r.Segments[kind]; ok {
		return t
	}
	return Thresholds{Flag: r.Flag, Block: r.Block}
}

// Pattern is an App's own sensitive text, as an RE2 regular expression.
type Pattern struct {
	Name string `json:"name"`
	Expr string `json:"expr"`
}

// Label is one entry of the taxonomy that analysts choose from.
type Label struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Policy is the versioned document that decides for one App. The zero value is
// not usable: make one with DefaultPolicy or ParsePolicy.
type Policy struct {
	AppID     string          `json:"-"`
	Version   int             `json:"-"` // 1, 2, 3 … per App
	Detectors map[string]Rule `json:"detectors"`
	Risk      Thresholds      `json:"risk"` // on what all enforced Detectors say together

	FailOpen       bool    `json:"fail_open"`        // a Failure of an enforced Detector is recorded but does not flag
	DeadlineMS     int     `json:"deadline_ms"`      // for one screening; a Detector that needs longer is a Failure
	AuditRate      float64 `json:"audit_rate"`       // share of allowed Interactions that become audit Items, in [0,1]
	MaxPromptBytes int     `json:"max_prompt_bytes"` // longer prompts get an input.length Finding

	DueMinutes map[Severity]int `json:"due_minutes"` // how soon an Item of a severity is to be decided
	Patterns   []Pattern        `json:"patterns"`
	Labels     []Label          `json:"labels"`

	Canaries []string      `json:"canaries,omitempty"` // planted texts that must never leave
	Tools    Tools         `json:"tools,omitzero"`
	Response ResponseRules `json:"response,omitzero"`

	Blind BlindRules `json:"blind,omitzero"`

	RequiredReason ReasonRules       `json:"required_reason,omitzero"`
	SecondOpinion  OpinionRules      `json:"second_opinion,omitzero"`
	Escalations    []EscalationQueue `json:"escalations,omitempty"`

	Controls ControlRules `json:"controls,omitzero"`

	Interventions map[string]InterventionRule `json:"interventions,omitempty"` // per bias detector

	Gateway GatewayRules `json:"gateway,omitzero"`

	Quotas QuotaRules  `json:"quotas,omitzero"`
	Budget BudgetRules `json:"budget,omitzero"`

	Limits []ConductLimit `json:"limits,omitempty"` // fixed ones on conduct

	Retention RetentionRules `json:"retention,omitzero"`
}

// DefaultPolicy is what a new App starts with.
func DefaultPolicy(specs []DetectorSpec) Policy {
	fitted := FittedCombination()
	p := Policy{
		Detectors:      make(map[string]Rule, len(specs)),
		Risk:           Thresholds{Flag: fitted.Flag, Block: fitted.Block},
		DeadlineMS:     500,
		AuditRate:      0.02,
		MaxPromptBytes: 64 << 10,
		DueMinutes: map[Severity]int{
			SeverityCritical: 15, SeverityHigh: 30, SeverityMedium: 4 * 60, SeverityLow: 24 * 60,
		},
		Patterns: []Pattern{},
		Labels: []Label{
			{"injection", "Prompt injection"}, {"jailbreak", "Jailbreak"}, {"pii", "Personal data"},
			{"secret", "Secret or credential"}, {"harmful", "Harmful content"}, {"high_risk_topic", "High-risk topic"},
			{"over_trust", "Over-trust"}, {"false_alarm", "False alarm"}, {"other", "Something else"},
		},
		Blind:    DefaultBlindRules(),
		Controls: DefaultControlRules(),
		Quotas:   DefaultQuotaRules(),
		Budget:   DefaultBudgetRules(),

		Retention: DefaultRetentionRules(),
	}
	return p.WithDefaults(specs)
}

// WithDefaults returns the policy with a Rule for every Detector: its own, or the
// default of the Spec.
func (p Policy) WithDefaults(specs []DetectorSpec) Policy {
	rules := maps.Clone(p.Detectors)
	if rules == nil {
		rules = make(map[string]Rule, len(specs))
	}
	for _, s := range specs {
		if _, ok := rules[s.ID]; !ok {
			rules[s.ID] = s.Default
		}
	}
	p.Detectors = rules
	return p
}

// Mode returns the mode of a Detector; one that the policy does not name is off.
func (p Policy) Mode(detector string) Mode {
	if r, ok := p.Detectors[detector]; ok {
		return r.Mode
	}
	return ModeOff
}

// Deadline is how long one screening may take.
func (p Policy) Deadline() time.Duration { return time.Duration(p.DeadlineMS) * time.Millisecond }

// due is how long after its creation an Item of the severity is to be decided.
func (p Policy) due(s Severity) time.Duration {
	return time.Duration(p.DueMinutes[s]) * time.Minute
}

// HasLabel tells whether the taxonomy has the label.
func (p Policy) HasLabel(id string) bool {
	return slices.ContainsFunc(p.Labels, func(l Label) bool { return l.ID == id })
}

// ParsePolicy reads a stored policy document. A field that this program does not know
// is an error: a policy of which only a part is understood must not decide, and would
// lose the rest when it is stored again.
func ParsePolicy(appID string, version int, document []byte) (Policy, error) {
	p := Policy{AppID: appID, Version: version}
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Policy{}, Wrap(CodeInternal, err, "the stored policy cannot be read")
	}
	if d.More() {
		return Policy{}, Errorf(CodeInternal, "the stored policy has something behind its end")
	}
	return p, p.Validate()
}

// Decide turns what was found into a Verdict and a risk in [0,1]. It is pure: the
// same Findings and Failures always give the same answer.
//
// A Verdict is reached by one Detector alone, at the thresholds of its Rule, or by all
// enforced ones together, at the thresholds on the risk. Risk and Verdict agree: what one
// Detector flags or blocks is at least as risky as what all together flag or block.
func (p Policy) Decide(findings []Finding, failures []Failure) (Verdict, float64) {
	return p.decide(FittedCombination(), findings, failures)
}

func (p Policy) decide(c Combination, findings []Finding, failures []Failure) (Verdict, float64) {
	enforced := p.Enforced(findings)
	alone := p.Alone(enforced)
	risk := max(c.Risk(enforced), p.Risk.least(alone))
	verdict := max(alone, p.Risk.verdict(risk))
	for _, f := range failures {
		if !p.FailOpen && f.Reason != FailureAbsent && p.Mode(f.Detector) == ModeEnforce {
			verdict = max(verdict, VerdictFlag)
		}
	}
	return verdict, risk
}

// Enforced returns the Findings that count toward the Verdict.
func (p Policy) Enforced(findings []Finding) []Finding {
	out := make([]Finding, 0, len(findings))
	for _, f := range findings {
		if p.Mode(f.Detector) == ModeEnforce {
			out = append(out, f)
		}
	}
	return out
}

// Alone is the strongest Verdict that one of the enforced Findings reaches on its own.
func (p Policy) Alone(enforced []Finding) Verdict {
	verdict := VerdictAllow
	for _, f := range enforced {
		verdict = max(verdict, p.reaches(f))
	}
	return verdict
}

// VerdictOn is the Verdict that one Finding reaches by itself.
func (p Policy) VerdictOn(f Finding) Verdict {
	if p.Mode(f.Detector) != ModeEnforce {
		return VerdictAllow
	}
	return p.reaches(f)
}

// reaches is the Verdict that an enforced Finding reaches on its own.
func (p Policy) reaches(f Finding) Verdict {
	return p.Detectors[f.Detector].thresholds(kindOfSegment(f.Segment)).verdict(f.Confidence)
}

// decisive returns the Findings that explain the Verdict: those that reached a threshold
// of their own; when none did, those that count together; and all when none counts.
func (p Policy) decisive(findings []Finding) []Finding {
	enforced := p.Enforced(findings)
	var out []Finding
	for _, f := range enforced {
		if p.reaches(f) > VerdictAllow {
			out = append(out, f)
		}
	}
	switch {
	case out != nil:
		return out
	case len(enforced) > 0:
		return enforced
	default:
		return findings
	}
}

func (t Thresholds) verdict(confidence float64) Verdict {
	switch {
	case t.Block > 0 && confidence >= t.Block:
		return VerdictBlock
	case t.Flag > 0 && confidence >= t.Flag:
		return VerdictFlag
	default:
		return VerdictAllow
	}
}

// least is the lowest confidence of a Verdict; 0 when it is never reached.
func (t Thresholds) least(v Verdict) float64 {
	switch {
	case v == VerdictBlock && t.Block > 0:
		return t.Block
	case v >= VerdictFlag:
		return t.Flag
	default:
		return 0
	}
}

// lowest is the lower of the thresholds that can be reached; 0 when none can.
func (t Thresholds) lowest() float64 {
	if t.Flag > 0 {
		return t.Flag
	}
	return t.Block
}
