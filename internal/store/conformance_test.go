package store_test

import (
	"context"
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

// onPostgres skips the test, loudly, where there is no PostgreSQL. Making and
// migrating a database takes longer than most scenarios, so that they are emptied
// and used again.
func onPostgres(t testing.TB) storetest.Database {
	idle := make(chan string, 100)
	idle <- pgtest.Start(t)
	return storetest.Database{
		Options: func(scenario testing.TB) store.Options {
			var dsn string
			select {
			case dsn = <-idle:
			default:
				dsn = pgtest.Start(t)
			}
			scenario.Cleanup(func() {
				empty(scenario, dsn)
				idle <- dsn
			})
			return store.Options{DatabaseURL: dsn}
		},
		SQL: func(t testing.TB, o store.Options) *sql.DB { return openSQL(t, "pgx", o.DatabaseURL) },
	}
}

// empty removes all rows, also those that triggers protect. To delete a few rows costs less than TRUNCATE, which
// makes a new file for each table and index.
func empty(t testing.TB, dsn string) {
	db := openSQL(t, "pgx", dsn)
	defer db.Close()
	_, err := db.ExecContext(context.Background(), `DO $$ DECLARE name text; BEGIN
SET LOCAL session_replication_role = replica;
FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%' LOOP
    EXECUTE 'DELETE FROM ' || name;
END LOOP;
FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND sequencename NOT LIKE 'goose%' LOOP
    EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART';
END LOOP;
END $$`)
	require.NoError(t, err)
}

func openSQL(t testing.TB, driver, dsn string) *sql.DB {
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	return db
}
