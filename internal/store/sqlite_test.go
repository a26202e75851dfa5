package store_test

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/pgtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/store"
	"github.com/guardroom/guardroom/migrations"
)

func TestSQLiteFilesAreForTheOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data ?#%")
	s := openWithApp(t, store.Options{Dir: dir})
	require.NoError(t, put(t.Context(), s, "x", 10))
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.EqualValues(t, 0o700, info.Mode().Perm())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 3, "the file, its log and its index")
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		require.EqualValues(t, 0o600, info.Mode().Perm(), f.Name())
	}
	require.NoError(t, s.Close())
	_, err = os.Stat(filepath.Join(dir, store.FileName+"-wal"))
	require.ErrorIs(t, err, os.ErrNotExist, "closing leaves one file to copy")
}

func TestSQLiteSettings(t *testing.T) {
	o := store.Options{Dir: t.TempDir()}
	require.NoError(t, put(t.Context(), openWithApp(t, o), "x", 10))
	db := onSQLite.SQL(t, o)
	defer db.Close()
	for pragma, want := range map[string]string{"page_size": "16384", "journal_mode": "wal"} {
		var got string
		require.NoError(t, db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
	}
}

func TestOpenSaysWhatIsMissing(t *testing.T) {
	logger := slog.New(slog.DiscardHandler)
	dir := filepath.Join(t.TempDir(), "typo")
	_, err := store.Open(t.Context(), store.Options{Dir: dir, Logger: logger})
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.ErrorContains(t, err, "run guardroom migrate")
	_, err = os.Stat(dir)
	require.ErrorIs(t, err, os.ErrNotExist, "a mistyped folder is not made")

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = store.Migrate(t.Context(), store.Options{Dir: file, Logger: logger})
	require.ErrorContains(t, err, "data folder")

	foreign := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(foreign, store.FileName), []byte(strings.Repeat("not a database ", 100)), 0o600))
	_, err = store.Migrate(t.Context(), store.Options{Dir: foreign, Logger: logger})
	require.Equal(t, review.CodeInternal, review.CodeOf(err))

	for _, dsn := range []string{"postgres://localhost:1/none?sslmode=disable", "host=127.0.0.1 port=1 dbname=none sslmode=disable"} {
		_, err = store.Open(t.Context(), store.Options{DatabaseURL: dsn, Logger: logger})
		require.Equal(t, review.CodeUnavailable, review.CodeOf(err), "%v", err)
	}
	_, err = store.Open(t.Context(), store.Options{DatabaseURL: "postgres://user:hunter2@host:port/x", Logger: logger})
	require.ErrorContains(t, err, "database URL")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestManyMigrateAtOnce(t *testing.T) {
	files, err := fs.Glob(migrations.SQLite(), "*")
	require.NoError(t, err)
	for name, options := range map[string]func(*testing.T) store.Options{
		"SQLite":   func(t *testing.T) store.Options { return store.Options{Dir: t.TempDir()} },
		"Postgres": func(t *testing.T) store.Options { return store.Options{DatabaseURL: pgtest.Start(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			o.Logger = slog.New(slog.DiscardHandler)
			const processes = 4
			var group sync.WaitGroup
			ran, errs := make([]int, processes), make([]error, processes)
			for i := range processes {
				group.Go(func() { ran[i], errs[i] = store.Migrate(t.Context(), o) })
			}
			group.Wait()
			total := 0
			for i := range processes {
				require.NoError(t, errs[i])
				total += ran[i]
			}
			require.Equal(t, len(files), total, "every migration ran once")
			require.NoError(t, put(t.Context(), openWithApp(t, o), "x", 10))
		})
	}
}

// A command must get its turn beside a server that writes without a pause.
func TestSQLiteCommandWritesBesideABusyServer(t *testing.T) {
	o := store.Options{Dir: t.TempDir()}
	server, command := openWithApp(t, o), openWithApp(t, o)
	stop := make(chan struct{})
	var group sync.WaitGroup
	for p := range producers {
		group.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := put(t.Context(), server, fmt.Sprintf("%d-%d", p, i), 500); err != nil {
					t.Errorf("server: %v", err)
					return
				}
			}
		})
	}
	for i := range 20 {
		require.NoError(t, put(t.Context(), command, fmt.Sprintf("command-%d", i), 10))
	}
	close(stop)
	group.Wait()
	report, err := server.VerifyChain(t.Context())
	require.NoError(t, err)
	require.True(t, report.OK())
}
