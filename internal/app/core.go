package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"github.com/guardroom/guardroom/internal/behavior"
	"github.com/guardroom/guardroom/internal/bias"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/export"
	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/detectors"
	"github.com/guardroom/guardroom/internal/guard/memory"
	"github.com/guardroom/guardroom/internal/guard/moderation"
	"github.com/guardroom/guardroom/internal/guard/remote"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/outbox"
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
	Exports  *export.Office

	models  *llm.Client    // nil in commands
	outbox  *outbox.Outbox // nil in commands
	storage config.Storage
	texts   textKeys
	clock   review.Clock
	memory  *memory.Memory
	remotes *remote.Detectors // nil when there are none
	conduct *behavior.Tracker
	// pipeline is the Service's Screener.
	pipeline *guard.Pipeline
	ledger   ledger
	relay    *relay // nil of a server alone, and in commands
	replays  replays
	// snapshot is the file of what conduct knows; "" in commands, which follow nobody.
	snapshot string
	chores   []*chore // none in commands, which screen nothing or not for long
}

// surroundings are what a Core is given by whoever runs it.
type surroundings struct {
	meter  review.Meter
	log    *slog.Logger
	clock  review.Clock
	models *llm.Client // nil for commands, which ask nobody
}

// discard is the logger of commands: what goes wrong is their error.
var discard = slog.New(slog.DiscardHandler)

// noMeter is for commands: nobody asks them for metrics.
type noMeter struct{}

func (noMeter) Screened(review.Assessment) {}
func (noMeter) Denied(string)              {}
func (noMeter) Decided(review.Judgement)   {}

// Open opens the data folder, brings its schema up to date and builds the use cases.
func Open(ctx context.Context, storage config.Storage) (*Core, error) {
	return open(ctx, storage, config.Guard{}, surroundings{meter: noMeter{}, log: discard, clock: time.Now})
}

func open(ctx context.Context, storage config.Storage, guarding config.Guard, around surroundings) (*Core, error) {
	if _, err := migrate(ctx, storage, around.log); err != nil {
		return nil, err
	}
	st, texts, err := openStore(ctx, storage, around)
	if err != nil {
		return nil, err
	}
	core := &Core{Store: st, models: around.models, storage: storage, texts: texts, clock: around.clock}
	if err := core.build(guarding, around); err != nil {
		return nil, errors.Join(err, core.Close())
	}
	return core, nil
}

func migrate(ctx context.Context, storage config.Storage, log *slog.Logger) (int, error) {
	return store.Migrate(ctx, storeOptions(storage, log))
}

func storeOptions(storage config.Storage, log *slog.Logger) store.Options {
	return store.Options{Dir: storage.Data, DatabaseURL: storage.DatabaseURL.Reveal(), Logger: log}
}

// build puts the use cases on the store.
func (c *Core) build(guarding config.Guard, around surroundings) (err error) {
	if guarding.RemoteDetectors != "" {
		if c.remotes, err = remote.Load(guarding.RemoteDetectors); err != nil {
			return err
		}
	}
	if c.memory, err = memory.New(memory.Limit, textview.DefaultLimits()); err != nil {
		return err
	}
	screener, biasEngine, err := newGuard(c.distant(), guard.Options{Memory: c.memory, Failed: reporter(around.log)})
	if err != nil {
		return err
	}
	c.pipeline = screener
	if c.conduct, err = behavior.New(behavior.DefaultLimits()); err != nil {
		return err
	}
	if c.ledger, err = newLedger(c.storage, around.log); err != nil {
		return err
	}
	if c.replays, err = newReplays(c.storage, around.log); err != nil {
		return err
	}
	hasher, err := secret.NewPasswords(rand.Reader)
	if err != nil {
		return err
	}
	second, err := newFactors(c.storage)
	if err != nil {
		return err
	}
	c.Service, err = review.NewService(review.Deps{
		Store: c.Store, Screener: screener, Bias: biasEngine, Conduct: c.conduct, Ledger: c.ledger, Meter: around.meter,
		Clock: around.clock, NewID: newID, NewToken: newToken, Rand: mathrand.Float64,
	})
	if err != nil {
		return err
	}
	c.Accounts, err = review.NewAccounts(review.AccountDeps{
		Store: c.Store, Passwords: passwords{hasher}, Keys: keys{}, Replays: c.replays, SecondFactors: second, Passkeys: passkeys{}, Clock: around.clock, NewID: newID,
		Specs: c.Service.Specs(), FirstPolicy: review.DefaultPolicy,
	})
	if err != nil {
		return err
	}
	c.Exports, err = newOffice(c)
	return err
}

// reporter logs why detectors could not answer, not oftener than every second: a
// service that is down fails many times.
func reporter(log *slog.Logger) func(detector string, err error) {
	seldom := &rate.Sometimes{First: 5, Interval: time.Second}
	return func(detector string, err error) {
		seldom.Do(func() { log.Warn("a detector could not answer", "detector", detector, "error", err) })
	}
}

// newGuard loads the detectors, those of the operator with them, and the bias engine.
func newGuard(remotes []guard.Spec, options guard.Options) (*guard.Pipeline, *bias.Engine, error) {
	local := detectors.All().Specs()
	all := slices.Concat(local, remotes)
	options.Limits = textview.DefaultLimits()
	pipeline, err := guard.NewPipeline(guard.NewRegistry(all...), options)
	if err != nil {
		return nil, nil, fmt.Errorf("load the guard: %w", err)
	}
	engine, err := bias.New()
	if err != nil {
		return nil, nil, fmt.Errorf("load the bias engine: %w", err)
	}
	warm(pipeline, local)
	return pipeline, engine, nil
}

// distant lists the detectors that call out.
func (c *Core) distant() (specs []guard.Spec) {
	if c.remotes != nil {
		specs = c.remotes.Specs()
	}
	if c.models != nil && c.models.Configured() {
		specs = append(specs, moderation.Spec(moderator{c.models}, c.clock))
	}
	return specs
}

// warm screens the examples of all local detectors once: the automata of the pattern
// sets are built while they run, and the first caller should not wait for that.
func warm(pipeline *guard.Pipeline, local []guard.Spec) {
	specs := make([]review.DetectorSpec, len(local))
	for i, spec := range local {
		specs[i] = spec.DetectorSpec
	}
	policy := review.DefaultPolicy(specs) // remote ones are off in it
	for _, spec := range specs {
		for _, example := range spec.Examples {
			pipeline.Screen(context.Background(), review.Content{Prompt: example}.Segments(), policy)
		}
	}
}

// Close ends the chores, waits for what was accepted to be on disk and closes the store.
func (c *Core) Close() error {
	for _, chore := range c.chores {
		chore.stop()
	}
	err := errors.Join(c.unfollow(), c.Store.Close())
	if c.ledger != nil {
		err = errors.Join(err, c.ledger.Close())
	}
	if c.replays != nil {
		err = errors.Join(err, c.replays.Close())
	}
	if c.remotes != nil {
		err = errors.Join(err, c.remotes.Close())
	}
	if c.models != nil {
		err = errors.Join(err, c.models.Close())
	}
	return err
}
