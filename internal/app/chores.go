package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/guardroom/guardroom/internal/review"
)

// chore is something that a server does again and again in the background.
type chore struct {
	name   string // as metrics and the page of the parts know it
	every  time.Duration
	clock  review.Clock
	cancel context.CancelFunc
	done   chan struct{}

	mu     sync.Mutex
	at     time.Time // when the last round ended
	failed time.Time // since when rounds have failed; zero when the last one went well
}

// start does a chore at every tick until Close. What goes wrong is tried again at the next
// one, and said at most once a minute.
func (c *Core) start(ctx context.Context, name string, every time.Duration, do func(context.Context) error, log *slog.Logger, complaint string) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h := &chore{name: name, every: every, clock: c.clock, cancel: cancel, done: make(chan struct{})}
	c.chores = append(c.chores, h)
	go h.run(ctx, do, log, complaint)
}

func (h *chore) run(ctx context.Context, do func(context.Context) error, log *slog.Logger, complaint string) {
	defer close(h.done)
	ticker := time.NewTicker(h.every)
	defer ticker.Stop()
	complain := rate.Sometimes{First: 1, Interval: time.Minute}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := do(ctx)
		if ctx.Err() != nil {
			return
		}
		h.note(err)
		if err != nil {
			complain.Do(func() { log.Warn(complaint, "error", err) })
		}
	}
}

func (h *chore) note(err error) {
	now := h.clock()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = now
	switch {
	case err == nil:
		h.failed = time.Time{}
	case h.failed.IsZero():
		h.failed = now
	}
}

func (h *chore) part() review.WorkerPart {
	h.mu.Lock()
	defer h.mu.Unlock()
	return review.WorkerPart{Name: h.name, Every: h.every, At: h.at, FailingSince: h.failed}
}

// stop ends it and waits until nothing uses the store any more.
func (h *chore) stop() {
	h.cancel()
	<-h.done
}
