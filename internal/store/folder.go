package store

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
)

const (
	// foldEvery is after how many writes the log is folded into the file.
	foldEvery = 64

	// longLog is the pages from which on the log has to begin anew. It can only when all
	// of it is in the file, which takes a moment without a writer.
	longLog = 2_000
)

// folder moves what is committed from SQLite's log into the file (a checkpoint), beside
// the writer: within a commit it would hold up whoever waits for that one for two more
// flushes and a thousand pages.
type folder struct {
	db     *sql.DB
	turn   sync.Locker // the writer's
	logger *slog.Logger
	due    chan struct{}
	gone   chan struct{}

	pending int // writes since it was last due; of the writer alone
}

func startFolder(db *sql.DB, turn sync.Locker, logger *slog.Logger) *folder {
	f := &folder{db: db, turn: turn, logger: logger, due: make(chan struct{}, 1), gone: make(chan struct{})}
	go f.run()
	return f
}

// wrote counts what the writer has written.
func (f *folder) wrote(n int) {
	if f == nil {
		return
	}
	if f.pending += n; f.pending < foldEvery {
		return
	}
	f.pending = 0
	select {
	case f.due <- struct{}{}:
	default: // it is at work, and will be again
	}
}

// stop ends a folder whose writer has ended.
func (f *folder) stop() {
	if f == nil {
		return
	}
	close(f.due)
	<-f.gone
}

// close ends the connection of a stopped folder.
func (f *folder) close() error {
	if f == nil {
		return nil
	}
	return f.db.Close()
}

func (f *folder) run() {
	defer close(f.gone)
	for range f.due {
		if err := f.fold(); err != nil {
			// Nothing is lost: the log is as durable as the file, and the next one tries again.
			f.logger.Warn("the log of the database could not be folded", "error", err)
		}
	}
}

// fold moves nearly all beside the writer. When the log is long it moves the rest, which
// is what was written meanwhile, while the writer rests: the next transaction then begins
// the log anew, unless a reader still needs it.
func (f *folder) fold() error {
	pages, err := f.checkpoint()
	if err != nil || pages < longLog {
		return err
	}
	f.turn.Lock()
	defer f.turn.Unlock()
	_, err = f.checkpoint()
	return err
}

// checkpoint returns how many pages are in the log, those that are in the file as well
// included. It waits for nobody: what it cannot move now stays for the next time.
func (f *folder) checkpoint() (pages int, err error) {
	var busy, moved int
	err = f.db.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &moved)
	return pages, err
}
