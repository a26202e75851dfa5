package behavior

import "math"

// keep is how much a baseline remembers from one window to the next.
const keep = 0.95

// keepShort is the same for half minutes: it can reach 50.
const keepShort = 0.98

// leastWindows is the effective number of windows from which a baseline counts as known. At keep .95 it can reach 20.
const leastWindows = 6

// running is the decayed mean and variance of one figure over windows, by Welford's recurrence.
type running struct{ Weight, Mean, M2 float32 }

func (r *running) fold(x float64) { r.foldKeeping(x, keep) }

// foldKeeping folds with another memory.
func (r *running) foldKeeping(x, keep float64) {
	weight := keep*float64(r.Weight) + 1
	delta := x - float64(r.Mean)
	mean := float64(r.Mean) + delta/weight
	r.M2 = float32(keep*float64(r.M2) + delta*(x-mean))
	r.Weight, r.Mean = float32(weight), float32(mean)
}

func (r *running) variance() float64 {
	if r.Weight < 2 {
		return 0
	}
	return max(0, float64(r.M2)/float64(r.Weight-1))
}

// known tells whether enough windows were seen.
func (r *running) known() bool { return r.Weight >= leastWindows }

// share is a decayed Beta belief about how often something happens.
type share struct{ Yes, No float64 }

func (s *share) fold(yes, of float64) {
	s.Yes = keep*s.Yes + yes
	s.No = keep*s.No + of - yes
}

// known tells whether enough was seen.
func (s share) known() bool { return s.Yes+s.No >= 5*leastEvents }

func (s share) rate() float64 { return (s.Yes + 0.5) / (s.Yes + s.No + 1) }

// level is what is usual of a quantity: how its means vary from window to window, and how its values vary within one.
type level struct {
	Means   running
	Within  float32 // variance
	Inverse float32 // of how many values a window had
}

func (l *level) fold(m moments) {
	if m.N == 0 {
		return
	}
	l.Means.fold(m.mean())
	forget := float32(1 / l.Means.Weight)
	l.Inverse += forget * (1/m.N - l.Inverse)
	if m.N > 1 {
		l.Within += forget * (float32(m.variance()) - l.Within)
	}
}

// tail is the p-value of a mean as high as this, and how many times the usual it is. The means of windows vary because
// habits do and because windows are small; only the first counts again for a window of another size. Each of these variances
// is an estimate, the first from few windows: Student's t, with Welch's degrees of freedom for their sum.
func (l *level) tail(m moments) (p, ratio float64) {
	distance := m.mean() - float64(l.Means.Mean)
	windows := max(2, float64(l.Means.Weight))
	habits := max(0, l.Means.variance()-float64(l.Within*l.Inverse))
	within := float64(l.Within) / float64(m.N)
	unsure := l.Means.variance() / windows
	sum := habits + within + unsure + 1e-4
	values := max(1, windows*(1/max(float64(l.Inverse), 1e-3)-1)) // that the variance within windows was estimated from
	freedom := sum * sum / ((habits+unsure)*(habits+unsure)/(windows-1) + within*within/values + 1e-12)
	return studentTail(distance/math.Sqrt(sum), freedom), math.Exp(distance)
}

// baseline is what is usual of a user or an App.
type baseline struct {
	Short, Long  running // requests in half a minute, and in five
	Levels       [quantities]level
	Newest       [quantities]moments // of the window that ended last, which Levels know nothing of yet
	Errors       share
	Refusals     share
	ToolFailures share
	Triggered    share
	Nameless     share
	NewUsers     running
}

// fold adds a window that is over.
func (b *baseline) fold(t *tally) {
	requests := float64(t.Requests)
	b.Long.fold(float64(t.rated()))
	b.foldLevels(t)
	b.Errors.fold(float64(t.Errors), requests)
	b.Refusals.fold(float64(t.Refusals), requests)
	b.ToolFailures.fold(float64(t.ToolFailures), float64(t.ToolCalls))
	b.Triggered.fold(float64(t.Triggered), requests)
	b.Nameless.fold(float64(t.Nameless), requests)
	b.NewUsers.fold(float64(t.NewUsers))
}

// foldLevels is one window late: what slides over five minutes may still lie in the window that ended last, and what is held
// against itself looks usual, and its change looks like a habit.
func (b *baseline) foldLevels(t *tally) {
	for q := range b.Levels {
		b.Levels[q].fold(b.Newest[q])
	}
	b.Newest = t.Quantities
}
