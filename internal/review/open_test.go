package review

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSelectItem(t *testing.T) {
	policy := rules()
	policy.AuditRate = 0.02
	s := &Service{Deps: Deps{NewID: func() string { return "item" }}}
	in := Interaction{ID: "i", AppID: "a", UserID: "u", Model: "m", Content: Content{Prompt: "my card is 4111"}, CreatedAt: noon}
	weak := Finding{Detector: "enforced", Category: CategoryInjection, Severity: SeverityMedium, Confidence: 0.6, Segment: "prompt", Message: "the reason"}
	loud := Finding{Detector: "monitored", Severity: SeverityCritical, Confidence: 1, Segment: "prompt", Message: "not the reason"}

	_, ok := s.selectItem(policy, in, Assessment{Verdict: VerdictAllow}, false, nil)
	require.False(t, ok)

	item, ok := s.selectItem(policy, in, Assessment{
		Verdict: VerdictFlag, Risk: 0.3, Findings: []Finding{loud, weak}, Redactions: []Redaction{{"prompt", 11, 15, "[CARD_1]"}},
	}, true, nil)
	require.True(t, ok)
	require.Equal(t, KindInteraction, item.Kind)
	require.Equal(t, "flagged", item.SamplingKind)
	require.Equal(t, 1.0, item.Propensity)
	require.Equal(t, "enforced", item.Detector, "what is only monitored does not explain an item")
	require.Equal(t, "the reason", item.Reason)
	require.InDelta(t, SeverityMedium.Weight()*0.6, item.Priority, 1e-12)
	require.Equal(t, "my card is [CARD_1]", item.Excerpt)
	require.Equal(t, noon.Add(4*time.Hour), item.DueAt)

	item, ok = s.selectItem(policy, in, Assessment{Verdict: VerdictAllow, Findings: []Finding{loud}}, true, nil)
	require.True(t, ok)
	require.Equal(t, KindAudit, item.Kind)
	require.Equal(t, "audit", item.SamplingKind)
	require.Equal(t, 0.02, item.Propensity)
	require.Equal(t, SeverityLow, item.Severity, "a sample measures, it does not protect")
	require.Equal(t, rank(noon, 0), item.Rank)

	item, ok = s.selectItem(policy, in, Assessment{Verdict: VerdictFlag, Failures: []Failure{{Detector: "enforced", Reason: "deadline"}}}, false, nil)
	require.True(t, ok)
	require.Equal(t, "A detector could not answer (deadline).", item.Reason)
	require.Equal(t, SeverityMedium, item.Severity)
}

func TestTextFindingsFollowThePolicy(t *testing.T) {
	policy := rules()
	policy.Detectors["off"] = Rule{Mode: ModeOff}
	found := Finding{Detector: "monitored"}
	got := textFindings(policy, []Observation{
		{Detector: "monitored", Finding: &found}, {Detector: "off", Finding: &found}, {Detector: "enforced"},
	})
	require.Equal(t, []Finding{found}, got)
}
