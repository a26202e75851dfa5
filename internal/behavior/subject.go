package behavior

import (
	"math"
	"time"
)

// subject is who is watched: a user of an App, or an App as a whole.
type subject struct {
	Window   window
	Base     baseline
	Arrivals arrivals

	Open      tally // of the five minutes of the clock that are not over
	OpenAt    int64 // their number since 1970
	HalfAt    int64 // the same for half a minute
	HalfCount uint32

	Fired [detectorCount]slot // when each detector last spoke of it
}

// advance folds what is over into the baseline. empty tells whether windows in which nothing came count, too: an App
// that is silent at night is silent; a user who is away has no rate at all.
func (s *subject) advance(now slot, empty bool) (closed bool) {
	if half := int64(now) / shortBuckets; half > s.HalfAt {
		if s.HalfCount > 0 {
			s.Base.Short.foldKeeping(float64(s.HalfCount), keepShort)
		}
		s.HalfAt, s.HalfCount = half, 0
	}
	at := int64(now) / windowBuckets
	if at <= s.OpenAt {
		return false
	}
	if s.OpenAt > 0 {
		closed = true
		s.Base.fold(&s.Open)
		if empty {
			s.silent(at - s.OpenAt - 1)
		}
	}
	s.Open, s.OpenAt = tally{}, at
	return closed
}

// silent folds windows without anything; after a hundred the past is forgotten anyway.
func (s *subject) silent(windows int64) {
	for range min(windows, 100) {
		s.Base.Long.fold(0)
	}
}

// kind is what an App knows of who an event comes from.
type kind struct{ new, steady bool }

// add counts an event; false when it comes too late to say anything about now.
func (s *subject) add(e *event, now slot, by kind, room int) bool {
	b := s.Window.at(now)
	if b == nil {
		return false
	}
	for _, t := range []*tally{&b.Tally, &s.Open} {
		t.count(e)
		if by.new {
			t.NewUsers++
		}
		if by.steady {
			t.Steady++
		}
	}
	if !by.steady {
		s.HalfCount++
		s.Arrivals.add(e.At, room)
	}
	return true
}

// user is one end user of one App.
type user struct {
	subject
	Last   slot
	Topic  topics
	Probes probes

	Fastest float32 // logarithm of the seconds that sixteen prompts took at least; 0 when they never were one sitting
}

// appState is an App with everything that only makes sense over all of its users.
type appState struct {
	subject
	Since  slot // of its first event
	Users  uint32
	Weekly [7 * 24]running // requests in five minutes, by hour of the week (UTC)
	Hours  hours
	Topic  topics
	Tools  sequences
	Calls  signatures
	Busy   running // requests in five minutes in which there were any
	Paces  paces
	Raw    [quantities]running // of all values, slowly
}

func hourOfWeek(s slot) int {
	at := s.start()
	return int(at.Weekday())*24 + at.Hour()
}

// advance also keeps the profile of the week and the hours of the day.
func (a *appState) advance(now slot) {
	over, at := a.Open.rated(), a.OpenAt
	if a.subject.advance(now, true) {
		a.Weekly[hourOfWeek(slot(at*windowBuckets))].fold(float64(over))
		if over > 0 {
			a.Busy.fold(float64(over))
		}
	}
	a.Hours.advance(now)
}

// hours is the moving baseline of the last day: requests of each of the 24 hours before the one that is open. Of the week
// before only the busiest hour of each day is kept, so that a Monday is not held against a Sunday alone.
type hours struct {
	Counts  [24]uint32
	Filled  int
	Busiest [7]uint32 // by day, the present one first
	Current uint32
	At      int64 // the open hour, since 1970
}

func (h *hours) advance(now slot) {
	at := now.start().Unix() / int64(time.Hour/time.Second)
	if h.At == 0 {
		h.At = at
	}
	for range min(at-h.At, int64(len(h.Counts)*len(h.Busiest))) {
		h.Busiest[0] = max(h.Busiest[0], h.Current)
		copy(h.Counts[1:], h.Counts[:])
		h.Counts[0] = h.Current
		h.Filled = min(h.Filled+1, len(h.Counts))
		h.Current = 0
		if h.At++; h.At%24 == 0 {
			copy(h.Busiest[1:], h.Busiest[:])
			h.Busiest[0] = 0
		}
	}
	h.At = max(h.At, at)
}

// usual is the mean and the variance of the hours before, and the most of them and of the week.
func (h *hours) usual() (mean, variance float64, most uint32) {
	for _, n := range h.Counts[:h.Filled] {
		mean += float64(n) / float64(h.Filled)
		most = max(most, n)
	}
	for _, n := range h.Counts[:h.Filled] {
		variance += (float64(n) - mean) * (float64(n) - mean) / float64(max(1, h.Filled-1))
	}
	for _, n := range h.Busiest {
		most = max(most, n)
	}
	return mean, variance, most
}

// rawKeep is how slowly what is usual of an App's values is learned: over some two thousand.
const rawKeep = 0.9995

// relative turns the values of an event into how far they are from what is usual of its user, or of the App where the user is
// not known: whether an App as a whole changes does not depend on who happens to be there.
func (a *appState) relative(e *event, u *user) (out [quantities]float64) {
	for q, x := range e.Values {
		out[q] = x - float64(a.Raw[q].Mean)
		if u != nil && u.Base.Levels[q].Means.Weight >= 1 {
			out[q] = x - float64(u.Base.Levels[q].Means.Mean)
		}
		if !math.IsNaN(x) {
			a.Raw[q].foldKeeping(x, rawKeep)
		}
	}
	return out
}
