package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"

	"github.com/guardroom/guardroom/migrations"
)

const (
	// chainLock is the advisory lock that every writing transaction holds, so that
	// any number of processes append to one audit chain.
	chainLock = 0x6775617264726f6f // "guardroo"

	postgresReaders = 16
	postgresLimit   = 30 * time.Second
)

// postgresDefaults are session settings for what the connection string leaves open.
// A process that hangs in the middle of a group must not stop the others for ever.
var postgresDefaults = map[string]string{
	"application_name":                    "guardroom",
	"lock_timeout":                        "15s",
	"idle_in_transaction_session_timeout": "60s",
}

type postgres struct {
	config *pgx.ConnConfig
}

func newPostgres(databaseURL string) (*postgres, error) {
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("store: the database URL: %w", err) // pgx leaves the password out
	}
	for name, value := range postgresDefaults {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	return &postgres{config: config}, nil
}

func (d *postgres) pool(connections int, settings map[string]string) *sql.DB {
	config := d.config.Copy()
	maps.Copy(config.RuntimeParams, settings)
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

func (d *postgres) openMigrations() *sql.DB {
	return d.pool(2, map[string]string{"lock_timeout": "0", "idle_in_transaction_session_timeout": "0"})
}

func (d *postgres) openWriter() *sql.DB { return d.pool(1, nil) }

// openFolder opens nothing: the server does its checkpoints.
func (d *postgres) openFolder() *sql.DB { return nil }

func (d *postgres) openReaders() *sql.DB {
	return d.pool(postgresReaders, map[string]string{"default_transaction_read_only": "on"})
}

func (d *postgres) gorm(pool gorm.ConnPool) gorm.Dialector {
	return gormpostgres.New(gormpostgres.Config{Conn: pool})
}

func (*postgres) name() string { return "PostgreSQL" }

// bind numbers the placeholders. Our statements have no question mark elsewhere.
func (d *postgres) bind(query string) string {
	var b strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("$" + strconv.Itoa(n))
		query = after
	}
}

// unordered trusts the planner's statistics, which an expression would hide from it.
func (d *postgres) unordered(column string) string { return column }

func (d *postgres) floor(expression string) string {
	return "CAST(FLOOR(" + expression + ") AS BIGINT)"
}

func (d *postgres) begin(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(chainLock))
	return err
}

// commit asks the server what became of the transaction when the connection breaks
// while it commits: what was stored must not be reported as failed.
func (d *postgres) commit(ctx context.Context, conn *sql.Conn) error {
	var xid *string // NULL when nothing was written
	if err := conn.QueryRowContext(ctx, "SELECT pg_current_xact_id_if_assigned()::text").Scan(&xid); err != nil {
		return err
	}
	if xid == nil {
		_, err := conn.ExecContext(ctx, "COMMIT") // or else other servers would wait for the lock
		return err
	}
	var tag pgconn.CommandTag
	err := conn.Raw(func(c any) (err error) {
		tag, err = c.(*stdlib.Conn).Conn().Exec(ctx, "COMMIT")
		return err
	})
	switch {
	case err != nil:
		return d.outcome(ctx, *xid, err)
	case tag.String() != "COMMIT":
		return fmt.Errorf("the server answered COMMIT with %s", tag) // it rolled back
	}
	return nil
}

// outcome returns nil when the transaction was committed, and lost when it was not
// or nobody can tell.
func (d *postgres) outcome(ctx context.Context, xid string, lost error) error {
	conn, err := pgx.ConnectConfig(ctx, d.config)
	if err != nil {
		return errors.Join(lost, err)
	}
	defer conn.Close(ctx)
	for {
		var status string
		if err := conn.QueryRow(ctx, "SELECT pg_xact_status($1::text::xid8)", xid).Scan(&status); err != nil {
			return errors.Join(lost, err)
		}
		switch status {
		case "committed":
			return nil
		case "aborted":
			return lost
		}
		if _, err := conn.Exec(ctx, "SELECT pg_sleep(0.01)"); err != nil { // the old connection still ends
			return errors.Join(lost, err)
		}
	}
}

func (d *postgres) limit() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), postgresLimit)
}

// tend leaves statistics to autovacuum.
func (d *postgres) tend(context.Context, *sql.Conn) error { return nil }

func (d *postgres) migration() migration {
	nothing := func() error { return nil }
	return migration{
		dialect: goose.DialectPostgres,
		files:   migrations.Postgres(),
		options: migrationLock(),
		prepare: nothing,
		exists:  func() (bool, error) { return true, nil },
	}
}

// migrationLock waits up to a minute for another process that migrates.
func migrationLock() []goose.ProviderOption {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		panic("store: " + err.Error()) // the two numbers are constants
	}
	return []goose.ProviderOption{goose.WithSessionLocker(locker)}
}
