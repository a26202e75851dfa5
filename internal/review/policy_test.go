package review

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func rules() Policy {
	p := DefaultPolicy(nil)
	p.Risk = Thresholds{Flag: 0.4, Block: 0.97}
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
		{name: "below the flag threshold", findings: found("enforced", 0.49, "prompt"), verdict: VerdictAllow, risk: 0.3 * 0.85 * 0.49},
		{name: "at the flag threshold", findings: found("enforced", 0.5, "prompt"), verdict: VerdictFlag, risk: 0.4},
		{name: "at the block threshold", findings: found("enforced", 0.9, "prompt"), verdict: VerdictBlock, risk: 0.97},
		{name: "monitored findings never count", findings: found("monitored", 1, "prompt"), verdict: VerdictAllow},
		{name: "unknown detectors never count", findings: found("unknown", 1, "prompt"), verdict: VerdictAllow},
		{name: "a threshold of 0 is never reached", findings: found("flag-only", 1, "prompt"), verdict: VerdictFlag, risk: 0.4},
		{name: "a kind of segment has its own thresholds", findings: found("strict-in-documents", 0.6, "documents[3]"), verdict: VerdictBlock, risk: 0.97},
		{name: "and only that kind", findings: found("strict-in-documents", 0.6, "prompt"), verdict: VerdictAllow, risk: 0.3 * 0.85 * 0.6},
		{name: "a failure is never an allow", failures: failed, verdict: VerdictFlag},
		{name: "unless the policy fails open", failures: failed, failOpen: true, verdict: VerdictAllow},
		{name: "a failure of a monitored detector flags nothing", failures: []Failure{{Detector: "monitored"}}, verdict: VerdictAllow},
		{name: "a failure does not soften a block", findings: found("enforced", 0.95, "prompt"), failures: failed, verdict: VerdictBlock, risk: 0.97},
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

// What several detectors say together has thresholds of its own.
func TestDecideTogether(t *testing.T) {
	p := Policy{Detectors: map[string]Rule{}, Risk: Thresholds{Flag: 0.5, Block: 0.97}}
	for id, mode := range map[string]Mode{"injection.a": ModeEnforce, "injection.b": ModeEnforce, "injection.c": ModeEnforce, "injection.watched": ModeMonitor, "pii.a": ModeEnforce} {
		p.Detectors[id] = Rule{Mode: mode, Flag: 0.9, Block: 0.99}
	}
	c := Combination{Prior: -4, Evidence: map[string]Evidence{"injection.a": {1, 0.02}, "injection.b": {1, 0.02}, "injection.c": {1, 0.02}}}
	find := func(detector, segment string, confidence float64) Finding {
		category, _, _ := strings.Cut(detector, ".")
		return Finding{Detector: detector, Category: Category(category), Severity: SeverityCritical, Confidence: confidence, Segment: segment}
	}
	weak, other := find("injection.a", "prompt", 0.3), find("injection.b", "prompt", 0.3)
	for _, tt := range []struct {
		name     string
		findings []Finding
		policy   func(*Policy)
		verdict  Verdict
	}{
		{"one weak sign", []Finding{weak}, nil, VerdictAllow},
		{"the same twice is one", []Finding{weak, weak}, nil, VerdictAllow},
		{"two weak signs", []Finding{weak, other}, nil, VerdictFlag},
		{"two in different texts", []Finding{weak, find("injection.b", "documents[0]", 0.3)}, nil, VerdictAllow},
		{"three stronger ones", []Finding{find("injection.a", "prompt", 0.8), find("injection.b", "prompt", 0.8), find("injection.c", "prompt", 0.8)}, nil, VerdictBlock},
		{"a monitored one says nothing", []Finding{weak, find("injection.watched", "prompt", 1)}, nil, VerdictAllow},
		{"personal data alone decide by their own threshold", []Finding{find("pii.a", "prompt", 0.89)}, nil, VerdictAllow},
		{"and flag no more than they say", []Finding{find("pii.a", "prompt", 0.9)}, nil, VerdictFlag},
		{"no thresholds, no verdict", []Finding{weak, other}, func(p *Policy) { p.Risk = Thresholds{} }, VerdictAllow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := p
			if tt.policy != nil {
				tt.policy(&q)
			}
			verdict, risk := q.decide(c, tt.findings, nil)
			require.Equal(t, tt.verdict, verdict, "at a risk of %v", risk)
			require.Equal(t, verdict, q.Risk.verdict(risk), "risk and verdict agree")
		})
	}
}

func TestRiskAddsUp(t *testing.T) {
	c := Combination{Prior: -4, Evidence: map[string]Evidence{"injection.a": {0.5, 0.02}, "injection.none": {0, 0.02}}}
	find := func(category Category, detector string, severity Severity, confidence float64) Finding {
		return Finding{Detector: detector, Category: category, Severity: severity, Confidence: confidence}
	}
	span := func(f Finding, start, end int) Finding { f.Start, f.End = start, end; return f }
	a := find(CategoryInjection, "injection.a", SeverityHigh, 0.5)
	attack := 1 / (1 + math.Exp(4-0.5*math.Log(49)))
	for _, tt := range []struct {
		name     string
		findings []Finding
		want     float64
	}{
		{"nothing", nil, 0},
		{"even odds at half a weight", []Finding{a}, attack},
		{"what says the least is the prior", []Finding{find(CategoryInjection, "injection.a", SeverityHigh, 0.001)}, 1 / (1 + math.Exp(4))},
		{"nobody is surer than sure", []Finding{find(CategoryInjection, "injection.a", SeverityHigh, 1)}, 1 / (1 + math.Exp(4-0.5*(math.Log(99)+math.Log(49))))},
		{"a detector without a fit", []Finding{find(CategoryInjection, "injection.new", SeverityHigh, 0.5)}, 1 / (1 + math.Exp(4-0.65*math.Log(9)))},
		{"what stands near adds up", []Finding{span(a, 0, 9), span(find(CategoryInjection, "injection.new", SeverityHigh, 0.5), 600, 609)}, 1 / (1 + math.Exp(4-0.5*math.Log(49)-0.65*math.Log(9)))},
		{"what stands far apart does not", []Finding{span(a, 0, 9), span(find(CategoryInjection, "injection.new", SeverityHigh, 0.5), 700, 709)}, attack},
		{"what is about the whole text counts everywhere", []Finding{span(a, 9000, 9009), find(CategoryInjection, "injection.new", SeverityHigh, 0.5)}, 1 / (1 + math.Exp(4-0.5*math.Log(49)-0.65*math.Log(9)))},
		{"a detector with no say", []Finding{find(CategoryInjection, "injection.none", SeverityHigh, 1)}, 0},
		{"another harm is another chance", []Finding{a, find(CategoryPII, "pii.a", SeverityCritical, 0.5)}, 1 - (1-attack)*(1-0.3*0.5)},
		{"and counts once", []Finding{a, find(CategoryPII, "pii.a", SeverityCritical, 0.5), find(CategoryPII, "pii.b", SeverityHigh, 0.5)}, 1 - (1-attack)*(1-0.3*0.5)},
	} {
		require.InDelta(t, tt.want, c.Risk(tt.findings), 1e-12, tt.name)
	}
}

// Faint findings order texts and decide nothing: a back-test knows only what was kept.
func TestFaintFindingsDecideNothing(t *testing.T) {
	p := rules()
	p.Detectors["injection.a"] = Rule{Mode: ModeEnforce}
	p.Detectors["injection.b"] = Rule{Mode: ModeEnforce}
	find := func(detector string, confidence float64) Finding {
		return Finding{Detector: detector, Category: CategoryInjection, Severity: SeverityMedium, Confidence: confidence}
	}
	c := Combination{Prior: -2, Evidence: map[string]Evidence{"injection.a": {1, 0.02}, "injection.b": {1, 0.02}}}
	faint := Screening{Faint: []Finding{find("injection.a", 0.05)}}
	verdict, risk := c.Judge(p, faint)
	require.Equal(t, VerdictAllow, verdict)
	require.InDelta(t, c.Risk(faint.Findings)+c.Risk(faint.Faint), risk, 1e-12)
	told := Screening{Findings: []Finding{find("injection.b", 0.07)}}
	both := Screening{Findings: told.Findings, Faint: faint.Faint}
	require.Greater(t, c.Risk(append(both.Findings, both.Faint...)), p.Risk.Flag, "they would")
	verdict, risk = c.Judge(p, both)
	require.Equal(t, VerdictAllow, verdict)
	require.Less(t, risk, p.Risk.Flag)
	_, alone := c.Judge(p, told)
	require.Greater(t, risk, alone)
	told.Findings[0].Confidence = 0.5
	verdict, risk = c.Judge(p, told)
	require.Equal(t, VerdictFlag, verdict)
	verdict, more := c.Judge(p, Screening{Findings: told.Findings, Faint: faint.Faint})
	require.Equal(t, VerdictFlag, verdict)
	require.Equal(t, risk, more)
}

// What is built in must hold for the default policy: no harm but an attack reaches a
// threshold on the risk.
func TestFittedCombination(t *testing.T) {
	c := FittedCombination()
	require.Less(t, c.Prior, 0.0)
	require.NotEmpty(t, c.Evidence)
	for detector, e := range c.Evidence {
		require.GreaterOrEqual(t, e.Weight, 0.0, detector)
		require.Greater(t, e.From, 0.0, detector)
	}
	require.NoError(t, DefaultPolicy(nil).Validate())
	require.Greater(t, c.Flag, aside, "personal data decide by their own thresholds")
	require.Greater(t, c.Block, c.Flag)
}

func TestDecideIsMonotone(t *testing.T) {
	finding := rapid.Custom(func(t *rapid.T) Finding {
		f := Finding{
			Detector:   rapid.SampledFrom([]string{"enforced", "monitored", "flag-only", "strict-in-documents"}).Draw(t, "detector"),
			Category:   rapid.SampledFrom([]Category{CategoryInjection, CategoryInput, CategoryPII}).Draw(t, "category"),
			Start:      rapid.IntRange(0, 2000).Draw(t, "start"),
			Severity:   rapid.SampledFrom(Severities()).Draw(t, "severity"),
			Confidence: rapid.Float64Range(0, 1).Draw(t, "confidence"),
			Segment:    rapid.SampledFrom([]string{"prompt", "documents[0]", "response"}).Draw(t, "segment"),
		}
		f.End = f.Start + rapid.IntRange(0, 900).Draw(t, "length")
		return f
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
	bad.Risk = Thresholds{Flag: 0.5, Block: 0.4}
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
		"detectors.enforced.mode", "detectors.enforced.flag", "detectors.enforced.block", "risk.block", "audit_rate", "deadline_ms",
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
