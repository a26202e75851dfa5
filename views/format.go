package views

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// span writes a length of time in its largest unit: "42 s", "9 m", "3 h", "5 d".
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	default:
		return strconv.Itoa(int(d/(24*time.Hour))) + " d"
	}
}

// age is how long ago a moment was. A clock that runs ahead does not make ages negative.
func age(now, then time.Time) string { return span(max(0, now.Sub(then))) }

// due says how soon something is to be done, and whether that has passed.
func due(ctx context.Context, now, at time.Time) (words string, overdue bool) {
	if left := at.Sub(now); left >= 0 {
		return text.T(ctx, "due %s", span(left)), false
	}
	return text.T(ctx, "late %s", span(now.Sub(at))), true
}

// clock writes a countdown: "4:38".
func clock(left time.Duration) string {
	left = max(0, left)
	hours, minutes, seconds := int(left/time.Hour), int(left/time.Minute), int(left%time.Minute/time.Second)
	if hours > 0 {
		return fmt.Sprintf("%d:%02d:%02d", hours, minutes%60, seconds)
	}
	return fmt.Sprintf("%d:%02d", minutes, seconds)
}

// lasts is how long until a moment, in one unit.
func lasts(now, until time.Time) string { return age(until, now) }

// exact is a moment in full, UTC.
func exact(ctx context.Context, t time.Time) string {
	t = t.UTC()
	return dayOf(ctx, t) + t.Format(" 2006, 15:04:05 UTC")
}

// dayOf names a day within its year.
func dayOf(ctx context.Context, t time.Time) string {
	t = t.UTC()
	return text.T(ctx, "%s %s", t.Format("2"), text.T(ctx, months[t.Month()-1]))
}

var months = [...]string{
	text.Say("January"), text.Say("February"), text.Say("March"), text.Say("April"), text.Say("May"), text.Say("June"), text.Say("July"),
	text.Say("August"), text.Say("September"), text.Say("October"), text.Say("November"), text.Say("December"),
}

func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// when shows a moment by its age.
func when(now, then time.Time) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Time(age(now, then), machine(then), exact(ctx, then)).Render(ctx, w)
	})
}

// ago is when, in a sentence.
func ago(now, then time.Time) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Time(text.T(ctx, "%s ago", age(now, then)), machine(then), exact(ctx, then)).Render(ctx, w)
	})
}

// score writes a number of [0,1] with two decimals. What is not quite 1 is never shown as 1.
func score(x float64) string {
	if x < 1 && x > 0.99 {
		x = 0.99
	}
	return strconv.FormatFloat(math.Max(0, math.Min(1, x)), 'f', 2, 64)
}

// count writes a number with thin groups of three: 12 345.
func count(n int) string {
	s := strconv.Itoa(n)
	var b strings.Builder
	for i, d := range s {
		if i > 0 && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteRune('\u202f')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// plural writes a number and its noun, of which the catalogue has both forms.
func plural(ctx context.Context, n int, one, many string) string {
	if n == 1 {
		return "1 " + text.T(ctx, one)
	}
	return count(n) + " " + text.T(ctx, many)
}

// seconds writes milliseconds of looking: "8 s", "1:20".
func seconds(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	if d < time.Minute {
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	}
	return clock(d) + " min"
}

// short cuts a text for a line, at a whole character. It adds an ellipsis when it cut.
func short(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return strings.TrimSpace(s[:i]) + "…"
		}
		n++
	}
	return s
}

// oneLine makes a text fit for a line of a list: hidden characters are spelt out and white space is single.
func oneLine(s string, runes int) string {
	s = short(s, 4*runes)
	return short(strings.Join(strings.Fields(ui.Escaped(strings.Map(blankBreaks, s))), " "), runes)
}

func blankBreaks(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return ' '
	}
	return r
}

// toneOf is how a severity is drawn. What asks somebody to think again has a sign of its own.
func toneOf(s review.Severity, c review.Category) string {
	switch {
	case c == review.CategoryBias:
		return "think"
	case s == "":
		return "blind"
	}
	return string(s)
}

func severityWord(s review.Severity, c review.Category) string {
	if c == review.CategoryBias {
		return text.Say("Think")
	}
	switch s {
	case review.SeverityCritical:
		return text.Say("Critical")
	case review.SeverityHigh:
		return text.Say("High")
	case review.SeverityMedium:
		return text.Say("Medium")
	case "":
		return text.Say("Blind") // the reader is to judge without it
	default:
		return text.Say("Low")
	}
}

// words turns an identifier into words: "high_risk_topic" → "high risk topic".
func words(id string) string { return strings.ReplaceAll(id, "_", " ") }

func title(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + s[size:]
}

// kindWord names a kind to a reviewer. A control looks like what it was made from: knowing it would spoil the answer.
func kindWord(k review.ItemKind) string {
	switch shownKind(k) {
	case review.KindIntervention:
		return text.Say("Intervention")
	case review.KindAudit:
		return text.Say("Audit sample")
	default:
		return text.Say("Interaction")
	}
}

// shownKind hides that an Item is a control.
func shownKind(k review.ItemKind) review.ItemKind {
	if k == review.KindControl {
		return review.KindInteraction
	}
	return k
}

func stateWord(s review.ItemState) string {
	switch s {
	case review.StateEscalated:
		return text.Say("Escalated")
	case review.StateDecided:
		return text.Say("Decided")
	case review.StateSnoozed:
		return text.Say("Snoozed")
	case review.StateSettling:
		return text.Say("Settling")
	default:
		return text.Say("Waiting")
	}
}

// verdictWord says what the guard did, for people.
func verdictWord(v review.Verdict) string {
	switch v {
	case review.VerdictBlock:
		return text.Say("Block")
	case review.VerdictFlag:
		return text.Say("Flag")
	default:
		return text.Say("Allow")
	}
}

func verdictTone(v review.Verdict) string {
	switch v {
	case review.VerdictBlock:
		return "high"
	case review.VerdictFlag:
		return "medium"
	default:
		return "good"
	}
}

// judged says what a person decided, in the past tense and in the words of the kind.
func judged(j review.Judgement, kind review.ItemKind) string {
	switch {
	case j == review.JudgeEscalate:
		return text.Say("Escalated")
	case kind == review.KindIntervention && j == review.JudgeApprove:
		return text.Say("Sent")
	case kind == review.KindIntervention:
		return text.Say("Dropped")
	case j == review.JudgeApprove:
		return text.Say("Approved")
	default:
		return text.Say("Blocked")
	}
}

func judgedTone(j review.Judgement) string {
	switch j {
	case review.JudgeApprove:
		return "good"
	case review.JudgeBlock:
		return "high"
	default:
		return "medium"
	}
}

func initials(u review.User) string {
	var out []rune
	for _, part := range strings.Fields(nameOf(u)) {
		out = append(out, []rune(strings.ToUpper(part))[0])
	}
	if len(out) > 2 {
		out = []rune{out[0], out[len(out)-1]}
	}
	return string(out)
}

func nameOf(u review.User) string {
	if u.Name != "" {
		return u.Name
	}
	return u.Email
}

func roleWord(r review.Role) string {
	switch r {
	case review.RoleViewer:
		return text.Say("Viewer")
	case review.RoleAnalyst:
		return text.Say("Analyst")
	case review.RoleLead:
		return text.Say("Lead")
	case review.RoleAuditor:
		return text.Say("Auditor")
	case review.RoleAdmin:
		return text.Say("Admin")
	}
	return title(string(r))
}
