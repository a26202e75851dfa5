package views

import (
	"context"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

func keepOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, hours := range []int{1, 4, 8, 24} {
		out = append(out, ui.Option{Value: strconv.Itoa(hours), Text: text.T(ctx, "%d h", hours)})
	}
	return out
}

func snoozeOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, hours := range []int{1, 4, 24, 72, 168} {
		out = append(out, ui.Option{Value: strconv.Itoa(60 * hours), Text: text.T(ctx, "%d h", hours)})
	}
	return out
}

// skipReasons are those that are chosen; what is kept is the English word.
func skipReasons() []string {
	return []string{
		text.Say("I cannot judge this"), text.Say("Not my language"), text.Say("Too disturbing"), text.Say("I know the person"),
	}
}

func skipOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, reason := range skipReasons() {
		out = append(out, ui.Option{Value: reason, Text: text.T(ctx, reason)})
	}
	return out
}

// successors are the colleagues who may decide the Item.
func successors(p ItemPage) []ui.Option {
	var out []ui.Option
	for _, u := range p.View.Colleagues {
		if u.ID != p.Viewer.User.ID && u.Role.May(review.PermDecide) {
			out = append(out, ui.Option{Value: u.ID, Text: oneLine(nameOf(u), 60)})
		}
	}
	return out
}

func peopleOptions(people []review.User) []ui.Option {
	var out []ui.Option
	for _, u := range people {
		out = append(out, ui.Option{Value: u.ID, Text: oneLine(nameOf(u), 60)})
	}
	return out
}

func escalationOptions(p review.Policy) []ui.Option {
	var out []ui.Option
	for _, q := range p.Escalations {
		out = append(out, ui.Option{Value: q.ID, Text: q.Title, Foreign: true})
	}
	return out
}

// escalationTitle names a queue as the policy does; one that is gone from it by its id.
func escalationTitle(p review.Policy, id string) string {
	if q, ok := p.Escalation(id); ok {
		return q.Title
	}
	return words(id)
}

// reasonLabel names the field for a reason, and says when it must be filled in.
func reasonLabel(ctx context.Context, p ItemPage) string {
	label := text.T(ctx, "Reason")
	if need := reasonNeed(ctx, p); need != "" {
		label += " (" + need + ")"
	}
	return label
}

// reasonNeed tells what asks for a reason, for the hint beside the field; "" when nothing does.
func reasonNeed(ctx context.Context, p ItemPage) string {
	r := p.View.Policy.RequiredReason
	switch {
	case r.Required(review.JudgeApprove, "", p.View.Item.Severity):
		return text.T(ctx, "required")
	case r.Required(review.JudgeEscalate, "", p.View.Item.Severity):
		return text.T(ctx, "required to escalate")
	case len(r.Labels) > 0:
		return text.T(ctx, "required with some labels")
	}
	return ""
}

// opinionsOf are the two independent opinions, once they are to be seen.
func opinionsOf(v review.ItemView) []review.DecisionView {
	var out []review.DecisionView
	for _, d := range v.Decisions {
		if d.Opinion > 0 {
			out = append(out, d)
		}
	}
	return out
}

// reversals are the judgements that can take the place of a standing one.
func reversals(d review.DecisionView, kind review.ItemKind) []action {
	var out []action
	for _, a := range actionsOf(kind) {
		if a.judgement != review.JudgeEscalate && a.judgement != d.Judgement {
			out = append(out, a)
		}
	}
	return out
}

// inboxWords says what happened, after who did it.
func inboxWords(k review.InboxKind) string {
	switch k {
	case review.InboxHandOver:
		return text.Say("handed this to you")
	case review.InboxHandOvers:
		return text.Say("handed several items to you; this is the first")
	case review.InboxReleased:
		return text.Say("released what you held")
	case review.InboxReversed:
		return text.Say("reversed your decision")
	case review.InboxOpinion:
		return text.Say("settled what you gave an opinion on")
	case review.InboxExported:
		return text.Say("An export that you asked for is ready")
	case review.InboxExportFailed:
		return text.Say("An export that you asked for failed")
	default:
		return text.Say("named you in a note")
	}
}
