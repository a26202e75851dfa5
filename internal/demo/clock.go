package demo

import (
	"sync"
	"time"
)

// Clock is the time of what is played: it is set to a moment of the past and runs on from there as the real one does, so that what takes a
// millisecond takes one. It never goes back, and never ahead of the real clock.
type Clock struct {
	real   func() time.Time
	mu     sync.Mutex
	played time.Time // zero: it is what the real clock says
	since  time.Time // of the real clock, when played was set
}

// NewClock returns a clock that begins at a moment.
func NewClock(real func() time.Time, at time.Time) *Clock {
	return &Clock{real: real, played: at, since: real()}
}

// Now returns the played time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// now is called with the lock held.
func (c *Clock) now() time.Time {
	real := c.real()
	if c.played.IsZero() {
		return real
	}
	if at := c.played.Add(real.Sub(c.since)); at.Before(real) {
		return at
	}
	return real
}

// Set moves the clock forward; a moment that has passed changes nothing.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.now()) {
		c.played, c.since = at, c.real()
	}
}

// Release lets it say what the real clock says from now on.
func (c *Clock) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.played = time.Time{}
}
