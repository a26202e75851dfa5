package behavior

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// relayedTracker is that of a server that tells others, and hears from them until the test ends or stop is called.
type relayedTracker struct {
	*Tracker
	relay *Relay
	stop  func()
}

func newRelayed(t *testing.T, url string, since time.Time) *relayedTracker {
	t.Helper()
	tr := newTracker(t)
	relay, err := NewRelay(url, tr, slog.New(slog.NewTextHandler(io.Discard, nil)))
	require.NoError(t, err)
	relay.pause = time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		relay.Run(ctx, since)
		close(over)
	}()
	stopped := false
	out := &relayedTracker{Tracker: tr, relay: relay, stop: func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		<-over
		require.NoError(t, relay.Close())
	}}
	t.Cleanup(out.stop)
	return out
}

func (r *relayedTracker) heard(t *testing.T, n int64) {
	t.Helper()
	require.Eventually(t, func() bool { return r.relay.heard.Load() >= n }, 10*time.Second, time.Millisecond)
}

// exchange is the i-th of a program that asks every four seconds.
func exchange(i int) review.Interaction {
	return review.Interaction{
		AppID: "app", UserID: "program", OccurredAt: monday.Add(time.Duration(i) * 4 * time.Second), LatencyMS: int64(100 + i%50),
		Usage: review.Usage{PromptTokens: 100 + i%37, CompletionTokens: 40},
		Content: review.Content{Prompt: fmt.Sprint("What about the quokka number ", i, "?"), Response: "That.",
			ToolCalls: []review.ToolCall{{Name: "look_up", Arguments: []byte(`{"animal":"quokka","region":"wallaby"}`)}}},
	}
}

// What one server saw is known to another as if it had seen it itself, also to one that began later.
func TestServersSeeConductTogether(t *testing.T) {
	redis, p := startRedis(t), policyOf(t)
	began := time.Now().Add(-time.Minute)
	a, b, alone := newRelayed(t, redis.url, began), newRelayed(t, redis.url, began), newTracker(t)
	const before = 900
	for i := range before {
		a.Observe(exchange(i), nil, p)
		alone.Observe(exchange(i), nil, p)
	}
	b.heard(t, before)
	late := newRelayed(t, redis.url, began)
	late.heard(t, before)
	require.Equal(t, 1, b.Users())

	alarms := 0
	for i := range 60 {
		in := exchange(before)
		in.OccurredAt = in.OccurredAt.Add(time.Duration(i) * 500 * time.Millisecond)
		want := alone.Observe(in, nil, p)
		require.Equal(t, want, b.Observe(in, nil, p))
		alarms += len(want)
	}
	require.NotZero(t, alarms, "the spike was seen by a server that had never served this user")
	a.heard(t, 60)
	late.heard(t, before+60)

	for tracker, want := range map[*Tracker]int{a.Tracker: before, b.Tracker: 60, late.Tracker: 0} {
		counted := 0
		for _, h := range tracker.Drain().Hours {
			counted += h.Requests
		}
		require.Equal(t, 2*want, counted, "of the user and of the App, by the server that saw them")
	}
	_, _, lost := a.relay.Figures()
	require.Zero(t, lost)
}

// Nobody waits for a Redis that is away, and servers find each other when it is back.
func TestServersSeeAloneWhileRedisIsAway(t *testing.T) {
	redis, p := startRedis(t), policyOf(t)
	a, b := newRelayed(t, redis.url, time.Now()), newRelayed(t, redis.url, time.Now())
	a.Observe(exchange(0), nil, p)
	b.heard(t, 1)
	redis.stop()
	for i := range 100 {
		a.Observe(exchange(1+i), nil, p)
	}
	require.Eventually(t, func() bool { return a.relay.lost.Load() == 100 }, 10*time.Second, time.Millisecond)
	require.Equal(t, 1, a.Users())
	redis.start(t)
	next := 200
	require.Eventually(t, func() bool { // a connection may take a moment to know
		next++
		a.Observe(exchange(next), nil, p)
		return b.relay.heard.Load() > 1
	}, 10*time.Second, 10*time.Millisecond)
	for i := range 10 {
		a.Observe(exchange(next+1+i), nil, p)
	}
	a.stop() // says what it has still to say
	told, _, _ := a.relay.Figures()
	require.Greater(t, told, int64(10))
	b.heard(t, told)
}

// grave is why somebody is held back.
func graveFinding() review.Finding {
	return review.Finding{Detector: "behavior.rate", Category: review.CategoryBehavior, Severity: review.SeverityHigh, Confidence: 0.9,
		Message: "This user sent five times the usual.", OfUser: true}
}

func (r *relayedTracker) holds(user string, now time.Time) bool {
	_, ok := r.HeldBack("app", user, now)
	return ok
}

// Whoever is held back on one server is held back on all that share its Redis, also on one that begins later, for as long and for
// the same reason; and a person who decides otherwise on one decides for all.
func TestServersHoldBackTogether(t *testing.T) {
	server, now := startRedis(t), time.Now().UTC().Truncate(time.Microsecond)
	a, b := newRelayed(t, server.url, time.Time{}), newRelayed(t, server.url, time.Time{})
	a.HoldBack("app", "ann", graveFinding(), now)
	a.HoldBack("app", "bob", graveFinding(), now)
	require.Eventually(t, func() bool { return b.holds("ann", now) && b.holds("bob", now) }, 10*time.Second, time.Millisecond)
	held, _ := b.HeldBack("app", "ann", now)
	require.Equal(t, review.Held{Until: now.Add(review.ConductHold), Finding: graveFinding()}, held)
	require.False(t, b.holds("carl", now))
	require.False(t, func() bool { _, ok := b.HeldBack("other", "ann", now); return ok }(), "Apps are apart")
	require.False(t, b.holds("ann", now.Add(review.ConductHold)), "it is over there, too")

	late := newRelayed(t, server.url, time.Time{})
	require.Eventually(t, func() bool { return late.holds("ann", now) && late.holds("bob", now) }, 10*time.Second, time.Millisecond)
	b.Release("app", "ann", now.Add(time.Second))
	for _, other := range []*relayedTracker{a, late} {
		require.Eventually(t, func() bool { return !other.holds("ann", now.Add(time.Second)) }, 10*time.Second, time.Millisecond)
		require.True(t, other.holds("bob", now.Add(time.Second)))
	}
	a.HoldBack("app", "ann", graveFinding(), now.Add(2*time.Second))
	require.Eventually(t, func() bool { return b.holds("ann", now.Add(2*time.Second)) }, 10*time.Second, time.Millisecond, "what comes after the decision counts")
}

// While Redis is away each server holds back whom it has seen. When it is back, empty, all are told, without anything else to tell.
func TestWhoIsHeldBackWhileRedisIsAwayIsToldWhenItIsBack(t *testing.T) {
	server, now := startRedis(t), time.Now()
	a, b := newRelayed(t, server.url, time.Time{}), newRelayed(t, server.url, time.Time{})
	a.HoldBack("app", "ann", graveFinding(), now)
	require.Eventually(t, func() bool { return b.holds("ann", now) }, 10*time.Second, time.Millisecond)
	server.stop()
	a.HoldBack("app", "bob", graveFinding(), now)
	b.Release("app", "ann", now.Add(time.Second))
	require.True(t, a.holds("bob", now))
	require.False(t, b.holds("ann", now.Add(time.Second)))
	require.Eventually(t, func() bool { return a.relay.owed.Load() && b.relay.owed.Load() }, 10*time.Second, time.Millisecond)
	require.False(t, b.holds("bob", now))
	server.start(t)
	require.Eventually(t, func() bool { return b.holds("bob", now) && !a.holds("ann", now.Add(time.Second)) }, 10*time.Second, time.Millisecond)
	require.Eventually(t, func() bool { return !a.relay.owed.Load() && !b.relay.owed.Load() }, 10*time.Second, time.Millisecond)
}

// A server that was started again still holds back whom it held back, and nobody whom somebody released.
func TestASnapshotKeepsWhoIsHeldBack(t *testing.T) {
	tr := newTracker(t)
	tr.HoldBack("app", "ann", graveFinding(), noon)
	tr.HoldBack("app", "bob", graveFinding(), noon)
	tr.Release("app", "bob", noon.Add(time.Second))
	var saved bytes.Buffer
	require.NoError(t, tr.Save(&saved))
	again := newTracker(t)
	require.NoError(t, again.Load(&saved))
	held, ok := again.HeldBack("app", "ann", noon.Add(time.Minute))
	require.True(t, ok)
	require.Equal(t, review.Held{Until: noon.Add(review.ConductHold), Finding: graveFinding()}, held)
	again.HoldBack("app", "bob", graveFinding(), noon) // told late
	_, ok = again.HeldBack("app", "bob", noon.Add(time.Minute))
	require.False(t, ok)
	again.Prune(noon.Add(review.ConductHold))
	require.Len(t, again.holds.all(), 1, "a release is known for as long as what it ended could last")
	again.Prune(noon.Add(review.ConductHold + time.Second))
	require.Empty(t, again.holds.all())
}

func TestTheNumberOfUsersHeldBackIsBounded(t *testing.T) {
	tr := newTracker(t)
	for i := range maxHolds + 10 {
		tr.HoldBack("app", fmt.Sprint("u-", i), graveFinding(), noon)
	}
	require.Len(t, tr.holds.all(), maxHolds)
	tr.HoldBack("app", "", graveFinding(), noon)
	tr.HoldBack("app", "later", graveFinding(), noon.Add(review.ConductHold))
	require.Len(t, tr.holds.all(), 1, "those that are over make room")
}

// What is no hold of now is not kept, whoever wrote it.
func TestForeignHoldsAreChecked(t *testing.T) {
	good := heldUser{userKey{"app", "ann"}, hold{noon, noon.Add(time.Minute), graveFinding()}}
	for name, spoil := range map[string]func(*heldUser){
		"good":              func(*heldUser) {},
		"no user":           func(u *heldUser) { u.Key.User = "" },
		"no App":            func(u *heldUser) { u.Key.App = "" },
		"a long user":       func(u *heldUser) { u.Key.User = strings.Repeat("u", maxName+1) },
		"for too long":      func(u *heldUser) { u.Hold.Until = u.Hold.At.Add(review.ConductHold + time.Second) },
		"backwards":         func(u *heldUser) { u.Hold.Until = u.Hold.At.Add(-time.Second) },
		"another detector":  func(u *heldUser) { u.Hold.Finding.Detector = "injection.override" },
		"another category":  func(u *heldUser) { u.Hold.Finding.Category = review.CategoryPII },
		"no severity":       func(u *heldUser) { u.Hold.Finding.Severity = "dreadful" },
		"a long message":    func(u *heldUser) { u.Hold.Finding.Message = strings.Repeat("x", maxName+1) },
		"no text":           func(u *heldUser) { u.Hold.Finding.Message = "\xff" },
		"too sure":          func(u *heldUser) { u.Hold.Finding.Confidence = 2 },
		"for no reason":     func(u *heldUser) { u.Hold.Finding = review.Finding{} },
		"before the epoch":  func(u *heldUser) { u.Hold.At, u.Hold.Until = time.Unix(-1, 0).UTC(), time.Unix(0, 0).UTC() },
		"a released reason": func(u *heldUser) { u.Hold.Until, u.Hold.Finding = u.Hold.At, review.Finding{Message: "x"} },
	} {
		u := good
		spoil(&u)
		b, err := encodeHold(u)
		require.NoError(t, err, name)
		got, err := decodeHold(b)
		if name != "good" {
			require.ErrorIs(t, err, errUnsound, name)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, u, got)
	}
	server := startRedis(t)
	a, b := newRelayed(t, server.url, time.Time{}), newRelayed(t, server.url, time.Time{})
	ahead := time.Now().Add(time.Hour)
	a.HoldBack("app", "ann", graveFinding(), ahead)
	b.heard(t, 1)
	require.Empty(t, b.Tracker.holds.all(), "it is of no time that is now")
}

func FuzzDecodeHold(f *testing.F) {
	b, err := encodeHold(heldUser{userKey{"app", "ann"}, hold{noon, noon.Add(time.Minute), graveFinding()}})
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		u, err := decodeHold(b)
		if err != nil {
			return
		}
		tr := newTracker(t)
		tr.holds.put(u)
		held, ok := tr.HeldBack(u.Key.App, u.Key.User, u.Hold.At)
		require.Equal(t, u.Hold.Until.After(u.Hold.At), ok)
		require.LessOrEqual(t, held.Until.Sub(u.Hold.At), review.ConductHold)
	})
}

func TestRedisHoldsNoWordsOfAnybody(t *testing.T) {
	server, p := startRedis(t), policyOf(t)
	a := newRelayed(t, server.url, time.Now())
	a.Observe(exchange(0), []review.Finding{{Detector: "injection.override", Category: review.CategoryInjection, Confidence: 1, Evidence: "quokka"}}, p)
	a.stop()
	options, err := redis.ParseURL(server.url)
	require.NoError(t, err)
	client := redis.NewClient(options)
	defer client.Close()
	all, err := client.XRange(t.Context(), relayStream, "-", "+").Result()
	require.NoError(t, err)
	require.Len(t, all, 1)
	said := fmt.Sprint(all[0].Values)
	require.Contains(t, said, "program")
	for _, word := range []string{"quokka", "wallaby", "look_up", "What about"} {
		require.NotContains(t, said, word)
	}
	left, err := client.TTL(t.Context(), relayStream).Result()
	require.NoError(t, err)
	require.Positive(t, left, "it goes when nobody says anything")
}

func TestEventsArriveAsTheyWereTold(t *testing.T) {
	in := exchange(3)
	in.LatencyMS = 0 // NaN
	e := eventOf(in, nil, policyOf(t))
	b, err := encodeEvent(&e)
	require.NoError(t, err)
	t.Logf("%d bytes", len(b))
	got, err := decodeEvent(b)
	require.NoError(t, err)
	require.True(t, e.At.Equal(got.At))
	again, err := encodeEvent(&got)
	require.NoError(t, err)
	require.Equal(t, b, again)
}

func FuzzDecodeEvent(f *testing.F) {
	e := eventOf(exchange(1), nil, policyOf(f))
	b, err := encodeEvent(&e)
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeEvent(b)
		if err != nil {
			return
		}
		tr := newTracker(t)
		for range 3 {
			tr.follow(&e)
		}
		require.NoError(t, tr.Save(&bytes.Buffer{}))
		for _, finding := range tr.Observe(exchange(1), nil, policyOf(t)) {
			require.GreaterOrEqual(t, finding.Confidence, 0.0)
			require.LessOrEqual(t, finding.Confidence, 1.0)
		}
	})
}
