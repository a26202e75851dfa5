//go:build unix

// Package pgtest gives a test a real PostgreSQL: one server per test binary in a temporary folder, on a Unix socket, and a
// fresh database per call.
//
// It is for tests only and knows nothing of Guardroom's schema. The server is watched by a small shell that holds the read
// end of a pipe: when the test process ends, however it ends, the pipe closes, the shell stops the server and removes the
// folder. So nothing is left behind after a panic, a time-out or kill -9, and no TestMain is needed.
package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	superuser    = "guardroom"
	startTimeout = 60 * time.Second
	queryTimeout = 30 * time.Second

	// The kernel allows 107 bytes for a socket's path; this leaves room for "/.s.PGSQL.5432".
	maxFolderLength = 90
)

var errNotInstalled = errors.New("PostgreSQL is not installed: no initdb and pg_ctl in /usr/lib/postgresql/*/bin or on the PATH")

// supervise starts the server, says "ready", and sleeps until its standard input closes; when the server does not start it
// prints the log instead. $1 is the folder of the binaries, $2 the server's folder. Nothing is synced to disk: the data need
// not outlive the test.
const supervise = `
trap '' HUP INT TERM
cd "$2" || exit 1
if "$1/initdb" -D "$2/data" -U ` + superuser + ` -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$2/log" 2>&1 </dev/null &&
	"$1/pg_ctl" start -w -t 60 -D "$2/data" -l "$2/log" -o "-c listen_addresses='' -c unix_socket_directories='$2' \
		-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB" \
		>>"$2/log" 2>&1 </dev/null
then
	echo ready
	read -r _
	"$1/pg_ctl" stop -m immediate -D "$2/data" >/dev/null 2>&1
else
	cat "$2/log"
fi
cd / && rm -rf "$2"
`

// shared is the one server of this test binary.
var shared = sync.OnceValues(startServer)

type server struct {
	folder string
	// lifeline is held so that it is not collected: its finalizer would close the pipe and end the server.
	lifeline io.Closer
	created  atomic.Int64
}

// Start returns the connection URL of a new, empty database that is dropped when the test ends. It may be called from
// parallel tests. Without PostgreSQL the test is skipped; where CI=true it fails.
func Start(t testing.TB) (dsn string) {
	t.Helper()
	server, err := shared()
	if errors.Is(err, errNotInstalled) && os.Getenv("CI") != "true" {
		t.Skipf("SKIPPED, NOT TESTED ON POSTGRESQL: %v", err)
	}
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	name := fmt.Sprintf("test_%d", server.created.Add(1))
	if err := server.execute("CREATE DATABASE " + name); err != nil {
		t.Fatalf("pgtest: create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := server.execute("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("pgtest: drop the database: %v", err)
		}
	})
	return server.dsn(name)
}

func (s *server) dsn(database string) string {
	address := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	address.RawQuery = url.Values{"host": {s.folder}, "sslmode": {"disable"}}.Encode()
	return address.String()
}

func (s *server) execute(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), queryTimeout)
	defer cancel()
	connection, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return err
	}
	defer connection.Close(ctx)
	_, err = connection.Exec(ctx, statement)
	return err
}

func startServer() (*server, error) {
	binaries, err := findBinaries()
	if err != nil {
		return nil, err
	}
	owner, err := serverOwner()
	if err != nil {
		return nil, err
	}
	folder, err := makeFolder(owner)
	if err != nil {
		return nil, err
	}
	lifeline, err := startSupervisor(binaries, folder, owner)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return &server{folder: folder, lifeline: lifeline}, nil
}

// startSupervisor returns when the server accepts connections; the server ends when the lifeline is closed.
func startSupervisor(binaries, folder string, owner *syscall.Credential) (lifeline io.Closer, err error) {
	command := exec.Command("/bin/sh", "-c", supervise, "pgtest", binaries, folder)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"}
	// Ctrl-C in a terminal goes to the process group: the shell must outlive it to clean up.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: owner}
	lifeline, err = command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	started := make(chan error, 1)
	go func() { started <- awaitReady(output) }()
	select {
	case err = <-started:
	case <-time.After(startTimeout):
		err = fmt.Errorf("not ready after %v", startTimeout)
	}
	if err != nil {
		lifeline.Close()
		return nil, err
	}
	return lifeline, nil
}

func awaitReady(output io.Reader) error {
	reader := bufio.NewReader(output)
	first, err := reader.ReadString('\n')
	if err == nil && first == "ready\n" {
		return nil
	}
	rest, _ := io.ReadAll(reader)
	return fmt.Errorf("the server did not start:\n%s%s", first, rest)
}

// findBinaries prefers the newest version that Debian installed; initdb on the PATH may be a link, and PostgreSQL finds its
// own files beside the real one.
func findBinaries() (string, error) {
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(installed, func(a, b string) int { return majorVersion(b) - majorVersion(a) })
	if onPath, err := exec.LookPath("initdb"); err == nil {
		if resolved, err := filepath.EvalSymlinks(onPath); err == nil {
			installed = append(installed, resolved)
		}
	}
	for _, initdb := range installed {
		folder := filepath.Dir(initdb)
		if _, err := exec.LookPath(filepath.Join(folder, "pg_ctl")); err == nil {
			return folder, nil
		}
	}
	return "", errNotInstalled
}

func majorVersion(initdb string) int {
	version, _, _ := strings.Cut(filepath.Base(filepath.Dir(filepath.Dir(initdb))), ".")
	major, _ := strconv.Atoi(version)
	return major
}

// serverOwner returns nil for an ordinary user. PostgreSQL refuses to run as root, so root lends it another user.
func serverOwner() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(account.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as")
}

func makeFolder(owner *syscall.Credential) (string, error) {
	parent := os.TempDir()
	// Root's TMPDIR may be closed to the user that the server runs as.
	if owner != nil || len(parent) > maxFolderLength/2 {
		parent = "/tmp"
	}
	folder, err := os.MkdirTemp(parent, "guardroom-pg-")
	if err != nil || owner == nil {
		return folder, err
	}
	return folder, os.Chown(folder, int(owner.Uid), int(owner.Gid))
}
