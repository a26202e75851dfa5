package behavior

import (
	"math"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// The sliding window: five minutes in buckets of ten seconds, and its newest half minute.
const (
	bucketSpan    = 10 * time.Second
	windowBuckets = 30
	shortBuckets  = 3
)

// slot numbers buckets from 1970 on.
type slot int64

func slotOf(at time.Time) slot { return slot(at.Unix() / int64(bucketSpan/time.Second)) }

// start is when the bucket begins.
func (s slot) start() time.Time { return time.Unix(int64(s)*int64(bucketSpan/time.Second), 0).UTC() }

// categories lists what guard triggers are counted by.
var categories = [...]review.Category{
	review.CategoryInjection, review.CategoryExfil, review.CategoryToxicity, review.CategorySecret, review.CategoryPII,
	review.CategoryTool, review.CategoryOutput, review.CategoryInput, review.CategoryTopic,
}

// tally is what happened in a span of time.
type tally struct {
	Requests, Errors, Refusals uint32
	Triggered                  uint32 // Interactions that the guard flagged or blocked
	ToolCalls, ToolFailures    uint32
	NewUsers                   uint32
	Nameless                   uint32 // of nobody in particular
	Steady                     uint32 // of clients that are held against their own evenness; only an App has some
	ByCategory                 [len(categories)]uint16
	Quantities                 [quantities]moments
}

// moments sums values and their squares.
type moments struct{ N, Sum, Squares float32 }

func (m *moments) add(x float64) {
	if math.IsNaN(x) {
		return
	}
	m.N++
	m.Sum += float32(x)
	m.Squares += float32(x * x)
}

func (m *moments) merge(o moments) {
	m.N += o.N
	m.Sum += o.Sum
	m.Squares += o.Squares
}

// mean is NaN when nothing was added.
func (m moments) mean() float64 { return float64(m.Sum) / float64(m.N) }

// variance is that of the values around their mean.
func (m moments) variance() float64 {
	if m.N < 2 {
		return 0
	}
	mean := m.mean()
	return max(0, (float64(m.Squares)-float64(m.N)*mean*mean)/float64(m.N-1))
}

// rated is how many requests a rate is told from: a steady client that begins its work is no news about the App.
func (t *tally) rated() uint32 { return t.Requests - t.Steady }

// count adds one event.
func (t *tally) count(e *event) {
	t.Requests++
	if e.Failed {
		t.Errors++
	}
	if e.Refused {
		t.Refusals++
	}
	if e.User == "" {
		t.Nameless++
	}
	if len(e.Categories) > 0 {
		t.Triggered++
	}
	t.ToolCalls += uint32(len(e.Tools))
	t.ToolFailures += uint32(e.ToolFailures)
	for i, c := range categories {
		for _, found := range e.Categories {
			if c == found && t.ByCategory[i] < math.MaxUint16 {
				t.ByCategory[i]++
			}
		}
	}
	for q := range t.Quantities {
		t.Quantities[q].add(e.Values[q])
	}
}

func (t *tally) merge(o *tally) {
	t.Requests += o.Requests
	t.Errors += o.Errors
	t.Refusals += o.Refusals
	t.Triggered += o.Triggered
	t.ToolCalls += o.ToolCalls
	t.ToolFailures += o.ToolFailures
	t.NewUsers += o.NewUsers
	t.Nameless += o.Nameless
	t.Steady += o.Steady
	for i := range t.ByCategory {
		t.ByCategory[i] = uint16(min(uint32(t.ByCategory[i])+uint32(o.ByCategory[i]), math.MaxUint16))
	}
	for q := range t.Quantities {
		t.Quantities[q].merge(o.Quantities[q])
	}
}

// window is the buckets of the last five minutes in which something happened, oldest first.
type window struct{ Buckets []bucket }

type bucket struct {
	At    slot
	Tally tally
}

// at returns the bucket of a slot and forgets those that have left the window; nil when the slot itself lies before it.
func (w *window) at(s slot) *bucket {
	n := len(w.Buckets)
	if n > 0 && s < w.Buckets[n-1].At {
		return w.earlier(s)
	}
	if n > 0 && s == w.Buckets[n-1].At {
		return &w.Buckets[n-1]
	}
	gone := 0
	for gone < n && w.Buckets[gone].At <= s-windowBuckets {
		gone++
	}
	w.Buckets = append(w.Buckets[:0], w.Buckets[gone:]...)
	w.Buckets = append(w.Buckets, bucket{At: s})
	return &w.Buckets[len(w.Buckets)-1]
}

// earlier returns the bucket of a slot that is not the newest: events may come a little out of order.
func (w *window) earlier(s slot) *bucket {
	newest := w.Buckets[len(w.Buckets)-1].At
	if s <= newest-windowBuckets {
		return nil
	}
	for i := range w.Buckets {
		if w.Buckets[i].At == s {
			return &w.Buckets[i]
		}
		if w.Buckets[i].At > s {
			w.Buckets = append(w.Buckets, bucket{})
			copy(w.Buckets[i+1:], w.Buckets[i:])
			w.Buckets[i] = bucket{At: s}
			return &w.Buckets[i]
		}
	}
	return nil
}

// last sums the newest n buckets' time, which ends with the newest event.
func (w *window) last(n slot) (t tally) {
	if len(w.Buckets) == 0 {
		return t
	}
	from := w.Buckets[len(w.Buckets)-1].At - n
	for i := len(w.Buckets) - 1; i >= 0 && w.Buckets[i].At > from; i-- {
		t.merge(&w.Buckets[i].Tally)
	}
	return t
}
