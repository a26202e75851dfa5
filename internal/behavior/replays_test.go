package behavior

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func first(t testing.TB, r review.Replays, app, word string, now time.Time) bool {
	t.Helper()
	fresh, err := r.First(context.Background(), app, word, now, now.Add(5*time.Minute))
	require.NoError(t, err)
	return fresh
}

func TestReplays(t *testing.T) {
	t.Parallel()
	shared := func(t *testing.T) review.Replays {
		r, err := NewSharedReplays(startRedis(t).url, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, r.Close()) })
		return r
	}
	for name, make := range map[string]func(*testing.T) review.Replays{
		"in memory": func(*testing.T) review.Replays { return NewReplays(100) },
		"in Redis":  shared,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := make(t)
			require.True(t, first(t, r, "a", "n-1", noon))
			require.False(t, first(t, r, "a", "n-1", noon))
			require.True(t, first(t, r, "a", "n-2", noon))
			require.True(t, first(t, r, "b", "n-1", noon), "another App's")
			var won atomic.Int64
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					if fresh, err := r.First(context.Background(), "a", "race", noon, noon.Add(time.Minute)); err == nil && fresh {
						won.Add(1)
					}
				})
			}
			all.Wait()
			require.EqualValues(t, 1, won.Load(), "of many at once one is the first")
		})
	}
}

func TestReplaysAreBounded(t *testing.T) {
	t.Parallel()
	r := NewReplays(3)
	for n := range 3 {
		require.True(t, first(t, r, "a", fmt.Sprint(n), noon))
	}
	_, err := r.First(t.Context(), "a", "one more", noon, noon.Add(5*time.Minute))
	require.Equal(t, review.CodeRateLimited, review.CodeOf(err), "nothing is forgotten while it counts")
	require.False(t, first(t, r, "a", "0", noon))
	later := noon.Add(6 * time.Minute)
	require.True(t, first(t, r, "a", "one more", later), "what is over makes room")
	require.Equal(t, 1, r.n)
	require.Len(t, r.slots, 1)
}

func TestServersRememberTogether(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	var log bytes.Buffer
	open := func() *SharedReplays {
		r, err := NewSharedReplays(server.url, slog.New(slog.NewTextHandler(&log, nil)))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, r.Close()) })
		return r
	}
	here, there := open(), open()
	require.True(t, first(t, here, "a", "n", noon))
	require.False(t, first(t, there, "a", "n", noon))

	server.stop()
	_, err := here.First(t.Context(), "a", "m", noon, noon.Add(time.Minute))
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err), "nobody can tell")
	began := time.Now()
	_, err = here.First(t.Context(), "a", "m", noon, noon.Add(time.Minute))
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.Less(t, time.Since(began), redisPause, "and nobody waits")
	require.Contains(t, log.String(), "Redis does not answer")
	server.start(t)
	require.Eventually(t, func() bool {
		fresh, err := here.First(context.Background(), "a", "m", noon, noon.Add(time.Minute))
		return err == nil && fresh
	}, 10*time.Second, 50*time.Millisecond)
	_, err = NewSharedReplays("http://u:hunter2@nowhere", nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}
