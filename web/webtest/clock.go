package webtest

import (
	"sync/atomic"
	"time"
)

// Clock is the site's time: the real one, moved on by as much as the test says, so
// that nobody has to wait for a lease or an undo window to end.
type Clock struct{ ahead atomic.Int64 }

// NewClock returns a clock that shows the real time.
func NewClock() *Clock { return &Clock{} }

// Now returns the site's time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }
