package views

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// decidingWords names the fields of how Items are decided, in the order of the page.
var decidingWords = []setting{
	{"required_reason.judgements", text.Say("Reason required to"), ""},
	{"required_reason.severities", text.Say("Reason required at"), ""},
	{"required_reason.labels", text.Say("Reason required with"), ""},
	{"second_opinion.share", text.Say("Second opinions"), ""},
	{"second_opinion.severities", text.Say("Always two opinions"), ""},
	{"escalations", text.Say("Queues to escalate to"), ""},
}

// listOf writes identifiers one after the other.
func listOf[T ~string](list []T) string {
	names := make([]string, len(list))
	for i, w := range list {
		names[i] = string(w)
	}
	return strings.Join(names, ", ")
}

// readList reads what listOf wrote.
func readList[T ~string](written string) (out []T) {
	for _, name := range strings.Split(written, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, T(name))
		}
	}
	return out
}

// judgementsOptions offers reasons for both ways or for neither, as the policy allows.
func judgementsOptions(ctx context.Context, chosen string) []ui.Option {
	both := []review.Judgement{review.JudgeApprove, review.JudgeBlock}
	out := []ui.Option{
		{Value: listOf(both), Text: text.T(ctx, "approve and block")},
		{Value: listOf(append(both, review.JudgeEscalate)), Text: text.T(ctx, "approve, block and escalate")},
		{Value: string(review.JudgeEscalate), Text: text.T(ctx, "escalate")},
	}
	if chosen != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == chosen }) {
		out = append(out, ui.Option{Value: chosen, Text: short(chosen, 60)})
	}
	return out
}

// escalationLines writes each named queue on a line: "legal: Legal (analyst, lead)".
func escalationLines(queues []review.EscalationQueue) string {
	var lines []string
	for _, q := range queues {
		line := q.ID + ": " + q.Title
		if len(q.Roles) > 0 {
			line += " (" + listOf(q.Roles) + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// readEscalations reads what escalationLines wrote. A title may have parentheses of its own: only what names roles alone, at the end, is read
// as roles.
func readEscalations(written string) (out []review.EscalationQueue) {
	for line := range strings.Lines(written) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		id, rest, _ := strings.Cut(line, ":")
		q := review.EscalationQueue{ID: strings.TrimSpace(id), Title: strings.TrimSpace(rest)}
		if at := strings.LastIndexByte(q.Title, '('); at >= 0 && strings.HasSuffix(q.Title, ")") {
			roles := readList[review.Role](strings.TrimSuffix(q.Title[at+1:], ")"))
			if len(roles) > 0 && !slices.ContainsFunc(roles, func(r review.Role) bool { return !r.Valid() }) {
				q.Title, q.Roles = strings.TrimSpace(q.Title[:at]), roles
			}
		}
		out = append(out, q)
	}
	return out
}

// setDeciding writes the rules into a form.
func (f PolicyForm) setDeciding(p review.Policy) {
	f.set("required_reason.judgements", listOf(p.RequiredReason.Judgements))
	f.set("required_reason.severities", listOf(p.RequiredReason.Severities))
	f.set("required_reason.labels", listOf(p.RequiredReason.Labels))
	f.set("second_opinion.share", review.FormatShare(p.SecondOpinion.Share))
	f.set("second_opinion.severities", listOf(p.SecondOpinion.Severities))
	f.set("escalations", escalationLines(p.Escalations))
}

// deciding reads them back; what was not sent stays.
func (r *policyReader) deciding(p *review.Policy) {
	readInto(r, "required_reason.judgements", &p.RequiredReason.Judgements)
	readInto(r, "required_reason.severities", &p.RequiredReason.Severities)
	readInto(r, "required_reason.labels", &p.RequiredReason.Labels)
	r.share("second_opinion.share", &p.SecondOpinion.Share, "0")
	readInto(r, "second_opinion.severities", &p.SecondOpinion.Severities)
	if r.values.Has("escalations") {
		p.Escalations = readEscalations(r.values.Get("escalations"))
	}
}

func readInto[T ~string](r *policyReader, name string, list *[]T) {
	if r.values.Has(name) {
		*list = readList[T](r.values.Get(name))
	}
}

// escalationProblem is the first of what is wrong with the lines.
func escalationProblem(p *Problem) string {
	if p == nil {
		return ""
	}
	for _, f := range p.Fields {
		if strings.HasPrefix(f.Field, "escalations") {
			return f.Message
		}
	}
	return ""
}

// judgementList writes judgements one after the other, as people call them.
func judgementList(ctx context.Context, list []review.Judgement) string {
	said := map[review.Judgement]string{review.JudgeApprove: text.Say("approve"), review.JudgeBlock: text.Say("block"), review.JudgeEscalate: text.Say("escalate")}
	names := make([]string, len(list))
	for i, j := range list {
		names[i] = text.Word(ctx, cmp.Or(said[j], string(j)))
	}
	return orNone(ctx, strings.Join(names, ", "))
}

// decidingFacts lists the rules in words.
func decidingFacts(ctx context.Context, p review.Policy) []fact {
	out := []fact{
		{settingWord(ctx, "required_reason.judgements"), judgementList(ctx, p.RequiredReason.Judgements)},
		{settingWord(ctx, "required_reason.severities"), severityList(ctx, p.RequiredReason.Severities)},
		{settingWord(ctx, "required_reason.labels"), orNone(ctx, listOf(p.RequiredReason.Labels))},
		{settingWord(ctx, "second_opinion.share"), text.T(ctx, "%s of the items", exactPercent(p.SecondOpinion.Share))},
		{settingWord(ctx, "second_opinion.severities"), severityList(ctx, p.SecondOpinion.Severities)},
	}
	for _, q := range p.Escalations {
		out = append(out, fact{settingWord(ctx, "escalations"), escalationLines([]review.EscalationQueue{q})})
	}
	return out
}
