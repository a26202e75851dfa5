package behavior

import (
	"cmp"
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// aggregates count by the hour what is kept for long: numbers, no texts. They grow with the users of the time between
// two calls of Drain.
type aggregates struct {
	mu    sync.Mutex
	hours map[hourKey]*review.ConductHour
	costs map[costKey]*review.CostDay
}

type costKey struct {
	userKey
	model string
	day   int64 // since 1970
}

type hourKey struct {
	userKey
	hour int64 // since 1970
}

// count adds an Interaction to its user's hour and to its App's.
func (a *aggregates) count(in review.Interaction, e *event, alarms int, cost int64) {
	used := in.Tokens()
	one := review.ConductHour{Requests: 1, Alarms: alarms, Cost: cost, TokensIn: used.PromptTokens, TokensOut: used.CompletionTokens}
	for _, x := range []struct {
		is bool
		n  *int
	}{{len(e.Categories) > 0, &one.Flagged}, {e.Failed, &one.Errors}, {e.Refused, &one.Refusals}, {in.LatencyMS > 0, &one.Timed}} {
		if x.is {
			*x.n = 1
		}
	}
	one.Latency = time.Duration(in.LatencyMS) * time.Millisecond
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(hourKey{userKey{e.App, ""}, hourOf(e.At)}, one)
	if e.User != "" {
		a.add(hourKey{userKey{e.App, e.User}, hourOf(e.At)}, one)
	}
	a.spend(costKey{userKey{e.App, e.User}, cmp.Or(in.ModelVersion, in.Model), dayOf(e.At)}, review.CostDay{
		Calls: 1, TokensIn: one.TokensIn, TokensOut: one.TokensOut, Cost: cost,
	})
}

func (a *aggregates) spend(key costKey, one review.CostDay) {
	d := a.costs[key]
	if d == nil {
		d = &review.CostDay{AppID: key.App, UserID: key.User, Model: key.model, Day: time.Unix(key.day*86_400, 0).UTC()}
		a.costs[key] = d
	}
	d.Add(one)
}

func dayOf(t time.Time) int64 { return t.Unix() / 86_400 }

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

func (a *aggregates) add(key hourKey, one review.ConductHour) {
	h := a.hours[key]
	if h == nil {
		h = &review.ConductHour{AppID: key.App, UserID: key.User, Hour: time.Unix(key.hour*3600, 0).UTC()}
		a.hours[key] = h
	}
	h.Add(one)
}

// Drain returns what was counted since the last call.
func (t *Tracker) Drain() review.Counted {
	t.counts.mu.Lock()
	hours, costs := t.counts.hours, t.counts.costs
	t.counts.hours, t.counts.costs = map[hourKey]*review.ConductHour{}, map[costKey]*review.CostDay{}
	t.counts.mu.Unlock()
	var out review.Counted
	for _, h := range hours {
		out.Hours = append(out.Hours, *h)
	}
	for _, d := range costs {
		out.Costs = append(out.Costs, *d)
	}
	return out
}

// Restore counts again what could not be kept.
func (t *Tracker) Restore(counted review.Counted) {
	t.counts.mu.Lock()
	defer t.counts.mu.Unlock()
	for _, h := range counted.Hours {
		t.counts.add(hourKey{userKey{h.AppID, h.UserID}, hourOf(h.Hour)}, h)
	}
	for _, d := range counted.Costs {
		t.counts.spend(costKey{userKey{d.AppID, d.UserID}, d.Model, dayOf(d.Day)}, d)
	}
}

// Denied counts what was refused before anybody looked at it.
func (t *Tracker) Denied(appID, userID string, at time.Time) {
	one := review.ConductHour{Denied: 1}
	t.counts.mu.Lock()
	defer t.counts.mu.Unlock()
	t.counts.add(hourKey{userKey{appID, ""}, hourOf(at)}, one)
	if userID != "" {
		t.counts.add(hourKey{userKey{appID, userID}, hourOf(at)}, one)
	}
}
