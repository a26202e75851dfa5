package review

import (
	"context"
	"math"
	"slices"
	"time"
)

// AlertReading is what a rule sees of one subject.
type AlertReading struct {
	Subject string // the detector, for a rule on several
	UserID  string // of a rule about users
	Value   float64
	Limit   float64 // what the value is held against
	Known   bool    // there was enough to say anything
	Fires   bool
}

// gauge reads the metrics of one App at one time, each from the store once.
type gauge struct {
	store  Reader
	app    App
	now    time.Time
	hours  []ConductHour // of the baseline and since, without gaps, oldest first; the last one is running
	failed map[string]int
	budget *BudgetState
}

func newGauge(store Reader, app App, now time.Time) *gauge {
	return &gauge{store: store, app: app, now: now}
}

// read returns what a rule sees; at least of the subjects that are given.
func (g *gauge) read(ctx context.Context, r AlertRule, subjects []string) ([]AlertReading, error) {
	switch {
	case r.PerUser:
		return g.readUsers(ctx, r, subjects)
	case r.Metric == AlertFailures:
		return g.failures(ctx, r, subjects)
	case r.Metric.Hourly():
		if err := g.loadHours(ctx); err != nil {
			return nil, err
		}
		return ifKnown(g.hourly(r)), nil
	}
	value, known, err := g.level(ctx, r.Metric)
	if err != nil {
		return nil, err
	}
	return ifKnown(r.hold(AlertReading{Value: value, Known: known})), nil
}

// UserFigure is a metric of one user.
type UserFigure struct {
	UserID string
	Value  float64
}

// readUsers returns the users who are beyond a rule about users, the furthest first, no more than it may have Alerts of; and those
// who are given and no longer beyond. One of whom nothing is known is not beyond: they have gone.
func (g *gauge) readUsers(ctx context.Context, r AlertRule, users []string) ([]AlertReading, error) {
	since := g.now.Truncate(time.Hour).Add(-time.Hour)
	beyond, err := g.store.UsersBeyond(ctx, g.app.ID, r.Metric, since, r.Threshold, MaxAlertUsers+len(users))
	if err != nil {
		return nil, err
	}
	var out []AlertReading
	room := MaxAlertUsers - len(users)
	for _, u := range beyond {
		if i := slices.Index(users, u.UserID); i >= 0 {
			users = slices.Delete(slices.Clone(users), i, i+1)
		} else if room--; room < 0 {
			continue
		}
		out = append(out, AlertReading{UserID: u.UserID, Value: u.Value, Limit: r.Threshold, Known: true, Fires: true})
	}
	for _, id := range users {
		out = append(out, AlertReading{UserID: id, Limit: r.Threshold, Known: true})
	}
	return out, nil
}

func ifKnown(r AlertReading) []AlertReading {
	if !r.Known {
		return nil
	}
	return []AlertReading{r}
}

// hold holds a value against the rule's threshold.
func (r AlertRule) hold(x AlertReading) AlertReading {
	x.Limit = r.Threshold
	x.Fires = x.Known && (r.Condition == AlertAbove && x.Value > x.Limit || r.Condition == AlertBelow && x.Value < x.Limit)
	return x
}

// level is how something stands now.
func (g *gauge) level(ctx context.Context, m AlertMetric) (value float64, known bool, err error) {
	apps := []string{g.app.ID}
	switch m {
	case AlertQueueAge:
		oldest, err := g.store.OldestOpen(ctx, apps, "")
		if err != nil || oldest.IsZero() {
			return 0, err == nil, err
		}
		return g.now.Sub(oldest).Minutes(), true, nil
	case AlertQueueOpen:
		counts, err := g.store.Counts(ctx, apps)
		return float64(counts.Of(StateOpen)), err == nil, err
	case AlertQueueOverdue:
		n, err := g.store.DueBefore(ctx, apps, g.now, overdueCounted)
		return float64(n), err == nil, err
	case AlertDead:
		n, err := g.store.AbandonedDeliveries(ctx, g.app.ID, g.now.Add(-24*time.Hour))
		return float64(n), err == nil, err
	default:
		return g.ofBudget(ctx, m)
	}
}

// overdueCounted is how far overdue Items are counted.
const overdueCounted = 10_000

func (g *gauge) ofBudget(ctx context.Context, m AlertMetric) (value float64, known bool, err error) {
	if g.budget == nil {
		policy, err := g.store.ActivePolicy(ctx, g.app.ID)
		if err != nil {
			return 0, false, err
		}
		state, err := budgetOf(ctx, g.store, g.app.ID, policy, g.now)
		if err != nil {
			return 0, false, err
		}
		g.budget = &state
	}
	if g.budget.Rules.Monthly <= 0 {
		return 0, false, nil
	}
	spent := g.budget.Spent
	if m == AlertForecast {
		spent = g.budget.Forecast
	}
	return 100 * float64(spent) / float64(g.budget.Rules.micros()), true, nil
}

// loadHours reads the hours, with those in which nothing happened.
func (g *gauge) loadHours(ctx context.Context) error {
	if g.hours != nil {
		return nil
	}
	running := g.now.Truncate(time.Hour)
	rows, err := g.store.ConductHours(ctx, g.app.ID, "", running.Add(-alertBaseline-time.Hour))
	if err != nil {
		return err
	}
	first := running.Add(-time.Hour)
	if len(rows) > 0 && rows[0].Hour.Before(first) {
		first = rows[0].Hour
	}
	for at := first; !at.After(running); at = at.Add(time.Hour) {
		h := ConductHour{AppID: g.app.ID, Hour: at}
		for len(rows) > 0 && !rows[0].Hour.After(at) {
			h.Add(rows[0])
			rows = rows[1:]
		}
		g.hours = append(g.hours, h)
	}
	return nil
}

// running is the hour that is not over, last the one before it.
func (g *gauge) running() ConductHour { return g.hours[len(g.hours)-1] }
func (g *gauge) last() ConductHour    { return g.hours[len(g.hours)-2] }

func (g *gauge) both() ConductHour {
	h := g.last()
	h.Add(g.running())
	return h
}

// of is the metric's value of an hour; false when the hour says nothing about it.
func (m AlertMetric) of(h ConductHour) (float64, bool) {
	share := func(n int) (float64, bool) {
		if h.Requests < alertLeastEvents {
			return 0, false
		}
		return 100 * float64(n) / float64(h.Requests), true
	}
	switch m {
	case AlertRequests:
		return float64(h.Requests), true
	case AlertTokens:
		return float64(h.TokensIn + h.TokensOut), true
	case AlertFlagged:
		return float64(h.Flagged), true
	case AlertUnusual:
		return float64(h.Alarms), true
	case AlertDenied:
		return float64(h.Denied), true
	case AlertCost:
		return float64(h.Cost) / micros, true
	case AlertErrors:
		return share(h.Errors)
	case AlertRefusals:
		return share(h.Refusals)
	default: // AlertLatency
		if h.Timed < alertLeastEvents {
			return 0, false
		}
		return float64(h.Latency.Milliseconds()) / float64(h.Timed), true
	}
}

// hourly reads a metric that every hour has. What is counted is already too much when the running hour is not over, and
// not yet too little; a share, and a mean, are of the running hour and the last one together.
func (g *gauge) hourly(r AlertRule) AlertReading {
	var x AlertReading
	switch {
	case r.Condition == AlertBelow:
		x.Value, x.Known = r.Metric.of(g.last())
	case r.Metric.counts():
		running, _ := r.Metric.of(g.running())
		last, _ := r.Metric.of(g.last())
		x.Value, x.Known = max(running, last), true
	default:
		x.Value, x.Known = r.Metric.of(g.both())
	}
	if r.Condition != AlertStandsOut {
		return r.hold(x)
	}
	limit, known := g.usual(r)
	x.Limit, x.Known = limit, x.Known && known
	x.Fires = x.Known && x.Value > limit && (!r.Metric.counts() || r.Metric == AlertCost || x.Value >= alertLeastEvents)
	return x
}

// usual is the rule's number of standard deviations above the mean of the hours before the last one.
func (g *gauge) usual(r AlertRule) (limit float64, known bool) {
	before := g.hours[:len(g.hours)-2]
	if len(before) < alertLeastHours {
		return 0, false
	}
	sum, squares, n := 0.0, 0.0, 0.0
	for _, h := range before {
		if x, ok := r.Metric.of(h); ok {
			sum, squares, n = sum+x, squares+x*x, n+1
		}
	}
	if n < alertLeastHours {
		return 0, false
	}
	mean := sum / n
	variance := max(0, squares/n-mean*mean)
	if r.Metric.counts() && r.Metric != AlertCost {
		variance = max(variance, mean) // chance alone makes counts vary so much
	}
	return mean + r.Threshold*math.Sqrt(variance), true
}

// failures reads how often each detector could not answer.
func (g *gauge) failures(ctx context.Context, r AlertRule, subjects []string) ([]AlertReading, error) {
	if err := g.loadHours(ctx); err != nil {
		return nil, err
	}
	if g.failed == nil {
		failed, err := g.store.DetectorFailures(ctx, g.app.ID, g.last().Hour)
		if err != nil {
			return nil, err
		}
		g.failed = failed
	}
	requests := g.both().Requests
	if requests < alertLeastEvents {
		return nil, nil
	}
	if r.Detector != "" {
		subjects = []string{r.Detector}
	} else {
		subjects = slices.Clone(subjects)
		for detector := range g.failed {
			subjects = append(subjects, detector)
		}
		slices.Sort(subjects)
		subjects = slices.Compact(subjects)
	}
	out := make([]AlertReading, len(subjects))
	for i, s := range subjects {
		share := min(1, float64(g.failed[s])/float64(requests)) // requests are counted some seconds later
		out[i] = r.hold(AlertReading{Subject: s, Value: 100 * share, Known: true})
	}
	return out, nil
}
