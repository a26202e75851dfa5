package views

import (
	"encoding/json"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
)

func drawnPolicy() *rapid.Generator[review.Policy] {
	share := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 10_000).Draw(t, "share")) / 10_000 })
	thresholds := rapid.Custom(func(t *rapid.T) review.Thresholds {
		a, b := share.Draw(t, "flag"), share.Draw(t, "block")
		return review.Thresholds{Flag: min(a, b), Block: max(a, b)}
	})
	return rapid.Custom(func(t *rapid.T) review.Policy {
		p := review.DefaultPolicy(nil)
		for _, id := range []string{"a.one", "b.two", "c.three_four"} {
			of := thresholds.Draw(t, "thresholds")
			r := review.Rule{Mode: rapid.SampledFrom(review.Modes()).Draw(t, "mode"), Flag: of.Flag, Block: of.Block}
			if own := rapid.MapOf(rapid.SampledFrom(review.SegmentKinds()), thresholds).Draw(t, "segments"); len(own) > 0 {
				r.Segments = own
			}
			p.Detectors[id] = r
		}
		p.FailOpen, p.AuditRate, p.DeadlineMS = rapid.Bool().Draw(t, "open"), share.Draw(t, "rate"), rapid.IntRange(1, 60_000).Draw(t, "deadline")
		severities := rapid.SliceOfDistinct(rapid.SampledFrom(review.Severities()), rapid.ID[review.Severity])
		p.RequiredReason = review.ReasonRules{Severities: severities.Draw(t, "reason at"), Labels: []string{p.Labels[0].ID}}
		if rapid.Bool().Draw(t, "reasons") {
			p.RequiredReason.Judgements = []review.Judgement{review.JudgeApprove, review.JudgeBlock}
		}
		p.SecondOpinion = review.OpinionRules{Share: share.Draw(t, "opinions"), Severities: severities.Draw(t, "two at")}
		p.Escalations = []review.EscalationQueue{{ID: "legal", Title: "Legal (EU)"}, {ID: "safety", Title: "Safety: acute", Roles: []review.Role{review.RoleAnalyst, review.RoleLead}}}
		p.Blind = review.BlindRules{Share: share.Draw(t, "blind"), Severities: rapid.SliceOfDistinct(rapid.SampledFrom(review.Severities()), rapid.ID[review.Severity]).Draw(t, "always blind")}
		p.Controls = review.ControlRules{Rate: share.Draw(t, "controls"), Until: rapid.IntRange(0, 1000).Draw(t, "until"), LaterRate: share.Draw(t, "later")}
		p.MaxPromptBytes = rapid.IntRange(1, 1<<30).Draw(t, "bytes")
		for i := range rapid.IntRange(0, 5).Draw(t, "patterns") {
			p.Patterns = append(p.Patterns, review.Pattern{Name: "p" + strconv.Itoa(i), Expr: rapid.StringMatching(`[a-z]{1,5}\\d[ +*]?`).Draw(t, "expr")})
		}
		for _, metric := range rapid.SliceOfDistinct(rapid.SampledFrom(review.ConductMetrics()), rapid.ID[review.ConductMetric]).Draw(t, "limits") {
			p.Limits = append(p.Limits, review.ConductLimit{Of: review.ConductUser, Metric: metric, Most: float64(rapid.IntRange(1, 10_000).Draw(t, "most")) / 100})
		}
		drawContent(t, &p)
		return p
	})
}

func drawContent(t *rapid.T, p *review.Policy) {
	for i := range rapid.IntRange(0, 3).Draw(t, "canaries") {
		p.Canaries = append(p.Canaries, " canary number <"+strconv.Itoa(i)+"> ")
	}
	schema := rapid.SampledFrom([]json.RawMessage{nil, json.RawMessage(`{"type":"object","maxProperties":3}`), json.RawMessage(`true`)})
	p.Tools.Mode = rapid.SampledFrom([]review.ToolMode{"", review.ToolsListed}).Draw(t, "tools")
	for i := range rapid.IntRange(1, 3).Draw(t, "rules") {
		r := review.ToolRule{Name: "tool" + strconv.Itoa(i), Schema: schema.Draw(t, "schema"), NeedsPerson: rapid.Bool().Draw(t, "person")}
		for j := range rapid.IntRange(0, 2).Draw(t, "arguments") {
			r.Patterns = append(r.Patterns, review.ArgumentPattern{Argument: rapid.SampledFrom([]string{"", "to.address"}).Draw(t, "argument"), Expr: "x" + strconv.Itoa(j), Deny: rapid.Bool().Draw(t, "deny")})
		}
		p.Tools.Rules = append(p.Tools.Rules, r)
	}
	p.Response = review.ResponseRules{Schema: schema.Draw(t, "response"), MinBytes: rapid.IntRange(0, 9).Draw(t, "min"), MaxLines: rapid.IntRange(0, 9).Draw(t, "lines")}
	if rapid.Bool().Draw(t, "bounded") {
		p.Response.MaxBytes = 10
	}
}

func TestBlankRowsOfToolsCloseUp(t *testing.T) {
	got, form, wrong := ParsePolicyForm(url.Values{
		"tools.mode":          {"allow_list"},
		"tools.rules[0].name": {" "}, "tools.rules[2].name": {"mail"}, "tools.rules[2].needs_person": {"true"}, "tools.rules[2].schema": {"{"},
		"tools.rules[2].patterns[1].argument": {"to"}, "tools.rules[2].patterns[1].expr": {"("}, "tools.rules[2].patterns[1].deny": {"true"},
		"canaries": {"\r\nCNRY-7f3a-91bc\r\nshort\r\n"}, "response.max_bytes": {"x"}, "response.max_lines": {""},
	}, review.DefaultPolicy(nil))
	require.Equal(t, review.ToolsListed, got.Tools.Mode)
	require.Equal(t, []review.ToolRule{{Name: "mail", NeedsPerson: true, Schema: json.RawMessage("{"), Patterns: []review.ArgumentPattern{{Argument: "to", Expr: "(", Deny: true}}}}, got.Tools.Rules)
	require.Equal(t, []string{"CNRY-7f3a-91bc", "short"}, got.Canaries)
	fields := map[string]bool{}
	for _, f := range wrong {
		fields[f.Field] = true
	}
	require.Equal(t, map[string]bool{"canaries[1]": true, "tools.rules[0].schema": true, "tools.rules[0].patterns[0]": true, "response.max_bytes": true}, fields)
	require.Equal(t, "(", form.of("tools.rules[0].patterns[0].expr"), "the problem finds its row")
	require.Equal(t, "{", form.of("tools.rules[0].schema"), "what was typed is kept")
	require.Equal(t, "x", form.of("response.max_bytes"))
	require.Equal(t, 1, form.rows(listTools))
}

func TestAFormThatNobodyTouchedIsThePolicy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawnPolicy().Draw(t, "policy")
		base := drawnPolicy().Draw(t, "base")
		got, form, wrong := ParsePolicyForm(NewPolicyForm(p).values, base)
		if len(wrong) > 0 || len(review.PolicyDiff(base, base, nil)) > 0 {
			t.Fatalf("%v", wrong)
		}
		// Kinds of text without a field in the form keep what they had.
		for id := range base.Detectors {
			for kind := range base.Detectors[id].Segments {
				if _, own := p.Detectors[id].Segments[kind]; !own {
					delete(got.Detectors[id].Segments, kind)
				}
			}
		}
		if len(base.Patterns) > 0 && len(p.Patterns) == 0 {
			got.Patterns = p.Patterns
		}
		if d := review.PolicyDiff(p, got, nil); len(d) > 0 {
			t.Fatalf("%v", d)
		}
		if form.of("deadline_ms") != strconv.Itoa(p.DeadlineMS) {
			t.Fatal("typed text is lost")
		}
	})
}

func TestWhatAFormDoesNotSendStays(t *testing.T) {
	base := review.DefaultPolicy([]review.DetectorSpec{{ID: "a.b", Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.5, Segments: map[review.SegmentKind]review.Thresholds{review.SegmentPrompt: {Flag: 0.4}}}}})
	got, form, wrong := ParsePolicyForm(url.Values{"deadline_ms": {" 7 "}}, base)
	require.Empty(t, wrong)
	require.Equal(t, []review.FieldChange{{Field: "deadline_ms", Before: "500", After: "7"}}, review.PolicyDiff(base, got, nil))
	require.Equal(t, "0.02", form.of("audit_rate"), "and is shown")
	require.Equal(t, 500, base.DeadlineMS)
}

func TestClearedRowsCloseUp(t *testing.T) {
	base := review.DefaultPolicy(nil)
	got, form, wrong := ParsePolicyForm(url.Values{
		"patterns[0].name": {""}, "patterns[0].expr": {" "}, "patterns[1].name": {"a"}, "patterns[1].expr": {" x "}, "patterns[7].name": {""}, "patterns[7].expr": {"("},
		"patterns[99999].name": {"far"}, "patterns[-1].name": {"before"},
	}, base)
	require.Equal(t, []review.Pattern{{Name: "a", Expr: " x "}, {Name: "", Expr: "("}}, got.Patterns, "spaces of an expression are meant")
	require.Equal(t, []review.FieldError{{Field: "patterns[1]", Message: "needs a name and a valid regular expression (RE2)"}}, wrong)
	require.Equal(t, "(", form.of("patterns[1].expr"), "the problem finds its row")
	require.Equal(t, 2, form.rows("patterns"))
	got, _, _ = ParsePolicyForm(url.Values{"labels[0].id": {""}, "labels[0].title": {""}}, base)
	require.Empty(t, got.Labels)
}

func TestOverridesOfOneKind(t *testing.T) {
	base := review.DefaultPolicy([]review.DetectorSpec{{ID: "a.b", Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.5, Block: 0.9, Segments: map[review.SegmentKind]review.Thresholds{review.SegmentPrompt: {Flag: 0.4}}}}})
	at := func(kind, name string) string { return "detectors.a.b.segments." + kind + "." + name }
	got, _, wrong := ParsePolicyForm(url.Values{
		at("prompt", "flag"): {""}, at("prompt", "block"): {" "}, at("document", "flag"): {"0,3"}, at("document", "block"): {""}, at("response", "flag"): {"0"}, at("response", "block"): {"0"},
	}, base)
	require.Empty(t, wrong)
	require.Equal(t, map[review.SegmentKind]review.Thresholds{review.SegmentDocument: {Flag: 0.3, Block: 0.9}, review.SegmentResponse: {}}, got.Detectors["a.b"].Segments)
	require.Len(t, base.Detectors["a.b"].Segments, 1, "the policy that was shown stays as it is")
}

func FuzzParsePolicyForm(f *testing.F) {
	f.Add("deadline_ms=1&patterns[0].name=x&patterns[0].expr=(")
	f.Add("detectors.a.b.flag=NaN&detectors.a.b.segments.prompt.block=1e400&labels[999].id=x&labels[1000].id=y")
	f.Add("tools.rules[0].name=a&tools.rules[0].patterns[99].expr=(&tools.rules[0].schema=[&canaries=%0d%0a%0a&response.min_bytes=-1&tools.mode=")
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		base := review.DefaultPolicy([]review.DetectorSpec{{ID: "a.b", Default: review.Rule{Mode: review.ModeEnforce}}})
		p, _, wrong := ParsePolicyForm(values, base)
		require.Equal(t, len(wrong) == 0, p.Validate() == nil && len(wrong) == 0)
		require.Empty(t, review.PolicyDiff(base, review.DefaultPolicy([]review.DetectorSpec{{ID: "a.b", Default: review.Rule{Mode: review.ModeEnforce}}}), nil), "the base is not touched")
	})
}

func TestChangesAreWords(t *testing.T) {
	specs := []review.DetectorSpec{{ID: "injection.override", Title: "Instruction override"}}
	for _, c := range []struct {
		change review.FieldChange
		open   bool
		group  string
		want   changeLine
	}{
		{review.FieldChange{Field: "detectors.injection.override.mode", Before: "enforce", After: "off"}, true, "Instruction override", changeLine{"Mode", "Enforce", "Off"}},
		{review.FieldChange{Field: "detectors.gone.one.flag", Before: "0", After: "0.5"}, true, "gone.one", changeLine{"Flag from", "never", "0.5"}},
		{review.FieldChange{Field: "detectors.injection.override.segments.tool_output.block", After: "0.5"}, true, "Instruction override", changeLine{"Tool output: block from", "as in other texts", "0.5"}},
		{review.FieldChange{Field: "fail_open", Before: "false", After: "true"}, true, "Settings", changeLine{"When a detector fails", "flag it", "let it through"}},
		{review.FieldChange{Field: "audit_rate", Before: "0.02", After: "1"}, true, "Settings", changeLine{"Audit sample", "2 %", "100 %"}},
		{review.FieldChange{Field: "blind.share", Before: "0", After: "0.2"}, true, "Settings", changeLine{"Judged blind", "0 %", "20 %"}},
		{review.FieldChange{Field: "blind.severities", Before: "high, critical", After: ""}, true, "Settings", changeLine{"Always judged blind", "high, critical", "none"}},
		{review.FieldChange{Field: "controls.until", Before: "100", After: "50"}, true, "Settings", changeLine{"Controls at that rate", "100", "50"}},
		{review.FieldChange{Field: "due_minutes.low", Before: "1440", After: "90"}, true, "Settings", changeLine{"Due, low", "1 day", "90 minutes"}},
		{review.FieldChange{Field: "patterns.p", Before: "x", After: ""}, true, "Patterns", changeLine{"p", "x", "none"}},
		{review.FieldChange{Field: "patterns.p", Before: "x", After: "y"}, false, "Patterns", changeLine{"p", "(an expression)", "(an expression)"}},
	} {
		g, line := changeWords(t.Context(), c.change, specs, c.open)
		require.Equal(t, c.group, g.title)
		require.Equal(t, c.want, line, c.change.Field)
	}
}
