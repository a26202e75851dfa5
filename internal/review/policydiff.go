package review

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// FieldChange is one field in which two policies differ. Field is named as in the
// field errors of Validate; patterns and labels are named by what identifies them
// (patterns.NAME, labels.ID). An absent value is "".
type FieldChange struct {
	Field  string
	Before string
	After  string
}

// PolicyDiff lists in which fields two policies differ, in the order in which pages
// show them. Absent Rules stand for what the Spec says.
func PolicyDiff(before, after Policy, specs []DetectorSpec) []FieldChange {
	old, new := before.WithDefaults(specs).fields(), after.WithDefaults(specs).fields()
	values := map[string]string{}
	for _, f := range old {
		values[f.name] = f.value
	}
	var out []FieldChange
	known := map[string]bool{}
	for _, f := range new {
		known[f.name] = true
		if values[f.name] != f.value {
			out = append(out, FieldChange{f.name, values[f.name], f.value})
		}
	}
	for _, f := range old {
		if !known[f.name] {
			out = append(out, FieldChange{f.name, f.value, ""})
		}
	}
	return out
}

// policyField is one value of a policy as text.
type policyField struct{ name, value string }

// fields flattens the policy, so that two of them can be compared line by line.
func (p Policy) fields() []policyField {
	out := p.detectorFields()
	add := func(name, value string) { out = append(out, policyField{name, value}) }
	add("risk.flag", FormatShare(p.Risk.Flag))
	add("risk.block", FormatShare(p.Risk.Block))
	add("fail_open", strconv.FormatBool(p.FailOpen))
	add("deadline_ms", strconv.Itoa(p.DeadlineMS))
	add("audit_rate", FormatShare(p.AuditRate))
	add("max_prompt_bytes", strconv.Itoa(p.MaxPromptBytes))
	for _, s := range slices.Backward(Severities()) {
		add("due_minutes."+string(s), strconv.Itoa(p.DueMinutes[s]))
	}
	out = append(out, p.Blind.fields()...)
	out = append(out, p.Controls.fields()...)
	out = append(out, p.RequiredReason.fields()...)
	out = append(out, p.SecondOpinion.fields()...)
	out = append(out, p.escalationFields()...)
	out = append(out, p.interventionFields()...)
	for _, pat := range p.Patterns {
		add("patterns."+pat.Name, pat.Expr)
	}
	if len(p.Canaries) > 0 {
		digest := sha256.Sum256(mustJSON(p.Canaries))
		add("canaries", fmt.Sprintf("%d (sha256 %x…)", len(p.Canaries), digest[:4])) // a canary that is shown is none
	}
	add("tools.mode", string(p.Tools.mode()))
	for _, r := range p.Tools.Rules {
		add("tools.rules."+r.Name, string(mustJSON(r)))
	}
	if !reflect.ValueOf(p.Response).IsZero() {
		add("response", string(mustJSON(p.Response)))
	}
	out = append(out, p.Gateway.fields()...)
	out = append(out, p.Quotas.fields()...)
	out = append(out, limitFields(p.Limits)...)
	out = append(out, p.Budget.fields()...)
	out = append(out, p.Retention.fields()...)
	ids := make([]string, len(p.Labels))
	for i, l := range p.Labels {
		add("labels."+l.ID, l.Title)
		ids[i] = l.ID
	}
	add("labels", strings.Join(ids, ", ")) // their order: the first nine have a key
	return out
}

func (p Policy) detectorFields() []policyField {
	var out []policyField
	thresholds := func(at string, t Thresholds) {
		out = append(out, policyField{at + ".flag", FormatShare(t.Flag)}, policyField{at + ".block", FormatShare(t.Block)})
	}
	for _, id := range slices.Sorted(maps.Keys(p.Detectors)) {
		r := p.Detectors[id]
		at := "detectors." + id
		out = append(out, policyField{at + ".mode", string(r.Mode)})
		thresholds(at, Thresholds{r.Flag, r.Block})
		for _, kind := range slices.Sorted(maps.Keys(r.Segments)) {
			thresholds(fmt.Sprintf("%s.segments.%s", at, kind), r.Segments[kind])
		}
	}
	return out
}

// FormatShare writes a number of [0,1] with no more digits than it has.
func FormatShare(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
