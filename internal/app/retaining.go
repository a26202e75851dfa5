package app

import (
	"context"
	"log/slog"
	"time"
)

const (
	// retainEvery is how often a server looks for what is over.
	retainEvery = time.Minute
	// restFor is how many times as long as a batch took the next one waits: most of the writer's time is for who posts.
	restFor   = 4
	leastRest = 5 * time.Millisecond
)

// unhurried waits between two batches.
func unhurried(ctx context.Context, took time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(max(leastRest, restFor*took)):
		return nil
	}
}

// retain removes what policies no longer keep, until Close.
func (c *Core) retain(ctx context.Context, log *slog.Logger) {
	round := func(ctx context.Context) error {
		n, err := c.Service.Expire(ctx, unhurried)
		if n > 0 {
			log.Info("texts that are no longer kept were removed", "removed", n)
		}
		return err
	}
	c.start(ctx, "retention", retainEvery, round, log, "texts that are no longer kept cannot be removed now")
}
