package behavior

import (
	"fmt"
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// Limits bounds what a Tracker remembers.
type Limits struct {
	Users int           // at most, over all Apps; the ones that were away longest are forgotten first
	Apps  int           // at most
	Idle  time.Duration // a user who stays away for longer is forgotten
}

// DefaultLimits is some 200 MB when every place is taken.
func DefaultLimits() Limits { return Limits{Users: 100_000, Apps: 1_000, Idle: 24 * time.Hour} }

// shards is how many locks the users are spread over.
const shards = 64

// Tracker follows users and Apps. It is safe for concurrent use.
type Tracker struct {
	limits Limits
	users  [shards]shard
	mu     sync.Mutex
	apps   map[string]*app
	counts aggregates
	holds  holds

	tell     func(event) // lets other servers know; nil of a server alone
	tellHold func(heldUser)
}

type shard struct {
	mu    sync.Mutex
	users map[userKey]*user
}

type userKey struct{ App, User string }

// app is an App's state with its lock: one App's events are in line, for a microsecond each.
type app struct {
	mu sync.Mutex
	appState
}

// New makes a Tracker that knows nobody yet.
func New(limits Limits) (*Tracker, error) {
	if limits.Users < shards || limits.Apps < 1 || limits.Idle < windowBuckets*bucketSpan {
		return nil, fmt.Errorf("behavior: limits are too small: %+v", limits)
	}
	t := &Tracker{limits: limits, apps: map[string]*app{}, counts: aggregates{hours: map[hourKey]*review.ConductHour{}, costs: map[costKey]*review.CostDay{}}}
	for i := range t.users {
		t.users[i].users = map[userKey]*user{}
	}
	return t, nil
}

// Specs lists the detectors, sorted by id.
func (t *Tracker) Specs() []review.DetectorSpec {
	out := make([]review.DetectorSpec, len(detectors))
	for i := range detectors {
		out[i] = detectors[i].spec
	}
	return out
}

// Observe adds an Interaction to what is known of its user and its App, and returns what is unusual about their conduct.
// An Interaction that occurred more than five minutes before the newest of its user or App says nothing about now and
// changes nothing.
func (t *Tracker) Observe(in review.Interaction, found []review.Finding, policy review.Policy) []review.Finding {
	e := eventOf(in, found, policy)
	unusual := t.see(&e, func(s *sight) []review.Finding { return s.look(policy) })
	t.counts.count(in, &e, len(unusual), policy.Cost(in))
	if t.tell != nil {
		t.tell(e)
	}
	return unusual
}

// follow adds what another server saw to what is known. That server says what is unusual about it, and counts it.
func (t *Tracker) follow(e *event) {
	t.see(e, func(*sight) []review.Finding { return nil })
}

// see adds an event to what is known of those whom it belongs to, and lets somebody look at them with it.
func (t *Tracker) see(e *event, look func(*sight) []review.Finding) []review.Finding {
	s := sight{event: e, now: slotOf(e.At)}
	about := e.Gist.direction()
	if e.User != "" {
		key := userKey{e.App, e.User}
		sh := t.shardOf(key)
		sh.mu.Lock()
		defer sh.mu.Unlock()
		s.user, s.first = sh.user(key, s.now, t.limits)
		if !s.user.observe(e, s.now, about) {
			return nil
		}
		s.ofUser = s.user.spans()
	}
	a := t.app(e.App)
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s.app = &a.appState
	if !s.app.observe(e, s.now, about, s.user, s.first) {
		return nil
	}
	s.ofApp = s.app.spans()
	if s.user != nil && !steady(&s.user.Base) {
		s.app.Paces.learn(s.user)
	}
	return look(&s)
}

func (s *subject) spans() spans {
	return spans{whole: s.Window.last(windowBuckets), recent: s.Window.last(shortBuckets)}
}

func (u *user) observe(e *event, now slot, about direction) bool {
	u.advance(now, false)
	if !u.add(e, now, kind{}, userArrivals) {
		return false
	}
	u.Last = max(u.Last, now)
	u.Topic.add(about)
	u.Probes.add(e)
	return true
}

func (a *appState) observe(e *event, now slot, about direction, u *user, newUser bool) bool {
	a.advance(now)
	own := e.Values
	e.Values = a.relative(e, u)
	by := kind{new: newUser, steady: u != nil && steady(&u.Base)}
	counted := a.add(e, now, by, appArrivals)
	if e.Values = own; !counted {
		return false
	}
	if a.Since == 0 {
		a.Since = now
	}
	if newUser {
		a.Users++
	}
	if !by.steady {
		a.Hours.Current++
	}
	a.Topic.add(about)
	a.Tools.add(e.Tools)
	a.Calls.add(e.Tools)
	return true
}

// app returns the state of an App; nil when there is no room for another.
func (t *Tracker) app(id string) *app {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.apps[id]
	if a == nil && len(t.apps) < t.limits.Apps {
		a = &app{}
		t.apps[id] = a
	}
	return a
}

// user returns the state of a user and whether it is new.
func (s *shard) user(key userKey, now slot, limits Limits) (*user, bool) {
	if u := s.users[key]; u != nil {
		return u, false
	}
	if len(s.users) >= limits.Users/shards {
		s.evict()
	}
	u := &user{Last: now}
	s.users[key] = u
	return u, true
}

// sample is how many users are looked at to find one that was away for long; the map's order makes it a random one.
const sample = 16

// evict makes room for one user.
func (s *shard) evict() {
	var oldest userKey
	last, looked := slot(0), 0
	for key, u := range s.users {
		if looked == 0 || u.Last < last {
			oldest, last = key, u.Last
		}
		if looked++; looked == sample {
			break
		}
	}
	delete(s.users, oldest)
}

// Prune forgets users who have been away for longer than the limit, one shard after the other, and returns how many.
func (t *Tracker) Prune(now time.Time) int {
	t.holds.prune(now)
	before, n := slotOf(now.Add(-t.limits.Idle)), 0
	for i := range t.users {
		sh := &t.users[i]
		sh.mu.Lock()
		for key, u := range sh.users {
			if u.Last < before {
				delete(sh.users, key)
				n++
			}
		}
		sh.mu.Unlock()
	}
	return n
}

// Users counts whom the Tracker knows.
func (t *Tracker) Users() (n int) {
	for i := range t.users {
		t.users[i].mu.Lock()
		n += len(t.users[i].users)
		t.users[i].mu.Unlock()
	}
	return n
}
