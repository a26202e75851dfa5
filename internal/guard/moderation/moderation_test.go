package moderation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// endpoint counts what it is asked.
type endpoint struct {
	mu    sync.Mutex
	asked map[string]int
	score float64
	err   error
}

func (e *endpoint) Moderate(_ context.Context, text string) (map[string]float64, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked[text]++
	if e.err != nil {
		return nil, e.err
	}
	return map[string]float64{"violence": e.score}, nil
}

func (e *endpoint) times(text string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.asked[text]
}

// asking is a detector on an endpoint, at a time that the test sets.
func asking(t testing.TB) (e *endpoint, ask func(text string) []review.Finding, now *time.Time) {
	t.Helper()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	e = &endpoint{asked: map[string]int{}, score: 0.8}
	remote, err := Spec(e, func() time.Time { return at }).NewRemote()
	require.NoError(t, err)
	return e, func(text string) []review.Finding {
		found, err := remote.Ask(t.Context(), review.Segment{Kind: review.SegmentPrompt, Text: text})
		require.NoError(t, err)
		return found
	}, &at
}

func TestAnAnswerIsRememberedForAWhile(t *testing.T) {
	e, ask, now := asking(t)
	first := ask("the same words")
	require.Len(t, first, 1)
	*now = now.Add(cachedFor - time.Second)
	require.Equal(t, first, ask("the same words"))
	ask("other words")
	require.Equal(t, 1, e.times("the same words"))
	*now = now.Add(time.Second)
	e.score = 0.1 // the model thinks otherwise by now
	require.Empty(t, ask("the same words"))
	require.Equal(t, 2, e.times("the same words"))
	require.Empty(t, ask("   "))
	require.Zero(t, e.times("   "), "nothing is asked about nothing")
}

func TestWhatNobodyAsksAboutIsForgottenFirst(t *testing.T) {
	e, ask, _ := asking(t)
	ask("asked about all the time")
	ask("asked about once")
	for n := range maxCached - 1 {
		ask(fmt.Sprint("text ", n))
		ask("asked about all the time")
	}
	ask("asked about once")
	require.Equal(t, 1, e.times("asked about all the time"))
	require.Equal(t, 2, e.times("asked about once"))
}

func TestTheCacheIsBounded(t *testing.T) {
	c := newCache(time.Now)
	for n := range 3 * maxCached {
		c.put([32]byte{byte(n), byte(n >> 8)}, nil)
		c.put([32]byte{byte(n), byte(n >> 8)}, nil)
	}
	require.Len(t, c.known, maxCached)
	require.Equal(t, maxCached, c.used.Len())
}

func TestAFailureIsNotRemembered(t *testing.T) {
	e, ask, _ := asking(t)
	remote, err := Spec(e, time.Now).NewRemote()
	require.NoError(t, err)
	for _, failure := range []error{errors.New("down"), guard.ErrAbsent} {
		e.err = failure
		_, err := remote.Ask(t.Context(), review.Segment{Text: "words"})
		require.ErrorIs(t, err, failure)
	}
	e.err = nil
	require.Len(t, ask("words"), 1)
	require.Equal(t, 3, e.times("words"))
	for _, spec := range []guard.Spec{Spec(nil, time.Now), Spec(e, nil)} {
		_, err := spec.NewRemote()
		require.Error(t, err)
	}
}

func TestALongTextIsAskedAboutByItsEnds(t *testing.T) {
	e, ask, _ := asking(t)
	long := "begin " + strings.Repeat("ä", maxBytes) + " end"
	require.Len(t, ask(long), 1)
	require.Zero(t, e.times(long))
	for text := range e.asked {
		require.LessOrEqual(t, len(text), maxBytes+8)
		require.True(t, strings.HasPrefix(text, "begin ") && strings.HasSuffix(text, " end"))
	}
}

// Many ask about the same at once: every one of them is answered.
func TestManyAskAtOnce(t *testing.T) {
	_, ask, _ := asking(t)
	var all sync.WaitGroup
	for n := range 64 {
		all.Go(func() { ask(fmt.Sprint("text ", n%4)) })
	}
	all.Wait()
}
