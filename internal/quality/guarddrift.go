package quality

import (
	"math"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// GuardDrift follows whether the guard stops more harmless things than usual: a CUSUM over what people decided of what
// it had stopped.
type GuardDrift struct {
	Usual Proportion // wrong flags before the window
	Alarm float64    // the sum from which it is no chance
	Days  []DriftDay
	Since *time.Time // the day from which on the alarm lasts; nil without one
}

// DriftDay is how many wrong flags more than usual there have been up to the end of a day.
type DriftDay struct {
	Day time.Time
	Sum float64
}

// DriftBaseline is how many decisions there must be to know what is usual.
const DriftBaseline = 100

// quietFor is how many decisions pass on average until the alarm is false once.
const quietFor = 20_000

// NewGuardDrift takes what happened before a day for usual and follows the days from it on. Hours come oldest first.
// Nil, and how many decisions there were, when there are too few to know what is usual.
func NewGuardDrift(hours []review.HourTally, from time.Time) (*GuardDrift, int) {
	stopped, overturned := 0, 0
	for _, h := range hours {
		if h.Hour.Before(from) {
			stopped, overturned = stopped+h.Stopped, overturned+h.Overturned
		}
	}
	if stopped < DriftBaseline {
		return nil, stopped
	}
	out := GuardDrift{Usual: NewProportion(overturned, stopped)}
	usual := max(out.Usual.Value, 0.5/float64(stopped)) // none so far is not never
	out.Alarm = alarmAt(usual)
	sum := 0.0
	for _, h := range hours {
		if h.Hour.Before(from) {
			continue
		}
		// Within an hour the order is not known: errors are taken to be spread over it.
		sum = max(0, sum+float64(h.Overturned)-float64(h.Stopped)*(usual+driftSlack))
		out.note(h.Hour.Truncate(24*time.Hour), sum)
	}
	return &out, stopped
}

func (g *GuardDrift) note(day time.Time, sum float64) {
	if n := len(g.Days); n == 0 || !g.Days[n-1].Day.Equal(day) {
		g.Days = append(g.Days, DriftDay{Day: day})
	}
	g.Days[len(g.Days)-1].Sum = sum
	switch {
	case sum < g.Alarm:
		g.Since = nil
	case g.Since == nil:
		g.Since = &day
	}
}

// alarmAt is the sum that a CUSUM of errors, which come with a chance, reaches once in quietFor decisions on average
// (Siegmund 1985, with his correction for the overshoot).
func alarmAt(usual float64) float64 {
	deviation := math.Sqrt(usual * (1 - usual))
	slack := driftSlack / deviation
	run := func(h float64) float64 {
		x := 2 * slack * (h/deviation + 1.166)
		return (math.Exp(x) - x - 1) / (2 * slack * slack)
	}
	h := 1.0
	for run(h) < quietFor {
		h += 0.1
	}
	return h
}
