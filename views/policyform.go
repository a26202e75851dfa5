package views

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// PolicyForm is a policy as its form shows it and as somebody typed it. The fields are named as in the field errors of
// review.Policy.Validate, so that a problem finds its field.
type PolicyForm struct{ values url.Values }

// The blank rows below the patterns and the labels.
const (
	blankPatterns = 3
	blankLabels   = 2
)

// NewPolicyForm writes a policy into a form.
func NewPolicyForm(p review.Policy) PolicyForm {
	f := PolicyForm{url.Values{}}
	for id, rule := range p.Detectors {
		at := "detectors." + id
		f.set(at+".mode", string(rule.Mode))
		f.set(at+".flag", thresholdText(rule.Flag))
		f.set(at+".block", thresholdText(rule.Block))
		for kind, t := range rule.Segments {
			f.set(segmentField(id, kind, "flag"), review.FormatShare(t.Flag))
			f.set(segmentField(id, kind, "block"), review.FormatShare(t.Block))
		}
	}
	f.set("risk.flag", thresholdText(p.Risk.Flag))
	f.set("risk.block", thresholdText(p.Risk.Block))
	f.set("fail_open", strconv.FormatBool(p.FailOpen))
	f.set("deadline_ms", strconv.Itoa(p.DeadlineMS))
	f.set("audit_rate", review.FormatShare(p.AuditRate))
	f.setBlind(p)
	f.setDeciding(p)
	f.setQuotas(p)
	f.setRetention(p)
	f.set("max_prompt_bytes", strconv.Itoa(p.MaxPromptBytes))
	for s, minutes := range p.DueMinutes {
		f.set("due_minutes."+string(s), strconv.Itoa(minutes))
	}
	for i, pattern := range p.Patterns {
		f.set(rowField("patterns", i, "name"), pattern.Name)
		f.set(rowField("patterns", i, "expr"), pattern.Expr)
	}
	for i, label := range p.Labels {
		f.set(rowField("labels", i, "id"), label.ID)
		f.set(rowField("labels", i, "title"), label.Title)
	}
	f.setContent(p)
	f.setGateway(p)
	f.setInterventions(p)
	return f
}

func (f PolicyForm) set(name, value string) { f.values.Set(name, value) }

// of is the text of a field.
func (f PolicyForm) of(name string) string { return f.values.Get(name) }

// thresholdText writes a Rule's threshold; an empty field says never.
func thresholdText(x float64) string {
	if x == 0 {
		return ""
	}
	return review.FormatShare(x)
}

func segmentField(detector string, kind review.SegmentKind, name string) string {
	return "detectors." + detector + ".segments." + string(kind) + "." + name
}

func rowField(list string, i int, name string) string { return fmt.Sprintf("%s[%d].%s", list, i, name) }

// overrides tells whether a detector has thresholds of its own for some kind of text.
func (f PolicyForm) overrides(detector string) bool {
	for _, kind := range review.SegmentKinds() {
		if f.of(segmentField(detector, kind, "flag")) != "" || f.of(segmentField(detector, kind, "block")) != "" {
			return true
		}
	}
	return false
}

// rows counts the filled rows of a list.
func (f PolicyForm) rows(list string) int {
	n := 0
	for name := range f.values {
		if i, ok := rowOf(list, name); ok && f.of(name) != "" {
			n = max(n, i+1)
		}
	}
	return n
}

// rowOf reads the number of a row from a field's name.
func rowOf(list, name string) (int, bool) {
	rest, ok := strings.CutPrefix(name, list+"[")
	digits, _, closed := strings.Cut(rest, "].")
	i, err := strconv.Atoi(digits)
	return i, ok && closed && err == nil && i >= 0 && i < maxRows
}

// maxRows bounds what a form may send of one list.
const maxRows = 1000

// policyReader reads a form, and gathers what cannot be read.
type policyReader struct {
	values url.Values
	bad    []review.FieldError
}

// ParsePolicyForm reads a posted form over the policy that it was made from: what the form does not send stays as it was. It returns the form
// as it was typed, and for each field what is wrong with it, bounds included.
func ParsePolicyForm(values url.Values, base review.Policy) (review.Policy, PolicyForm, []review.FieldError) {
	r := policyReader{values: compacted(values)}
	p := base
	p.Detectors = make(map[string]review.Rule, len(base.Detectors))
	for _, id := range slices.Sorted(maps.Keys(base.Detectors)) {
		p.Detectors[id] = r.rule("detectors."+id, base.Detectors[id])
	}
	if r.values.Has("fail_open") {
		p.FailOpen = r.values.Get("fail_open") == "true"
	}
	r.whole("deadline_ms", &p.DeadlineMS)
	r.share("risk.flag", &p.Risk.Flag, "0")
	r.share("risk.block", &p.Risk.Block, "0")
	r.share("audit_rate", &p.AuditRate, "")
	r.blind(&p)
	r.deciding(&p)
	r.quotas(&p)
	r.retention(&p)
	r.whole("max_prompt_bytes", &p.MaxPromptBytes)
	p.DueMinutes = maps.Clone(base.DueMinutes)
	for _, s := range review.Severities() {
		minutes := p.DueMinutes[s]
		r.whole("due_minutes."+string(s), &minutes)
		p.DueMinutes[s] = minutes
	}
	if r.sends("patterns") {
		p.Patterns = r.patterns()
	}
	if r.sends("labels") {
		p.Labels = r.labels()
	}
	r.content(&p)
	r.gateway(&p)
	r.interventions(&p)
	return p, typedOver(base, r, p), r.faults(p)
}

// typedOver is the form as typed; what was not sent shows what it was. A list that was sent is all there is of it.
func typedOver(base review.Policy, r policyReader, read review.Policy) PolicyForm {
	form := NewPolicyForm(base)
	for _, list := range []string{"patterns", "labels"} {
		if r.sends(list) {
			maps.DeleteFunc(form.values, func(name string, _ []string) bool { _, row := rowOf(list, name); return row })
		}
	}
	maps.Copy(form.values, r.values)
	form.setTools(read.Tools.Rules) // numbered as the problems are, blank rows left out
	return form
}

// faults joins what could not be read with what is out of its bounds, each field once.
func (r *policyReader) faults(p review.Policy) []review.FieldError {
	all := r.bad
	seen := map[string]bool{}
	for _, f := range all {
		seen[f.Field] = true
	}
	for _, f := range review.FieldsOf(p.Validate()) {
		if !seen[f.Field] {
			all = append(all, f)
		}
	}
	return all
}

// compacted closes the gaps that cleared rows leave, so that rows are numbered as the lists that they become.
func compacted(values url.Values) url.Values {
	out := url.Values{}
	for name, v := range values {
		_, pattern := rowOf("patterns", name)
		_, label := rowOf("labels", name)
		if !pattern && !label {
			out[name] = v
		}
	}
	for list, names := range map[string][2]string{"patterns": {"name", "expr"}, "labels": {"id", "title"}} {
		to, sent := 0, false
		for i := range maxRows {
			a, b := rowField(list, i, names[0]), rowField(list, i, names[1])
			sent = sent || values.Has(a) || values.Has(b)
			first, then := strings.TrimSpace(values.Get(a)), values.Get(b)
			if first == "" && strings.TrimSpace(then) == "" {
				continue
			}
			out.Set(rowField(list, to, names[0]), first)
			out.Set(rowField(list, to, names[1]), then)
			to++
		}
		if sent && to == 0 {
			out.Set(rowField(list, 0, names[0]), "") // the list is there, and empty
		}
	}
	return out
}

func (r *policyReader) sends(list string) bool {
	for name := range r.values {
		if _, ok := rowOf(list, name); ok {
			return true
		}
	}
	return false
}

func (r *policyReader) rule(at string, base review.Rule) review.Rule {
	rule := base
	if r.values.Has(at + ".mode") {
		rule.Mode = review.Mode(r.values.Get(at + ".mode"))
	}
	r.share(at+".flag", &rule.Flag, "0")
	r.share(at+".block", &rule.Block, "0")
	segments := maps.Clone(base.Segments)
	for _, kind := range review.SegmentKinds() {
		within := at + ".segments." + string(kind)
		if !r.values.Has(within+".flag") && !r.values.Has(within+".block") {
			continue
		}
		if r.text(within+".flag") == "" && r.text(within+".block") == "" {
			delete(segments, kind)
			continue
		}
		if segments == nil {
			segments = map[review.SegmentKind]review.Thresholds{}
		}
		t := review.Thresholds{Flag: rule.Flag, Block: rule.Block}
		r.share(within+".flag", &t.Flag, review.FormatShare(t.Flag))
		r.share(within+".block", &t.Block, review.FormatShare(t.Block))
		segments[kind] = t
	}
	rule.Segments = segments
	if len(segments) == 0 {
		rule.Segments = nil
	}
	return rule
}

func (r *policyReader) text(name string) string { return strings.TrimSpace(r.values.Get(name)) }

// share reads a number of [0,1] into where it belongs; an empty field is what empty says.
func (r *policyReader) share(name string, into *float64, empty string) {
	if !r.values.Has(name) {
		return
	}
	text := r.text(name)
	if text == "" {
		text = empty
	}
	x, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil {
		r.bad = append(r.bad, review.FieldError{Field: name, Message: "must be a number between 0 and 1, such as 0.85"})
		return
	}
	*into = x
}

func (r *policyReader) whole(name string, into *int) {
	if !r.values.Has(name) {
		return
	}
	n, err := strconv.Atoi(r.text(name))
	if err != nil {
		r.bad = append(r.bad, review.FieldError{Field: name, Message: "must be a whole number"})
		return
	}
	*into = n
}

func (r *policyReader) patterns() []review.Pattern {
	out := []review.Pattern{}
	for i := range (PolicyForm{r.values}).rows("patterns") {
		out = append(out, review.Pattern{Name: r.text(rowField("patterns", i, "name")), Expr: r.values.Get(rowField("patterns", i, "expr"))})
	}
	return out
}

func (r *policyReader) labels() []review.Label {
	out := []review.Label{}
	for i := range (PolicyForm{r.values}).rows("labels") {
		out = append(out, review.Label{ID: r.text(rowField("labels", i, "id")), Title: r.text(rowField("labels", i, "title"))})
	}
	return out
}
