package views

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// moment is a line of an Item's timeline.
type moment struct {
	at    time.Time
	who   string
	what  string
	quote string // the text that a label stands on
	note  string
	tone  string
}

// timelineOf tells what happened to the Item, oldest first. Peers stay hidden while the page is blind.
func timelineOf(ctx context.Context, p ItemPage) []moment {
	v := p.View
	out := []moment{{at: v.Item.CreatedAt, who: "Guardroom", what: text.T(ctx, openedWords(v.Item, v.Blind))}}
	out = append(out, eventMoments(ctx, v.Events)...)
	if v.Blind {
		return out
	}
	for _, d := range v.Decisions {
		note := d.Reason
		if d.Label != "" {
			note = strings.TrimSpace(labelTitle(ctx, v.Policy, d.Label) + ". " + note)
		}
		out = append(out, moment{at: d.CreatedAt, who: d.Reviewer, what: decisionWords(ctx, d.Decision, v), note: note, tone: judgedTone(d.Judgement)})
		if d.Undone != nil {
			out = append(out, moment{at: d.Undone.CreatedAt, who: d.Reviewer, what: text.T(ctx, "took that back")})
		}
	}
	for _, a := range v.Annotations {
		out = append(out, moment{at: a.CreatedAt, who: a.UserName, what: annotationWords(ctx, v.Policy, a), quote: spanText(v.Interaction, a), note: a.Body})
	}
	slices.SortStableFunc(out, func(a, b moment) int { return a.at.Compare(b.at) })
	return out
}

// eventMoments tells what the audit chain knows beside decisions and notes. The same again by the same person is one line.
func eventMoments(ctx context.Context, events []review.EventView) []moment {
	var out []moment
	last, times := "", 0
	for _, e := range events {
		if told[e.Action] {
			continue
		}
		what := eventWords(ctx, e)
		if key := e.ActorName + what; key == last && len(out) > 0 {
			times++
			out[len(out)-1].at, out[len(out)-1].what = e.At, text.T(ctx, "%s, %d times", what, times)
			continue
		}
		last, times = e.ActorName+what, 1
		out = append(out, moment{at: e.At, who: e.ActorName, what: what})
	}
	return out
}

// told lists the Events whose rows the timeline shows with more words.
var told = map[string]bool{"item.opened": true, "item.annotated": true, "decision.made": true, "decision.undone": true, "opinion.revealed": true}

var eventSays = map[string]string{
	"item.claimed":      text.Say("took it"),
	"item.released":     text.Say("gave it back"),
	"item.skipped":      text.Say("skipped it"),
	"item.judged_blind": text.Say("judged it blind"),
	"item.unmasked":     text.Say("looked at the personal data"),
	"item.kept":         text.Say("kept it for later"),
	"item.handed_over":  text.Say("handed it over"),
	"item.hold_ended":   text.Say("ended the hold"),
	"item.snoozed":      text.Say("snoozed it"),
	"item.woken":        text.Say("woke it"),
	"opinion.asked":     text.Say("asked for a second opinion"),
	"opinion.given":     text.Say("gave an opinion"),
	"opinion.withdrawn": text.Say("took an opinion back"),
	"opinions.differ":   text.Say("found that the opinions differ"),
}

// eventWords says what happened; an action without words of its own is said by its name.
func eventWords(ctx context.Context, e review.EventView) string {
	if says, known := eventSays[e.Action]; known {
		return text.T(ctx, says)
	}
	_, name, _ := strings.Cut(e.Action, ".")
	return words(name)
}

// decisionWords says what a Decision was: one that settles, one of two opinions, or the reversal of another.
func decisionWords(ctx context.Context, d review.Decision, v review.ItemView) string {
	what := text.T(ctx, judgedIt(d.Judgement, v.Item.Kind))
	switch {
	case d.Opinion > 0:
		return text.T(ctx, "%s, as one of two opinions", what)
	case d.Reverses != "":
		return text.T(ctx, "%s, reversing the decision before", what)
	case d.Escalation != "":
		return text.T(ctx, "%s to %s", what, escalationTitle(v.Policy, d.Escalation))
	}
	return what
}

// judgedIt says what somebody did to the Item, as the other lines of the timeline do.
func judgedIt(j review.Judgement, kind review.ItemKind) string {
	switch {
	case j == review.JudgeEscalate:
		return text.Say("escalated it")
	case kind == review.KindIntervention && j == review.JudgeApprove:
		return text.Say("sent it")
	case kind == review.KindIntervention:
		return text.Say("dropped it")
	case j == review.JudgeApprove:
		return text.Say("approved it")
	default:
		return text.Say("blocked it")
	}
}

func openedWords(i review.Item, blind bool) string {
	switch {
	case blind:
		return text.Say("put it here")
	case i.Kind == review.KindIntervention:
		return text.Say("proposed it")
	case i.Kind == review.KindAudit:
		return text.Say("drew it by chance")
	case i.Verdict == review.VerdictBlock:
		return text.Say("blocked and put it here")
	default:
		return text.Say("flagged and put it here")
	}
}

func annotationWords(ctx context.Context, p review.Policy, a review.Annotation) string {
	switch {
	case a.Segment == "" && a.Body == "" && a.Label != "":
		return text.T(ctx, "labelled it %s", labelTitle(ctx, p, a.Label))
	case a.Segment == "":
		return text.T(ctx, "wrote")
	}
	return text.T(ctx, "marked %s %s", labelTitle(ctx, p, a.Label), inSegment(ctx, a.Segment))
}

func labelTitle(ctx context.Context, p review.Policy, id string) string {
	for _, l := range p.Labels {
		if l.ID == id {
			return text.Label(ctx, l.ID, l.Title)
		}
	}
	return words(id)
}

// spanText is what a labelled span says, "" when the text is no longer there.
func spanText(in review.Interaction, a review.Annotation) string {
	for _, s := range in.Content.Segments() {
		if s.Name == a.Segment && 0 <= a.Start && a.Start < a.End && a.End <= len(s.Text) {
			return oneLine(s.Text[a.Start:a.End], 120)
		}
	}
	return ""
}
