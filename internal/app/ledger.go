package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/guardroom/guardroom/internal/behavior"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
)

// ledger counts quotas and budgets, and forgets what is over.
type ledger interface {
	review.Ledger
	Prune(now time.Time) int
	Close() error
	// Away tells whether it counts with other servers, and then whether it cannot now.
	Away(context.Context) (shared, away bool)
}

// ownLedger is that of a server alone.
type ownLedger struct{ *behavior.Ledger }

func (ownLedger) Close() error { return nil }

func (ownLedger) Away(context.Context) (shared, away bool) { return false, false }

// newLedger counts in Redis where there is one, and in memory else.
func newLedger(storage config.Storage, log *slog.Logger) (ledger, error) {
	if !storage.RedisURL.IsSet() {
		return ownLedger{behavior.NewLedger()}, nil
	}
	return behavior.NewSharedLedger(storage.RedisURL.Reveal(), log)
}

// replays remember which signed requests came.
type replays interface {
	review.Replays
	Close() error
}

// newReplays remembers in Redis where there is one, and in memory else.
func newReplays(storage config.Storage, log *slog.Logger) (replays, error) {
	if !storage.RedisURL.IsSet() {
		return behavior.NewReplays(behavior.MaxReplays), nil
	}
	return behavior.NewSharedReplays(storage.RedisURL.Reveal(), log)
}
