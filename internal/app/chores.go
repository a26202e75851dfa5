package app

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/time/rate"
)

// chore is something that a server does again and again in the background.
type chore struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// startChore does it at every tick until it is stopped. What goes wrong is tried again
// at the next one, and said at most once a minute.
func startChore(ctx context.Context, every time.Duration, do func(context.Context) error, log *slog.Logger, complaint string) *chore {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c := &chore{cancel: cancel, done: make(chan struct{})}
	go c.run(ctx, every, do, log, complaint)
	return c
}

func (c *chore) run(ctx context.Context, every time.Duration, do func(context.Context) error, log *slog.Logger, complaint string) {
	defer close(c.done)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	complain := rate.Sometimes{First: 1, Interval: time.Minute}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := do(ctx); err != nil && ctx.Err() == nil {
			complain.Do(func() { log.Warn(complaint, "error", err) })
		}
	}
}

// stop ends it and waits until nothing uses the store any more.
func (c *chore) stop() {
	c.cancel()
	<-c.done
}
