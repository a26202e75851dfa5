package behavior

import (
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// parts is how many slots a span is cut into. What is counted is dropped a whole slot at a time and only when all of the slot
// is older than the span: so never more than the bound is within any span, and at most a twelfth of the span less than could be.
const parts = 12

// slotAt numbers the slot of a time; months are numbered as such.
func slotAt(now time.Time, span time.Duration) int64 {
	if span == 0 {
		return int64(now.UTC().Year())*12 + int64(now.UTC().Month()) - 1
	}
	return now.UnixMilli() / slotMillis(span)
}

func slotMillis(span time.Duration) int64 { return max(1, span.Milliseconds()/parts) }

// counted is how many slots before the present one count with it.
func counted(span time.Duration) int64 {
	if span == 0 {
		return 0
	}
	return parts
}

// untilOver is how long it takes until a slot no longer counts.
func untilOver(slot int64, now time.Time, span time.Duration) time.Duration {
	if span == 0 {
		next := time.Date(int(slot/12), time.Month(slot%12)+2, 1, 0, 0, 0, 0, time.UTC)
		return next.Sub(now)
	}
	return time.UnixMilli((slot + parts + 1) * slotMillis(span)).Sub(now)
}

// counter holds the slots of one key, as a ring by their number.
type counter struct {
	span    time.Duration
	newest  int64
	amounts [parts + 1]int64
}

// advance drops what is over. Time that goes back counts into the newest slot.
func (c *counter) advance(slot int64) int64 {
	if gone := slot - c.newest; gone > 0 {
		for i := range min(gone, int64(len(c.amounts))) {
			c.amounts[(slot-i)%int64(len(c.amounts))] = 0
		}
		if c.span == 0 {
			c.amounts = [parts + 1]int64{} // another month begins at nothing
		}
		c.newest = slot
	}
	return c.newest
}

func (c *counter) at(slot int64) *int64 { return &c.amounts[slot%int64(len(c.amounts))] }

func (c *counter) sum() (n int64) {
	for _, a := range c.amounts {
		n += a
	}
	return n
}

// reset is how long it takes until the amount fits.
func (c *counter) reset(now time.Time, most, amount int64) time.Duration {
	over := c.sum() + amount - most
	for slot := c.newest - counted(c.span); slot <= c.newest; slot++ {
		if over -= *c.at(slot); over <= 0 {
			return untilOver(slot, now, c.span)
		}
	}
	return untilOver(c.newest, now, c.span) // it never fits: not before all of it is over, at least
}

// book is what is counted of one App.
type book struct {
	mu       sync.Mutex
	counters map[string]*counter
}

// most counters that are kept of one App: some 20 MB for each hundred thousand.
const maxCounters = 400_000

// Ledger counts Charges in memory. It is a review.Ledger.
type Ledger struct {
	mu    sync.Mutex
	books map[string]*book
}

// NewLedger makes a Ledger that has counted nothing.
func NewLedger() *Ledger { return &Ledger{books: map[string]*book{}} }

func (l *Ledger) book(appID string) *book {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.books[appID]
	if b == nil {
		b = &book{counters: map[string]*counter{}}
		l.books[appID] = b
	}
	return b
}

// Take implements review.Ledger; one process is always together with itself.
func (l *Ledger) Take(appID string, now time.Time, charges []review.Charge, _ bool) ([]review.Level, bool, error) {
	b := l.book(appID)
	b.mu.Lock()
	defer b.mu.Unlock()
	levels := make([]review.Level, len(charges))
	taken := true
	for i, ch := range charges {
		c := b.counter(ch.Key, ch.Span, now)
		levels[i] = review.Level{Slot: c.advance(slotAt(now, ch.Span)), Used: c.sum(), Fits: true}
		if levels[i].Used+ch.Amount > ch.Most {
			levels[i].Fits = false
			levels[i].Reset = c.reset(now, ch.Most, ch.Amount)
			taken = taken && ch.Forced
		}
	}
	if !taken {
		return levels, false, nil
	}
	for i, ch := range charges {
		*b.counters[ch.Key].at(levels[i].Slot) += ch.Amount
		levels[i].Used += ch.Amount
	}
	return levels, true, nil
}

func (b *book) counter(key string, span time.Duration, now time.Time) *counter {
	if c := b.counters[key]; c != nil {
		return c
	}
	if len(b.counters) >= maxCounters {
		b.evict(now)
	}
	c := &counter{span: span, newest: slotAt(now, span)}
	b.counters[key] = c
	return c
}

// evict makes room: what is over goes first, then the one of a few that counted least.
func (b *book) evict(now time.Time) {
	least, amount, looked := "", int64(0), 0
	for key, c := range b.counters {
		if c.span == 0 {
			continue
		}
		if c.over(now) {
			delete(b.counters, key)
			return
		}
		if n := c.sum(); looked == 0 || n < amount {
			least, amount = key, n
		}
		if looked++; looked == sample {
			break
		}
	}
	delete(b.counters, least)
}

func (c *counter) over(now time.Time) bool { return slotAt(now, c.span)-c.newest > counted(c.span) }

// Settle implements review.Ledger.
func (l *Ledger) Settle(appID string, now time.Time, settlements []review.Settlement) {
	b := l.book(appID)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range settlements {
		if s.Less < 0 {
			c := b.counter(s.Key, s.Span, now)
			*c.at(c.advance(slotAt(now, s.Span))) -= s.Less
			continue
		}
		if c := b.counters[s.Key]; c != nil && s.Slot <= c.newest && s.Slot >= c.newest-counted(c.span) {
			at := c.at(s.Slot)
			*at = max(0, *at-s.Less)
		}
	}
}

// Spent implements review.Ledger.
func (l *Ledger) Spent(appID, key string, month time.Time, amount int64) {
	b := l.book(appID)
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.counter(key, 0, month)
	slot := slotAt(month, 0)
	if c.advance(slot) == slot {
		*c.at(slot) = max(*c.at(slot), amount)
	}
}

// Prune forgets what no longer counts, and returns how much that was.
func (l *Ledger) Prune(now time.Time) (n int) {
	l.mu.Lock()
	books := make([]*book, 0, len(l.books))
	for _, b := range l.books {
		books = append(books, b)
	}
	l.mu.Unlock()
	for _, b := range books {
		b.mu.Lock()
		for key, c := range b.counters {
			if c.over(now) {
				delete(b.counters, key)
				n++
			}
		}
		b.mu.Unlock()
	}
	return n
}
