package behavior

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
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
