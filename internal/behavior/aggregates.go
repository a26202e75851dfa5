package behavior

import (
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// aggregates count by the hour what is kept for long: numbers, no texts. They grow with the users of the time between
// two calls of Drain.
type aggregates struct {
	mu    sync.Mutex
	hours map[hourKey]*review.ConductHour
}

type hourKey struct {
	userKey
	hour int64 // since 1970
}

// count adds an Interaction to its user's hour and to its App's.
func (a *aggregates) count(in review.Interaction, e *event, alarms int, cost int64) {
	one := review.ConductHour{Requests: 1, Alarms: alarms, Cost: cost, TokensIn: in.Usage.PromptTokens, TokensOut: in.Usage.CompletionTokens}
	if one.TokensIn+one.TokensOut == 0 {
		one.TokensIn, one.TokensOut = len(in.Content.Prompt)/bytesPerToken, len(in.Content.Response)/bytesPerToken
	}
	for _, x := range []struct {
		is bool
		n  *int
	}{{len(e.categories) > 0, &one.Flagged}, {e.failed, &one.Errors}, {e.refused, &one.Refusals}, {in.LatencyMS > 0, &one.Timed}} {
		if x.is {
			*x.n = 1
		}
	}
	one.Latency = time.Duration(in.LatencyMS) * time.Millisecond
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(hourKey{userKey{e.app, ""}, hourOf(e.at)}, one)
	if e.user != "" {
		a.add(hourKey{userKey{e.app, e.user}, hourOf(e.at)}, one)
	}
}

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
func (t *Tracker) Drain() []review.ConductHour {
	t.counts.mu.Lock()
	drained := t.counts.hours
	t.counts.hours = map[hourKey]*review.ConductHour{}
	t.counts.mu.Unlock()
	out := make([]review.ConductHour, 0, len(drained))
	for _, h := range drained {
		out = append(out, *h)
	}
	return out
}

// Restore counts again what could not be kept.
func (t *Tracker) Restore(hours []review.ConductHour) {
	t.counts.mu.Lock()
	defer t.counts.mu.Unlock()
	for _, h := range hours {
		t.counts.add(hourKey{userKey{h.AppID, h.UserID}, hourOf(h.Hour)}, h)
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
