package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/guardroom/guardroom/internal/review"
)

// Options says where the data is.
type Options struct {
	Dir         string       // the data folder, for SQLite: DIR/guardroom.db
	DatabaseURL string       // postgres://… or key=value pairs; takes precedence over Dir
	Logger      *slog.Logger // required; never sees texts of Interactions
	SearchKey   []byte       // of the words that Items are found by; nothing is indexed without
	Keys        KeySource    // of texts; nothing is sealed without, and what is sealed cannot be opened
	Clock       review.Clock // for the expiry of sessions; nil is time.Now

	pragmas func() []string // more of them for SQLite's writer, for tests of faults
}

// dialect is what differs between the databases.
type dialect interface {
	// openMigrations, openWriter and openReaders return pools that connect lazily.
	openMigrations() *sql.DB
	openWriter() *sql.DB
	openReaders() *sql.DB
	// openFolder opens the connection of the folder, nil when there is nothing to fold.
	openFolder() *sql.DB
	gorm(gorm.ConnPool) gorm.Dialector
	name() string // as its makers write it
	// bind turns ? placeholders into the dialect's own.
	bind(query string) string
	// unordered is a column that the planner must not take an index for, because that
	// would cost the order of another.
	unordered(column string) string
	// floor is the whole number below an expression that is not negative.
	floor(expression string) string
	// begin starts a transaction that no other writer, of any process, can be in.
	begin(context.Context, *sql.Conn) error
	// commit returns nil exactly when the transaction is durable.
	commit(context.Context, *sql.Conn) error
	// limit bounds how long one group may take.
	limit() (context.Context, context.CancelFunc)
	// fault tells what an error of the driver means.
	fault(error) faultKind
	// tend keeps the planner's statistics fresh; it is called between groups.
	tend(context.Context, *sql.Conn) error
	migration() migration
}

// dialect chooses the database and checks the options.
func (o Options) dialect() (dialect, error) {
	switch {
	case o.Logger == nil:
		return nil, errors.New("store: a logger is required")
	case o.DatabaseURL != "":
		return newPostgres(o.DatabaseURL)
	case o.Dir != "":
		return newSQLite(o.Dir, o.pragmas)
	default:
		return nil, errors.New("store: a data folder or a database URL is required")
	}
}

// Store implements review.Store. It is safe for concurrent use.
type Store struct {
	dialect dialect
	writer  *writer
	readers *sql.DB
	orm     *gorm.DB // on the readers
	hot     hotReads
	clock   review.Clock
	reach   reach
	ring    *ring

	searchKey searchKey
	close     func() error

	decisions, items table // for the export
}

var _ review.Store = (*Store)(nil)

// Open opens a database whose schema is the one of this program; see Migrate.
func Open(ctx context.Context, o Options) (*Store, error) {
	d, err := o.dialect()
	if err != nil {
		return nil, err
	}
	if err := d.migration().check(ctx, d); err != nil {
		return nil, err
	}
	keys, err := newRing(ctx, o.Keys, o.Logger)
	if err != nil {
		return nil, err
	}
	s := &Store{dialect: d, ring: keys, clock: o.Clock, readers: d.openReaders(), reach: usualReach, searchKey: o.SearchKey}
	if s.clock == nil {
		s.clock = time.Now
	}
	s.orm, err = gorm.Open(d.gorm(s.readers), gormConfig())
	if err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(s.fault(err), s.readers.Close())
	}
	s.writer = startWriter(d, s.ring, o.Logger)
	s.close = sync.OnceValue(s.shut)
	if err := s.checkKeys(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	var err1, err2, err3 error
	s.decisions, err1 = tableOf(&decisionRow{})
	s.items, err2 = tableOf(&itemRow{})
	s.hot, err3 = prepareHotReads(ctx, s)
	return errors.Join(err1, err2, err3)
}

func gormConfig() *gorm.Config {
	return &gorm.Config{SkipDefaultTransaction: true, DisableAutomaticPing: true, Logger: logger.Discard}
}

// Close waits until everything that was handed to Write is durable. Later Writes
// are refused as unavailable.
func (s *Store) Close() error { return s.close() }

func (s *Store) shut() error {
	s.writer.drain()
	// The writer goes last: SQLite's last connection folds the log into the file,
	// which one that must not write cannot do.
	return errors.Join(s.hot.close(), s.readers.Close(), s.writer.folder.close(), s.writer.close())
}

// Kind is the name of the database.
func (s *Store) Kind() string { return s.dialect.name() }

// Ping tells whether the store can read, and can get as far as beginning to write.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.readers.PingContext(ctx); err != nil {
		return s.fault(err)
	}
	return s.writer.do(ctx, func(*tx) error { return nil })
}

// Write implements review.Store.
func (s *Store) Write(ctx context.Context, fn func(review.Tx) error) error {
	return s.writer.do(ctx, func(t *tx) error { return fn(t) })
}

// read starts a query on the readers.
func (s *Store) read(ctx context.Context) reads { return reads{s.orm.WithContext(ctx), s.ring} }

func (s *Store) opener(ctx context.Context) *opener { return &opener{ctx: ctx, ring: s.ring} }

// snapshot runs several queries that see one state of the database.
func (s *Store) snapshot(ctx context.Context, fn func(reads) error) error {
	options := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return s.fault(s.read(ctx).Transaction(func(db *gorm.DB) error { return fn(reads{db, s.ring}) }, options))
}
