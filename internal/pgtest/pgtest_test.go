//go:build unix

package pgtest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

const childVariable = "PGTEST_CHILD"

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { connection.Close(context.Background()) })
	return connection
}

func TestEveryCallGetsItsOwnEmptyDatabase(t *testing.T) {
	first, second := connect(t, Start(t)), connect(t, Start(t))
	_, err := first.Exec(t.Context(), "CREATE TABLE notes (body text)")
	require.NoError(t, err)

	var tables int
	require.NoError(t, second.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables))
	require.Zero(t, tables)

	var encoding string
	require.NoError(t, first.QueryRow(t.Context(), "SHOW server_encoding").Scan(&encoding))
	require.Equal(t, "UTF8", encoding)
}

func TestTheDatabaseIsDroppedThoughSomebodyIsConnected(t *testing.T) {
	var dsn string
	t.Run("uses a database", func(t *testing.T) {
		dsn = Start(t)
		_, err := pgx.Connect(t.Context(), dsn)
		require.NoError(t, err)
	})
	if dsn == "" {
		t.Skip("PostgreSQL is not installed")
	}
	_, err := pgx.Connect(t.Context(), dsn)
	require.ErrorContains(t, err, "does not exist")
}

// A child runs this same test binary, prints its DSN, and is killed as hard as can be.
func TestTheServerDiesWithItsTestProcess(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		fmt.Println("dsn " + Start(t))
		<-t.Context().Done()
		return
	}
	Start(t)
	child := exec.Command(os.Args[0], "-test.run=^TestTheServerDiesWithItsTestProcess$")
	child.Env = append(os.Environ(), childVariable+"=1")
	output, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	dsn := readDSN(t, bufio.NewScanner(output))
	folder := folderOf(t, dsn)
	require.FileExists(t, filepath.Join(folder, "data", "postmaster.pid"))
	connect(t, dsn)

	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())
	require.Eventually(t, func() bool {
		_, err := os.Stat(folder)
		return os.IsNotExist(err)
	}, 20*time.Second, 20*time.Millisecond, "the folder goes when the server has gone")
	_, err = pgx.Connect(t.Context(), dsn)
	require.Error(t, err)
}

func readDSN(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	for lines.Scan() {
		if dsn, found := strings.CutPrefix(lines.Text(), "dsn "); found {
			return dsn
		}
	}
	t.Fatal("the child printed no DSN")
	return ""
}

func folderOf(t *testing.T, dsn string) string {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	require.NoError(t, err)
	return config.Host
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	binaries, folder := t.TempDir(), t.TempDir()
	script := "#!/bin/sh\necho 'no room on the device' >&2\nexit 1\n"
	require.NoError(t, os.WriteFile(filepath.Join(binaries, "initdb"), []byte(script), 0o755))
	_, err := startSupervisor(binaries, folder, nil)
	require.ErrorContains(t, err, "no room on the device")
}

func TestMajorVersion(t *testing.T) {
	require.Greater(t, majorVersion("/usr/lib/postgresql/15/bin/initdb"), majorVersion("/usr/lib/postgresql/9.6/bin/initdb"))
	require.Zero(t, majorVersion("/usr/local/bin/initdb"))
}
