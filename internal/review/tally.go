package review

import (
	"math"
	"time"
)

// TallyWindow is how far back the pages about detectors count: today (UTC) and the
// days before it.
const TallyWindow = 7 * 24 * time.Hour

// tallySince is the moment from whose day on tallies count, so that the window has
// seven days with today.
func tallySince(now time.Time) time.Time { return now.Add(24*time.Hour - TallyWindow) }

// TallyFloor is how many Decisions there must be before a rate is shown: below it the
// interval is too wide to act on.
const TallyFloor = 20

// DetectorTally counts, over days of creation, what one Detector found and what
// analysts made of it. Undone Decisions do not count.
type DetectorTally struct {
	Detector     string
	Interactions int // with a Finding of it, whether or not an Item came of them
	Items        int // among them, audit samples and Interventions included
	// Decisions on Items that the guard flagged or blocked, or on Interventions.
	Approved int // let through, or sent
	Blocked  int // confirmed, or dropped
	// Overturned are the Decisions that contradict the guard: approved Interactions
	// and dropped Interventions.
	Overturned int
}

// Decided is how many Decisions approve or block.
func (t DetectorTally) Decided() int { return t.Approved + t.Blocked }

// OverturnRate is the share of Decisions that contradict the guard, nil where there
// are too few to say anything.
func (t DetectorTally) OverturnRate() *Proportion {
	if t.Decided() < TallyFloor {
		return nil
	}
	p := wilson(t.Overturned, t.Decided())
	return &p
}

// Proportion is an estimated share with its 95 % interval; all three are in [0,1].
type Proportion struct {
	Rate, Lower, Upper float64
}

// wilson is the score interval for n of N (Wilson 1927), which keeps its promise near
// 0 and 1 and for few observations. total must be positive.
func wilson(hits, total int) Proportion {
	const z = 1.959963984540054 // of 95 %
	n := float64(total)
	rate := float64(hits) / n
	centre := (rate + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(rate*(1-rate)/n+z*z/(4*n*n))
	return Proportion{rate, max(0, centre-half), min(1, centre+half)}
}
