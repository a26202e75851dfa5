package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"github.com/guardroom/guardroom/internal/bias"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/detectors"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
	"github.com/guardroom/guardroom/internal/store"
)

// CLI is the Actor of what the command line does.
var CLI = review.Actor{Kind: review.ActorSystem, ID: "cli"}

// Core is the program without the web server: an open store and the use cases on it.
type Core struct {
	Store    *store.Store
	Service  *review.Service
	Accounts *review.Accounts
}

// discard is the logger of commands: what goes wrong is their error.
var discard = slog.New(slog.DiscardHandler)

// noMeter is for commands: nobody asks them for metrics.
type noMeter struct{}

func (noMeter) Screened(review.Assessment) {}
func (noMeter) Decided(review.Judgement)   {}

// Open opens the data folder, brings its schema up to date and builds the use cases.
func Open(ctx context.Context, storage config.Storage) (*Core, error) {
	return open(ctx, storage, noMeter{}, discard, time.Now)
}

func open(ctx context.Context, storage config.Storage, meter review.Meter, log *slog.Logger, clock review.Clock) (*Core, error) {
	if _, err := migrate(ctx, storage, log); err != nil {
		return nil, err
	}
	options := storeOptions(storage, log)
	options.Clock = clock
	st, err := store.Open(ctx, options)
	if err != nil {
		return nil, err
	}
	core, err := newCore(st, meter, clock)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return core, nil
}

func migrate(ctx context.Context, storage config.Storage, log *slog.Logger) (int, error) {
	return store.Migrate(ctx, storeOptions(storage, log))
}

func storeOptions(storage config.Storage, log *slog.Logger) store.Options {
	return store.Options{Dir: storage.Data, DatabaseURL: storage.DatabaseURL.Reveal(), Logger: log}
}

func newCore(st *store.Store, meter review.Meter, clock review.Clock) (*Core, error) {
	screener, biasEngine, err := newGuard()
	if err != nil {
		return nil, err
	}
	hasher, err := secret.NewPasswords(rand.Reader)
	if err != nil {
		return nil, err
	}
	service, err := review.NewService(review.Deps{
		Store: st, Screener: screener, Bias: biasEngine, Meter: meter,
		Clock: clock, NewID: newID, NewToken: newToken, Rand: mathrand.Float64,
	})
	if err != nil {
		return nil, err
	}
	accounts, err := review.NewAccounts(review.AccountDeps{
		Store: st, Passwords: passwords{hasher}, Keys: keys{}, Clock: clock, NewID: newID,
		Specs: append(screener.Specs(), biasEngine.Specs()...),
	})
	if err != nil {
		return nil, err
	}
	return &Core{Store: st, Service: service, Accounts: accounts}, nil
}

// newGuard loads the detectors and the bias engine.
func newGuard() (*guard.Pipeline, *bias.Engine, error) {
	pipeline, err := guard.NewPipeline(detectors.All(), guard.Options{Limits: textview.DefaultLimits()})
	if err != nil {
		return nil, nil, fmt.Errorf("load the guard: %w", err)
	}
	engine, err := bias.New()
	if err != nil {
		return nil, nil, fmt.Errorf("load the bias engine: %w", err)
	}
	warm(pipeline)
	return pipeline, engine, nil
}

// warm screens every detector's examples once: the automata of the pattern sets are
// built while they run, and the first caller should not wait for that.
func warm(pipeline *guard.Pipeline) {
	specs := pipeline.Specs()
	policy := review.DefaultPolicy(specs)
	for _, spec := range specs {
		for _, example := range spec.Examples {
			pipeline.Screen(context.Background(), review.Content{Prompt: example}.Segments(), policy)
		}
	}
}

// Close waits for what was accepted to be on disk and closes the store.
func (c *Core) Close() error { return c.Store.Close() }
