package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"

	"github.com/guardroom/guardroom/migrations"
)

// FileName is the database's name in the data folder.
const FileName = "guardroom.db"

// busyDeadline is how long a writer waits for the writer of another process.
const busyDeadline = 15 * time.Second

// The pragmas of every connection, and those of each kind. The page size counts
// only when the file is made, and only before the journal mode is set.
var (
	sqliteCommon  = []string{"foreign_keys = ON", "temp_store = MEMORY"}
	sqliteWriting = []string{
		// The lock is polled at short intervals (begin), so that a busy server
		// cannot starve a command that wants to write one row.
		"busy_timeout = 20",
		"page_size = 16384", "journal_mode = WAL", "synchronous = FULL",
		"secure_delete = ON", // what is sealed anew or erased must not lie on in free pages
		"cache_size = -16000", "journal_size_limit = 67108864",
	}
	// The folder does it, so that nobody's commit has to wait for it.
	sqliteUnfolded = []string{"wal_autocheckpoint = 0"}
	sqliteReading  = []string{"busy_timeout = 5000", "query_only = ON", "cache_size = -4000"}
)

type sqlite struct {
	path    string
	pragmas func() []string // nil for none
}

func newSQLite(dir string, pragmas func() []string) (*sqlite, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store: the data folder: %w", err)
	}
	return &sqlite{path: filepath.Join(abs, FileName), pragmas: pragmas}, nil
}

// sqliteConnector opens connections with pragmas; a connector of our own needs no
// driver name in a global table.
type sqliteConnector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
}

func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c sqliteConnector) Driver() driver.Driver                        { return c.driver }

func (d *sqlite) pool(connections int, begin string, pragmas func() []string) *sql.DB {
	dsn := url.URL{Scheme: "file", Path: d.path, RawQuery: "mode=rw&_stmt_cache_size=64&_txlock=" + begin}
	db := sql.OpenDB(sqliteConnector{dsn: dsn.String(), driver: &sqlite3.SQLiteDriver{
		ConnectHook: func(conn *sqlite3.SQLiteConn) error {
			if err := conn.RegisterFunc("list_id", listID, true); err != nil {
				return err
			}
			for _, pragma := range pragmas() {
				if err := setPragma(conn, pragma); err != nil {
					return err
				}
			}
			return nil
		},
	}})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// setPragma waits while another process has the file to itself, as it does when it
// makes it or recovers it.
func setPragma(conn *sqlite3.SQLiteConn, pragma string) error {
	return whileBusy(func() error {
		if _, err := conn.Exec("PRAGMA "+pragma, nil); err != nil {
			return fmt.Errorf("pragma %s: %w", pragma, err)
		}
		return nil
	})
}

// whileBusy repeats what failed because another process held the lock. The driver
// waits a little each time.
func whileBusy(try func() error) error {
	deadline := time.Now().Add(busyDeadline)
	for {
		err := try()
		if err == nil || !isBusy(err) || time.Now().After(deadline) {
			return err
		}
	}
}

func isBusy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

func (d *sqlite) openMigrations() *sql.DB {
	return d.pool(2, "immediate", func() []string {
		return slices.Concat(sqliteCommon, sqliteWriting, []string{"busy_timeout = 15000", "temp_store = FILE"}) // a migration may sort every row
	})
}

func (d *sqlite) openWriter() *sql.DB {
	return d.pool(1, "immediate", func() []string {
		pragmas := slices.Concat(sqliteCommon, sqliteWriting, sqliteUnfolded)
		if d.pragmas != nil {
			pragmas = append(pragmas, d.pragmas()...)
		}
		return pragmas
	})
}

// openFolder opens the connection that moves what is committed from the log into the file.
func (d *sqlite) openFolder() *sql.DB {
	return d.pool(1, "deferred", func() []string { return slices.Concat(sqliteCommon, sqliteWriting, sqliteUnfolded) })
}

// openReaders opens connections that refuse to write and begin without a lock.
func (d *sqlite) openReaders() *sql.DB {
	return d.pool(max(4, 2*runtime.GOMAXPROCS(0)), "deferred", func() []string {
		return slices.Concat(sqliteCommon, sqliteReading)
	})
}

func (d *sqlite) gorm(pool gorm.ConnPool) gorm.Dialector {
	return gormsqlite.New(gormsqlite.Config{Conn: pool})
}

func (*sqlite) name() string { return "SQLite" }

func (d *sqlite) bind(query string) string { return query }

// unordered: https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_
func (d *sqlite) unordered(column string) string { return "+" + column }

func (d *sqlite) floor(expression string) string { return "CAST(" + expression + " AS INTEGER)" }

func (d *sqlite) begin(ctx context.Context, conn *sql.Conn) error {
	return whileBusy(func() error {
		_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
		return err
	})
}

func (d *sqlite) commit(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "COMMIT")
	return err
}

// limit sets none: the file is local, and a context that can end costs a goroutine
// for every statement.
func (d *sqlite) limit() (context.Context, context.CancelFunc) {
	return context.Background(), func() {}
}

// tend looks at a bounded number of rows of each index that has changed much.
func (d *sqlite) tend(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002")
	return err
}

func (d *sqlite) migration() migration {
	return migration{
		dialect: goose.DialectSQLite3,
		files:   migrations.SQLite(),
		options: []goose.ProviderOption{goose.WithLocker(&fileLock{path: d.path + ".lock"})},
		prepare: d.create,
		exists:  d.exists,
	}
}

// create makes the folder and an empty file that only the owner can read; SQLite
// gives its other files the same mode.
func (d *sqlite) create() error {
	if err := os.MkdirAll(filepath.Dir(d.path), 0o700); err != nil {
		return fmt.Errorf("store: the data folder: %w", err)
	}
	// A file that is there must not even be opened: closing it would drop the locks
	// that SQLite holds on it for other connections of this process.
	file, err := os.OpenFile(d.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store: the database file: %w", err)
	}
	return file.Close()
}

func (d *sqlite) exists() (bool, error) {
	_, err := os.Stat(d.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
