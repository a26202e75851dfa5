package app

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/guardroom/guardroom/internal/behavior"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
)

const (
	// snapshotFile is what a server knows of people and Apps, kept while none runs.
	snapshotFile = "behavior.snapshot"
	// recordEvery is how much of the hourly counts a killed server loses at most.
	recordEvery = 10 * time.Second
	// restrictEvery is how late a server learns of restrictions that another one made.
	restrictEvery = time.Second
	pruneEvery    = 10 * time.Minute
)

// follow knows people and Apps as the server before did, and goes on from there until Close. A snapshot that cannot be
// read costs the baselines, which come back by themselves, and nothing else.
func (c *Core) follow(ctx context.Context, folder string, clock review.Clock, log *slog.Logger) error {
	c.snapshot = filepath.Join(folder, snapshotFile)
	known, err := c.loadSnapshot()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("what was known of conduct cannot be read: it is learned anew", "error", err)
	}
	if c.relay, err = startRelay(c.storage, c.conduct, known, log); err != nil {
		return err
	}
	if err := errors.Join(c.Service.LoadRestrictions(ctx), c.Service.LoadBudgets(ctx)); err != nil {
		return err
	}
	prune := func(context.Context) error {
		c.conduct.Prune(clock())
		c.ledger.Prune(clock())
		return nil
	}
	c.start(ctx, "conduct", recordEvery, c.recordConduct, log, "counts of conduct cannot be kept now")
	c.start(ctx, "restrictions", restrictEvery, c.Service.LoadRestrictions, log, "restrictions cannot be read now")
	c.start(ctx, "forgetting", pruneEvery, prune, log, "conduct cannot be forgotten now")
	return nil
}

// recordConduct keeps what was counted; what could not be kept is kept the next time.
func (c *Core) recordConduct(ctx context.Context) error {
	counted := c.conduct.Drain()
	err := c.Service.RecordConduct(ctx, counted)
	if err != nil {
		c.conduct.Restore(counted)
	}
	return err
}

// loadSnapshot returns until when conduct is known.
func (c *Core) loadSnapshot() (until time.Time, err error) {
	file, err := os.Open(c.snapshot)
	if err != nil {
		return until, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	about, err := file.Stat()
	if err == nil {
		err = c.conduct.Load(bufio.NewReader(file))
	}
	if err != nil {
		return until, err
	}
	return about.ModTime(), nil
}

// relay is a behavior.Relay at work.
type relay struct {
	*behavior.Relay
	cancel context.CancelFunc
	done   chan struct{}
}

// startRelay lets this server and others see conduct together where they have a Redis for it; nil where they have none.
func startRelay(storage config.Storage, conduct *behavior.Tracker, known time.Time, log *slog.Logger) (*relay, error) {
	if !storage.RedisURL.IsSet() {
		return nil, nil
	}
	shared, err := behavior.NewRelay(storage.RedisURL.Reveal(), conduct, log)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &relay{shared, cancel, make(chan struct{})}
	go func() {
		defer close(r.done)
		shared.Run(ctx, known)
	}()
	return r, nil
}

// stop says what is still to be said, and hears no more.
func (r *relay) stop() error {
	if r == nil {
		return nil
	}
	r.cancel()
	<-r.done
	return r.Close()
}

// unfollow keeps what is known for the next server.
func (c *Core) unfollow() error {
	if c.snapshot == "" {
		return nil
	}
	return errors.Join(c.relay.stop(), c.recordConduct(context.Background()), c.saveSnapshot())
}

func (c *Core) saveSnapshot() error {
	temp, err := os.CreateTemp(filepath.Dir(c.snapshot), snapshotFile+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // it is gone when all went well
	out := bufio.NewWriterSize(temp, 1<<16)
	if err := errors.Join(c.conduct.Save(out), out.Flush(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), c.snapshot)
}
