package views

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/guardroom/guardroom/internal/quality"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// OverviewPage is GET /overview.
type OverviewPage struct {
	Shell
	Data   review.Overview
	People []quality.Person // nil for those who may not see what colleagues do
	Team   quality.Team
	Specs  []review.DetectorSpec
}

// WorkPage is GET /my-work.
type WorkPage struct {
	Shell
	Data review.OwnWork
	Me   quality.Person
	Team quality.Team // of one
}

// ProofPage is GET /policies/{app}/proof.
type ProofPage struct {
	PolicyPage
	Hidden int // decisions that count
	Proofs []quality.Proof
	Risk   quality.Proof // of the thresholds on the risk

	Calibration  *quality.Calibration
	Uncalibrated quality.Refusal // why there is none
}

// WholeRisk is what a form says in place of a detector when it means the risk.
const WholeRisk = "risk"

// figure is one number that matters, with what it was made from.
type figure struct{ label, value, note string }

// overviewFigures are the four that a lead looks at first.
func overviewFigures(ctx context.Context, p OverviewPage) []figure {
	b := p.Data.Backlog
	age := figure{text.T(ctx, "Oldest"), "–", text.T(ctx, "nothing waits")}
	if !b.Since.IsZero() {
		age.value, age.note = span(max(0, p.Now.Sub(b.Since))), text.T(ctx, "since it came")
	}
	return []figure{
		{text.T(ctx, "Waiting"), count(b.Waiting), text.T(ctx, "%s of them late", upTo(b.Overdue))},
		age,
		lateTomorrow(ctx, p),
		wrongFlags(ctx, lately(p)),
	}
}

func upTo(n int) string {
	if n >= review.DueLimit {
		return "≥ " + count(n)
	}
	return count(n)
}

// lateTomorrow is how many items will be late in a day if people go on as in the last one: what is due by then, less
// what they decide.
func lateTomorrow(ctx context.Context, p OverviewPage) figure {
	decided := 0
	for _, h := range p.Data.Hours {
		if p.Now.Sub(h.Hour) <= 24*time.Hour {
			decided += h.Decided
		}
	}
	due := p.Data.Backlog.DueSoon
	return figure{text.T(ctx, "Late by tomorrow"), upTo(max(0, due-decided)),
		text.T(ctx, "%s due within a day, %s decided in the last one", upTo(due), count(decided))}
}

// wrongFlags is the share of what the guard stopped that people let through.
func wrongFlags(ctx context.Context, hours []review.HourTally) figure {
	stopped, overturned := 0, 0
	for _, h := range hours {
		stopped, overturned = stopped+h.Stopped, overturned+h.Overturned
	}
	f := figure{label: text.T(ctx, "Wrong flags"), value: "–"}
	if stopped < review.TallyFloor {
		f.note = text.T(ctx, "not enough yet: %d of %d decisions", stopped, review.TallyFloor)
		return f
	}
	s := quality.NewProportion(overturned, stopped)
	f.value = percent(s.Value)
	f.note = text.T(ctx, "%s of decisions, 7 days", shareRange(s))
	return f
}

// shareRange is an interval.
func shareRange(p quality.Proportion) string {
	return fmt.Sprintf("%.0f–%.0f %%", math.Floor(100*p.Lower), math.Ceil(100*p.Upper))
}

// clockHours is how many decisions fell into each hour of the day, UTC.
func clockHours(hours []review.WorkTally) [24]int {
	var out [24]int
	for _, h := range hours {
		out[h.Hour.Hour()] += h.Decisions
	}
	return out
}

// busiest is the largest of them, 1 at least, so that shares of it are defined.
func busiest(hours [24]int) int { return max(1, slices.Max(hours[:])) }

// notEnough says how much there is of how much it takes.
func notEnough(ctx context.Context, have, floor int) string {
	return text.T(ctx, "not enough yet: %d of %d", have, floor)
}

func lookedWord(ctx context.Context, p quality.Person) string {
	switch {
	case p.Looked != nil:
		return intervalWord(*p.Looked, 1) + " s"
	case p.Timed < quality.PaceFloor:
		return notEnough(ctx, p.Timed, quality.PaceFloor)
	}
	return text.T(ctx, "not enough yet: %d of %d hours", p.Hours, quality.PaceHours)
}

func agreementWord(ctx context.Context, p quality.Person) string {
	if p.Agreement == nil {
		return notEnough(ctx, p.Opinions, quality.AgreementFloor)
	}
	return text.T(ctx, "%d of %d alike; κ %s, AC1 %.2f", p.Agreement.Agreed, p.Agreement.Items, intervalWord(*p.Kappa, 2), p.Agreement.AC1)
}

func controlsWord(ctx context.Context, p quality.Person) string {
	if p.Controls == nil {
		return notEnough(ctx, p.Seen, quality.ControlFloor)
	}
	c := p.Controls
	return text.T(ctx, "found %d of %d violations, blocked %d of %d harmless; d′ %s, c %.2f", c.Hits, c.Signals, c.Alarms, c.Noises, intervalWord(c.Sensitivity, 2), c.Bias)
}

func switchedWord(ctx context.Context, p quality.Person) string {
	if p.Switched == nil {
		return notEnough(ctx, p.Blind, quality.BlindFloor)
	}
	return text.T(ctx, "went over to the guard in %d of %d, %s", p.Switched.K, p.Switched.N, shareRange(*p.Switched))
}

// intervalWord is an estimate with its interval: "12.5 (8.1–18.0)".
func intervalWord(i quality.Interval, digits int) string {
	f := func(x float64) string { return strconv.FormatFloat(x, 'f', digits, 64) }
	return f(i.Value) + " (" + f(i.Lower) + "–" + f(i.Upper) + ")"
}

// longSitting is how much focused time in two hours makes a break worth a word.
const longSitting = 90 * time.Minute

// sitting is how long somebody has looked at items in this hour and the one before.
func sitting(now time.Time, hours []review.WorkTally) time.Duration {
	var sum time.Duration
	for _, h := range hours {
		if now.Sub(h.Hour) < 2*time.Hour {
			sum += h.Focused
		}
	}
	return sum
}

// tired tells whether errors on controls have piled up lately.
func tired(told []review.Telling) bool {
	m := quality.MistakesOf(told)
	return m != nil && m.Piling
}

// proofWord is a suggested threshold, or why there is none.
func proofWord(ctx context.Context, s *quality.Suggestion, why quality.Refusal) string {
	switch {
	case s != nil:
		return text.T(ctx, "from %s: %d of %d harmless, at most %.2f %%; finds %s %% of violations", score(s.Threshold), s.FalsePositives, s.Harmless, 100*s.Bound, intervalWord(quality.Interval{
			Value: 100 * s.Recall.Value, Lower: 100 * s.Recall.Lower, Upper: 100 * s.Recall.Upper}, 0))
	case why == quality.TooFewLabels:
		return text.T(ctx, "too few labels")
	case why == quality.TooFewKinds:
		return text.T(ctx, "too few labels of one kind")
	default:
		return text.T(ctx, "no threshold is proved yet")
	}
}

func severityName(ctx context.Context, s review.Severity) string {
	switch s {
	case review.SeverityCritical:
		return text.T(ctx, "Critical")
	case review.SeverityHigh:
		return text.T(ctx, "High")
	case review.SeverityMedium:
		return text.T(ctx, "Medium")
	default:
		return text.T(ctx, "Low")
	}
}

func pointTime(at time.Time, daily bool) string {
	if daily {
		return at.UTC().Format("2006-01-02")
	}
	return at.UTC().Format("2006-01-02 15:04")
}
