package app

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// TestAChoreTellsSinceWhenItFails, and that it went well again.
func TestAChoreTellsSinceWhenItFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Core{clock: time.Now}
		var full atomic.Bool
		save := func(context.Context) error {
			if full.Load() {
				return errors.New("the disk is full")
			}
			return nil
		}
		c.start(t.Context(), "exports", time.Second, save, discard, "exports cannot be made now")
		began := time.Now()
		round := func() review.WorkerPart {
			<-time.After(time.Second)
			synctest.Wait()
			return c.quickChores()[0]
		}
		require.Equal(t, review.WorkerPart{Name: "exports", Every: time.Second}, c.quickChores()[0], "it has not run yet")
		require.Equal(t, review.WorkerPart{Name: "exports", Every: time.Second, At: began.Add(time.Second)}, round())
		full.Store(true)
		require.Equal(t, began.Add(2*time.Second), round().FailingSince)
		again := round()
		require.Equal(t, began.Add(2*time.Second), again.FailingSince, "since the first time")
		require.Equal(t, began.Add(3*time.Second), again.At)
		full.Store(false)
		require.Zero(t, round().FailingSince)
		c.chores[0].stop()
	})
}
