package behavior

import (
	"math"
	"time"
)

// arrivals are the times of a subject's last events, in tenths of a second, so that how fast they come can be seen from any
// event to the present one and not only where buckets end. Differences of wrapped numbers are right for thirteen years.
type arrivals struct {
	Times []uint32 // a ring
	Next  uint32   // how many there were
}

// How many arrivals are kept, and from how many back a rate is told.
const (
	userArrivals = 24
	appArrivals  = 64
)

var userSpans, appSpans = []int{paceOf, userArrivals}, []int{32, appArrivals}

func (a *arrivals) add(at time.Time, room int) {
	now := uint32(at.UnixMilli() / 100)
	if a.Times == nil {
		a.Times = make([]uint32, room)
	}
	if n := len(a.Times); a.Next > 0 && int32(now-a.Times[(a.Next-1)%uint32(n)]) < 0 {
		now = a.Times[(a.Next-1)%uint32(n)] // events come a little out of order: time stands still
	}
	a.Times[a.Next%uint32(len(a.Times))] = now
	a.Next++
}

// span is the seconds that the last n events took; false when there were not as many.
func (a *arrivals) span(n int) (seconds float64, ok bool) {
	if a.Next < uint32(n) || n > len(a.Times) {
		return 0, false
	}
	size := uint32(len(a.Times))
	took := a.Times[(a.Next-1)%size] - a.Times[(a.Next-uint32(n))%size]
	return math.Max(float64(took)/10, 0.1), true
}

// paceOf is how many prompts a person's pace is told from.
const paceOf = 16

// paceKeep is how much of what is known of the pace of an App's users remains with each that is learned: some fifty.
const paceKeep = 0.98

// inSession is within what sixteen prompts of somebody are one sitting and say something about their pace.
const inSession = 15 * time.Minute

// paces is how long sixteen prompts of one user take, over all users of an App, on a logarithmic scale: how fast people
// are, by which somebody can be judged who has no past. Clients that are steady are no people.
type paces struct {
	Log     running
	Fastest float32 // of late; it comes back to the mean as time goes by
}

const (
	readingTime = 2.8  // seconds for a prompt and its answer, at least
	leastPaces  = 25   // from how many the fastest says something
	fastestBack = 0.01 // of the way to the mean, with each that is learned
	muchFaster  = math.Ln2
)

// learn folds in a user's pace after each sixteen of their prompts. One that is too fast is learned only of somebody who has a
// past: they are like that.
func (p *paces) learn(u *user) {
	if u.Arrivals.Next%paceOf != 0 {
		return
	}
	took, ok := u.Arrivals.span(paceOf)
	if !ok || took > inSession.Seconds() || p.tooFast(took) && !u.Base.Long.known() {
		return
	}
	log := float32(math.Log(took))
	if u.Fastest == 0 || log < u.Fastest {
		u.Fastest = log
	}
	p.Log.foldKeeping(float64(log), paceKeep)
	if p.Log.Weight <= 1 {
		p.Fastest = p.Log.Mean
	}
	p.Fastest += fastestBack * (p.Log.Mean - p.Fastest)
	p.Fastest = min(p.Fastest, log)
}

// tooFast tells whether sixteen prompts came much faster than the fastest of late, and faster than people read answers. How
// paces are spread is no help: some people are ten times as fast as others.
func (p *paces) tooFast(seconds float64) bool {
	return seconds < paceOf*readingTime && p.Log.Weight >= leastPaces && math.Log(seconds) < float64(p.Fastest)-muchFaster
}
