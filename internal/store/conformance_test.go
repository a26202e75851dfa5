package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/pgtest"
	"github.com/guardroom/guardroom/internal/store"
	"github.com/guardroom/guardroom/internal/store/storetest"
)

func TestSQLite(t *testing.T) { storetest.Run(t, onSQLite) }

func TestPostgres(t *testing.T) { storetest.Run(t, onPostgres(t)) }

var onSQLite = storetest.Database{
	Options: func(t testing.TB) store.Options { return store.Options{Dir: t.TempDir()} },
	SQL: func(t testing.TB, o store.Options) *sql.DB {
		return openSQL(t, "sqlite3", "file:"+filepath.Join(o.Dir, store.FileName)+"?_busy_timeout=10000")
	},
}

// onPostgres skips the test, loudly, where there is no PostgreSQL.
func onPostgres(t testing.TB) storetest.Database {
	pgtest.Start(t)
	return storetest.Database{
		Options: func(t testing.TB) store.Options { return store.Options{DatabaseURL: pgtest.Start(t)} },
		SQL:     func(t testing.TB, o store.Options) *sql.DB { return openSQL(t, "pgx", o.DatabaseURL) },
	}
}

func openSQL(t testing.TB, driver, dsn string) *sql.DB {
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	return db
}
