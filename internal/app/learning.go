package app

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/time/rate"

	"github.com/guardroom/guardroom/internal/review"
)

// learnEvery is how often a server looks for decisions, its own and those of others on
// the same database: what was blocked is recognised within a second everywhere.
const learnEvery = 500 * time.Millisecond

// learning follows decisions in the background.
type learning struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// startLearning teaches everything that was decided before it returns: a server that
// has just started is no door for what was blocked yesterday.
func startLearning(ctx context.Context, learner *review.Learner, log *slog.Logger) (*learning, error) {
	if err := learner.Start(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l := &learning{cancel: cancel, done: make(chan struct{})}
	go l.run(ctx, learner, log)
	return l, nil
}

func (l *learning) run(ctx context.Context, learner *review.Learner, log *slog.Logger) {
	defer close(l.done)
	ticker := time.NewTicker(learnEvery)
	defer ticker.Stop()
	complain := rate.Sometimes{First: 1, Interval: time.Minute}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := learner.Follow(ctx); err != nil && ctx.Err() == nil {
			complain.Do(func() { log.Warn("decisions cannot be learned from now", "error", err) })
		}
	}
}

// stop ends it and waits until nothing reads the store any more.
func (l *learning) stop() {
	l.cancel()
	<-l.done
}
