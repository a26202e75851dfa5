package llm

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guardroom/guardroom/internal/review"
)

// ring is two upstreams, a client that hedges when the test says, and what was told of attempts.
type ring struct {
	client *Client
	due    chan struct{} // closed when it is time for a second attempt

	mu   sync.Mutex
	told []Attempt
}

const hedgeAfter = 40 * time.Millisecond

func newRing(t *testing.T, names ...string) *ring {
	t.Helper()
	r := &ring{due: make(chan struct{})}
	o := Options{Patience: DefaultPatience(), HedgeAfter: hedgeAfter, Rand: func() float64 { return 1 }, Told: func(a Attempt) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = append(r.told, a)
	}}
	o.Wait = func(ctx context.Context, d time.Duration) error {
		if d != hedgeAfter {
			return ctx.Err() // before a repetition
		}
		select {
		case <-r.due:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, name := range names {
		o.Upstreams = append(o.Upstreams, Upstream{Name: name, BaseURL: "http://" + name + ".invalid/v1"})
	}
	var err error
	r.client, err = New(o)
	require.NoError(t, err)
	return r
}

func (r *ring) outcomes() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]int{}
	for _, a := range r.told {
		out[a.Upstream+" "+a.Outcome]++
	}
	return out
}

// run asks, and returns who answered.
func (r *ring) run(t *testing.T, call attempt[string], discard func(string)) (string, Route, error) {
	t.Helper()
	answer, route, release, err := hedged(t.Context(), r.client, []string{"m"}, call, discard)
	release()
	return answer, route, err
}

func nothingToDiscard(t *testing.T) func(string) {
	return func(a string) { t.Errorf("%s was discarded", a) }
}

func TestTheFirstAnswerWinsAndTheOtherIsGivenUp(t *testing.T) {
	for _, names := range [][]string{{"one", "two"}, {"one"}} {
		before := goleak.IgnoreCurrent()
		r := newRing(t, names...)
		var asked atomic.Int32
		answer, route, err := r.run(t, func(ctx context.Context, s *service, _ string) (string, error) {
			if asked.Add(1) == 1 {
				close(r.due)
				<-ctx.Done()
				return "", ctx.Err()
			}
			return s.Name, nil
		}, nothingToDiscard(t))
		require.NoError(t, err)
		last := names[len(names)-1]
		require.Equal(t, last, answer)
		require.Equal(t, Route{Upstream: last, Model: "m", Attempts: 1, Outrun: true}, route)
		goleak.VerifyNone(t, before)
		require.Equal(t, map[string]int{"one outrun": 1, last + " ok": 1}, r.outcomes())
		require.False(t, r.client.Standings()[0].Open)
		require.Zero(t, r.client.Standings()[0].Failures, "who was outrun has not failed")
	}
}

func TestASecondAttemptThatIsSlowerIsGivenUp(t *testing.T) {
	before := goleak.IgnoreCurrent()
	r := newRing(t, "one", "two")
	second := make(chan struct{})
	answer, route, err := r.run(t, func(ctx context.Context, s *service, _ string) (string, error) {
		if s.Name == "one" {
			close(r.due)
			<-second
			return "one", nil
		}
		close(second)
		<-ctx.Done()
		return "", ctx.Err()
	}, nothingToDiscard(t))
	require.NoError(t, err)
	require.Equal(t, "one", answer)
	require.True(t, route.Outrun, "it had read the question")
	goleak.VerifyNone(t, before)
	require.Equal(t, map[string]int{"one ok": 1, "two outrun": 1}, r.outcomes())
}

func TestNobodyIsAskedTwiceBeforeItIsTime(t *testing.T) {
	r := newRing(t, "one", "two")
	answer, route, err := r.run(t, func(_ context.Context, s *service, _ string) (string, error) { return s.Name, nil }, nothingToDiscard(t))
	require.NoError(t, err)
	require.Equal(t, "one", answer)
	require.False(t, route.Outrun)
	require.Equal(t, map[string]int{"one ok": 1}, r.outcomes())

	off := newRing(t, "one", "two")
	off.client.options.HedgeAfter = 0
	close(off.due)
	_, _, err = off.run(t, func(_ context.Context, s *service, _ string) (string, error) { return s.Name, nil }, nothingToDiscard(t))
	require.NoError(t, err)
	require.Equal(t, map[string]int{"one ok": 1}, off.outcomes())
}

// settled waits until somebody who waits for that time, too, has seen it come.
func (r *ring) settled(ctx context.Context) {
	due, stop := r.client.after(ctx)
	defer stop()
	<-due
}

// The time for a second attempt comes together with the end of the answer, many times: whichever is seen first, nobody else
// is asked.
func TestNoSecondAttemptAfterTheFirstByte(t *testing.T) {
	for range 100 {
		r := newRing(t, "one", "two")
		answer, route, err := r.run(t, whole(r.client, func(ctx context.Context, s *service, _ string) (string, error) {
			httptrace.ContextClientTrace(ctx).GotFirstResponseByte()
			close(r.due)
			r.settled(ctx)
			return s.Name, nil
		}), nothingToDiscard(t))
		require.NoError(t, err)
		require.Equal(t, "one", answer)
		require.False(t, route.Outrun)
		require.Equal(t, map[string]int{"one ok": 1}, r.outcomes())
	}
}

func TestWhoComesSecondIsDiscarded(t *testing.T) {
	before := goleak.IgnoreCurrent()
	r := newRing(t, "one", "two")
	both := make(chan struct{})
	var ready sync.WaitGroup
	ready.Add(2)
	go func() { ready.Wait(); close(both) }()
	var discarded atomic.Int32
	answer, route, err := r.run(t, func(_ context.Context, s *service, _ string) (string, error) {
		if s.Name == "one" {
			close(r.due)
		}
		ready.Done()
		<-both
		return s.Name, nil
	}, func(string) { discarded.Add(1) })
	require.NoError(t, err)
	require.Contains(t, []string{"one", "two"}, answer)
	require.True(t, route.Outrun)
	goleak.VerifyNone(t, before)
	require.EqualValues(t, 1, discarded.Load())
}

func TestWhenBothFailTheFirstSaysWhy(t *testing.T) {
	before := goleak.IgnoreCurrent()
	r := newRing(t, "one", "two")
	second := make(chan struct{})
	_, _, err := r.run(t, func(_ context.Context, s *service, _ string) (string, error) {
		if s.Name == "one" {
			close(r.due)
			<-second
			return "", &Refusal{Status: http.StatusBadRequest}
		}
		close(second)
		return "", errors.New("a failure of the second")
	}, nothingToDiscard(t))
	require.Equal(t, review.CodeInvalid, review.CodeOf(err))
	goleak.VerifyNone(t, before)
}

func TestTheSecondMayAnswerWhenTheFirstHasFailed(t *testing.T) {
	r := newRing(t, "one", "two")
	second, failed := make(chan struct{}), make(chan struct{})
	r.client.options.Told = func(a Attempt) {
		if a.Upstream == "one" {
			close(failed)
		}
	}
	answer, _, err := r.run(t, func(_ context.Context, s *service, _ string) (string, error) {
		if s.Name == "one" {
			close(r.due)
			<-second
			return "", &Refusal{Status: http.StatusBadRequest}
		}
		close(second)
		<-failed
		return "two", nil
	}, nothingToDiscard(t))
	require.NoError(t, err)
	require.Equal(t, "two", answer)
}

func TestWhoIsNotAskedNowIsNoSecond(t *testing.T) {
	r := newRing(t, "one", "two")
	two := r.client.services[1]
	for range DefaultPatience().Failures {
		_, _, err := once(t.Context(), r.client, two, "m", func(context.Context, *service, string) (string, error) { return "", io.ErrUnexpectedEOF })
		require.Error(t, err)
	}
	require.Nil(t, r.client.second("m"))
	standing := r.client.Standings()
	require.True(t, standing[1].Open)
	require.WithinDuration(t, time.Now(), standing[1].Since, time.Minute)
	require.Zero(t, standing[0].Since)
	two.Models = []string{"other"}
	require.Equal(t, "one", r.client.second("m").Name, "the only one that serves it")
	r.client.services[0].Models = []string{"other"}
	require.Nil(t, r.client.second("m"))
}

// TestAnAnswerHasBegunWithItsFirstByte, and has not when the call is repeated.
func TestAnAnswerHasBegunWithItsFirstByte(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer server.Close()
	begun := new(atomic.Bool)
	ctx := noting(tracing(t.Context(), begun))
	require.Equal(t, t.Context(), noting(t.Context()), "where nobody wants to know")
	for range 2 {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		require.NoError(t, err)
		answer, err := server.Client().Do(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.True(t, begun.Load())
		httptrace.ContextClientTrace(ctx).GetConn("again")
		require.False(t, begun.Load())
	}
}

func TestAHedgeIsAWaitOrNone(t *testing.T) {
	_, err := New(Options{Patience: DefaultPatience(), HedgeAfter: -1, Rand: func() float64 { return 0 }, Wait: Wait})
	require.Error(t, err)
}
