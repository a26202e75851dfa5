package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/guardroom/guardroom/internal/guard/memory"
	"github.com/guardroom/guardroom/internal/review"
)

// learnEvery is how often a server looks for decisions, its own and those of others on
// the same database: what was blocked is recognised within a second everywhere.
const learnEvery = 500 * time.Millisecond

// tendEvery is how late a snoozed item can come back, and two opinions be settled.
const tendEvery = 2 * time.Second

// learn teaches the guard what analysts decided, and goes on with it until Close. What
// was decided before is taught before it returns: a server that has just started is no
// door for what was blocked yesterday.
func (c *Core) learn(ctx context.Context, log *slog.Logger) error {
	learner, err := review.NewLearner(c.Store, c.memory, memory.Limit)
	if err != nil {
		return err
	}
	if err := learner.Start(ctx); err != nil {
		return err
	}
	c.start(ctx, "learning", learnEvery, learner.Follow, log, "decisions cannot be learned from now")
	return nil
}

// tend does what only time brings about, until Close.
func (c *Core) tend(ctx context.Context, log *slog.Logger) {
	round := func(ctx context.Context) error {
		_, err := c.Service.Tend(ctx)
		return err
	}
	c.start(ctx, "tending", tendEvery, round, log, "snoozed items and opinions cannot be tended now")
	c.start(ctx, "experiments", watchEvery, c.watchExperiments, log, "running experiments cannot be watched now")
}
