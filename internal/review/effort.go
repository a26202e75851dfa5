package review

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ReasonRules say when a reviewer must give a reason. Agreeing and disagreeing with the
// guard take the same effort: approve and block are both in Judgements, or neither is.
type ReasonRules struct {
	Judgements []Judgement `json:"judgements,omitempty"`
	Labels     []string    `json:"labels,omitempty"` // ids; whatever the judgement
	Severities []Severity  `json:"severities,omitempty"`
}

// Required tells whether a judgement of an Item with the label needs a reason.
func (r ReasonRules) Required(j Judgement, label string, s Severity) bool {
	return slices.Contains(r.Judgements, j) || slices.Contains(r.Severities, s) || label != "" && slices.Contains(r.Labels, label)
}

func (r ReasonRules) validate(bad *invalidFields, labels []Label) {
	for _, j := range r.Judgements {
		if !slices.Contains(Judgements(), j) {
			bad.addf("required_reason.judgements", "must be among approve, block and escalate")
		}
	}
	if slices.Contains(r.Judgements, JudgeApprove) != slices.Contains(r.Judgements, JudgeBlock) {
		bad.addf("required_reason.judgements", "must have both approve and block, or neither: agreeing with the guard and disagreeing take the same effort")
	}
	for _, id := range r.Labels {
		if !slices.ContainsFunc(labels, func(l Label) bool { return l.ID == id }) {
			bad.addf("required_reason.labels", "must be labels of the policy")
		}
	}
	bad.severities("required_reason.severities", r.Severities)
}

func (r ReasonRules) fields() []policyField {
	return []policyField{
		{"required_reason.judgements", joined(r.Judgements)}, {"required_reason.labels", strings.Join(r.Labels, ", ")},
		{"required_reason.severities", joined(r.Severities)},
	}
}

// EscalationQueue is where an Item can be escalated to by name. Leads and admins decide
// what waits there, and the roles that it names.
type EscalationQueue struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Roles []Role `json:"roles,omitempty"`
}

// MaxEscalations bounds the named queues of a policy.
const MaxEscalations = 20

var queueID = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)

// Escalation returns the named queue.
func (p Policy) Escalation(id string) (EscalationQueue, bool) {
	i := slices.IndexFunc(p.Escalations, func(q EscalationQueue) bool { return q.ID == id })
	if i < 0 {
		return EscalationQueue{}, false
	}
	return p.Escalations[i], true
}

// Admits tells whether the role decides what was escalated to the named queue.
func (p Policy) Admits(role Role, queue string) bool {
	q, named := p.Escalation(queue)
	return role.May(PermOversee) || named && slices.Contains(q.Roles, role)
}

func (p Policy) validateEscalations(bad *invalidFields) {
	if len(p.Escalations) > MaxEscalations {
		bad.addf("escalations", "must be at most %d", MaxEscalations)
	}
	for i, q := range p.Escalations {
		at := fmt.Sprintf("escalations[%d]", i)
		switch {
		case !queueID.MatchString(q.ID):
			bad.addf(at+".id", "has 1 to 32 of a–z, 0–9, hyphens and underscores")
		case strings.TrimSpace(q.Title) == "" || len(q.Title) > maxTitleBytes || strings.ContainsAny(q.Title, "\r\n"):
			bad.addf(at+".title", "must be a line of at most %d bytes", maxTitleBytes)
		case slices.ContainsFunc(p.Escalations[:i], func(o EscalationQueue) bool { return o.ID == q.ID }):
			bad.addf(at+".id", "is there twice")
		}
		for _, role := range q.Roles {
			if !role.May(PermDecide) {
				bad.addf(at+".roles", "must be roles that may decide")
			}
		}
	}
}

func (p Policy) escalationFields() []policyField {
	var out []policyField
	for _, q := range p.Escalations {
		text := q.Title
		if len(q.Roles) > 0 {
			text += " (" + joined(q.Roles) + ")"
		}
		out = append(out, policyField{"escalations." + q.ID, text})
	}
	return out
}

// severities checks a list of severities.
func (f *invalidFields) severities(field string, list []Severity) {
	for _, s := range list {
		if !slices.Contains(Severities(), s) {
			f.addf(field, "must be among low, medium, high and critical")
		}
	}
}

// joined lists words as a policy's differences show them.
func joined[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}
