package review

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func rules() Policy {
	p := DefaultPolicy(nil)
	p.Detectors = map[string]Rule{
		"enforced":  {Mode: ModeEnforce, Flag: 0.5, Block: 0.9},
		"monitored": {Mode: ModeMonitor, Flag: 0.5, Block: 0.9},
		"flag-only": {Mode: ModeEnforce, Flag: 0.5},
		"strict-in-documents": {Mode: ModeEnforce, Flag: 0.8, Block: 0.95,
			Segments: map[SegmentKind]Thresholds{SegmentDocument: {Flag: 0.3, Block: 0.6}}},
	}
	return p
}

func TestDecide(t *testing.T) {
	found := func(detector string, confidence float64, segment string) []Finding {
		return []Finding{{Detector: detector, Severity: SeverityHigh, Confidence: confidence, Segment: segment}}
	}
	failed := []Failure{{Detector: "enforced", Reason: "deadline"}}
	tests := []struct {
		name     string
		findings []Finding
		failures []Failure
		failOpen bool
		verdict  Verdict
		risk     float64
	}{
		{name: "nothing found", verdict: VerdictAllow},
		{name: "below the flag threshold", findings: found("enforced", 0.49, "prompt"), verdict: VerdictAllow, risk: 0.85 * 0.49},
		{name: "at the flag threshold", findings: found("enforced", 0.5, "prompt"), verdict: VerdictFlag, risk: 0.85 * 0.5},
		{name: "at the block threshold", findings: found("enforced", 0.9, "prompt"), verdict: VerdictBlock, risk: 0.85 * 0.9},
		{name: "monitored findings never count", findings: found("monitored", 1, "prompt"), verdict: VerdictAllow},
		{name: "unknown detectors never count", findings: found("unknown", 1, "prompt"), verdict: VerdictAllow},
		{name: "a threshold of 0 is never reached", findings: found("flag-only", 1, "prompt"), verdict: VerdictFlag, risk: 0.85},
		{name: "a kind of segment has its own thresholds", findings: found("strict-in-documents", 0.6, "documents[3]"), verdict: VerdictBlock, risk: 0.85 * 0.6},
		{name: "and only that kind", findings: found("strict-in-documents", 0.6, "prompt"), verdict: VerdictAllow, risk: 0.85 * 0.6},
		{name: "a failure is never an allow", failures: failed, verdict: VerdictFlag},
		{name: "unless the policy fails open", failures: failed, failOpen: true, verdict: VerdictAllow},
		{name: "a failure of a monitored detector flags nothing", failures: []Failure{{Detector: "monitored"}}, verdict: VerdictAllow},
		{name: "a failure does not soften a block", findings: found("enforced", 0.95, "prompt"), failures: failed, verdict: VerdictBlock, risk: 0.85 * 0.95},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := rules()
			p.FailOpen = tt.failOpen
			verdict, risk := p.Decide(tt.findings, tt.failures)
			require.Equal(t, tt.verdict, verdict)
			require.InDelta(t, tt.risk, risk, 1e-12)
		})
	}
}

func TestDecideIsMonotone(t *testing.T) {
	finding := rapid.Custom(func(t *rapid.T) Finding {
		return Finding{
			Detector:   rapid.SampledFrom([]string{"enforced", "monitored", "flag-only", "strict-in-documents"}).Draw(t, "detector"),
			Severity:   rapid.SampledFrom(Severities()).Draw(t, "severity"),
			Confidence: rapid.Float64Range(0, 1).Draw(t, "confidence"),
			Segment:    rapid.SampledFrom([]string{"prompt", "documents[0]", "response"}).Draw(t, "segment"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		findings := rapid.SliceOf(finding).Draw(t, "findings")
		more := append(findings[:len(findings):len(findings)], finding.Draw(t, "one more"))
		v1, r1 := rules().Decide(findings, nil)
		v2, r2 := rules().Decide(more, nil)
		if v2 < v1 || r2 < r1-1e-12 || r2 > 1 || r1 < 0 {
			t.Fatalf("one more finding must not make it safer: %v %v → %v %v", v1, r1, v2, r2)
		}
	})
}

func TestPolicyValidateNamesEveryField(t *testing.T) {
	require.NoError(t, rules().Validate())
	bad := rules()
	bad.Detectors["enforced"] = Rule{Mode: "sometimes", Flag: 1.5, Block: math.NaN()}
	bad.AuditRate = -1
	bad.DeadlineMS = 0
	bad.Patterns = []Pattern{{Name: "broken", Expr: "("}}
	bad.Labels = nil
	bad.DueMinutes = nil
	err := bad.Validate()
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, CodeUnprocessable, e.Code)
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, f.Field)
	}
	require.Equal(t, []string{
		"detectors.enforced.mode", "detectors.enforced.flag", "detectors.enforced.block", "audit_rate", "deadline_ms",
		"due_minutes.low", "due_minutes.medium", "due_minutes.high", "due_minutes.critical", "patterns[0]", "labels",
	}, fields)
}

func TestParsePolicyKeepsWhatWasStored(t *testing.T) {
	p := rules()
	p.AppID, p.Version = "app", 7
	got, err := ParsePolicy("app", 7, mustJSON(p))
	require.NoError(t, err)
	require.Equal(t, p, got)
	_, err = ParsePolicy("app", 7, []byte(`{"detectors":`))
	require.Equal(t, CodeInternal, CodeOf(err))
}

func TestWithDefaultsKeepsOwnRules(t *testing.T) {
	specs := []DetectorSpec{{ID: "enforced", Default: Rule{Mode: ModeOff}}, {ID: "new", Default: Rule{Mode: ModeMonitor}}}
	p := rules().WithDefaults(specs)
	require.Equal(t, ModeEnforce, p.Mode("enforced"))
	require.Equal(t, ModeMonitor, p.Mode("new"))
	require.Equal(t, ModeOff, p.Mode("never heard of"))
	require.NotContains(t, rules().Detectors, "new")
}
