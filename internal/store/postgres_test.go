package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/pgtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/store"
)

const terminateOthers = `SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`

// TestPostgresConnectionsAreLost ends every connection again and again under load:
// a Write that succeeded is stored, one that did not is not, and writing goes on.
func TestPostgresConnectionsAreLost(t *testing.T) {
	o := store.Options{DatabaseURL: pgtest.Start(t)}
	s := openWithApp(t, o)
	killer := openSQL(t, "pgx", o.DatabaseURL)
	defer killer.Close()
	killer.SetMaxOpenConns(1) // two would end each other

	var mutex sync.Mutex
	var acknowledged []string
	var lost atomic.Int64
	var group sync.WaitGroup
	for p := range producers {
		group.Go(func() {
			for i := range 50 {
				id := fmt.Sprintf("%d-%d", p, i)
				err := put(context.Background(), s, id, 500)
				mutex.Lock()
				if err == nil {
					acknowledged = append(acknowledged, id)
				} else if review.CodeOf(err) == review.CodeUnavailable {
					lost.Add(1)
				} else {
					t.Errorf("%s: %v", id, err)
				}
				if err == nil && len(acknowledged)%100 == 50 {
					terminate(t, killer)
				}
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	require.NotEmpty(t, acknowledged)
	requireReadsRecover(t, s)
	requireExactly(t, s, acknowledged, 0)

	terminate(t, killer)
	require.NoError(t, put(t.Context(), s, "after", 10), "an idle connection that was ended costs nobody anything")
	t.Logf("%d stored, %d refused", len(acknowledged)+1, lost.Load())
}

// requireReadsRecover lets reads fail once for every connection that was ended.
func requireReadsRecover(t *testing.T, s *store.Store) {
	t.Helper()
	for range 20 {
		_, err := s.Apps(t.Context())
		if err == nil {
			return
		}
		require.Equal(t, review.CodeUnavailable, review.CodeOf(err), "%v", err)
	}
	t.Fatal("reading does not recover")
}

func terminate(t testing.TB, db *sql.DB) {
	var n int
	if err := db.QueryRow(terminateOthers).Scan(&n); err != nil {
		t.Errorf("terminate: %v", err)
	}
}

// TestPostgresConnectionBreaksAtCommit breaks it just before and just after the
// server commits: the answer must be what is true.
func TestPostgresConnectionBreaksAtCommit(t *testing.T) {
	for _, tt := range []struct {
		name      string
		committed bool
	}{{"before", false}, {"after", true}} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProxy(t, pgtest.Start(t))
			s := openWithApp(t, store.Options{DatabaseURL: p.dsn})
			require.NoError(t, put(t.Context(), s, "first", 10))
			p.breakAtCommit(tt.committed)
			err := put(t.Context(), s, "second", 10)
			require.True(t, p.broke.Load())
			stored := []string{"first"}
			if tt.committed {
				require.NoError(t, err)
				stored = append(stored, "second")
			} else {
				require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
			}
			requireExactly(t, s, stored, 0)
			require.NoError(t, put(t.Context(), s, "third", 10))
			requireExactly(t, s, append(stored, "third"), 0)
		})
	}
}

// proxy stands between the store and the server.
type proxy struct {
	dsn     string
	server  string
	armed   atomic.Bool
	deliver atomic.Bool // the server sees the COMMIT
	broke   atomic.Bool
}

func newProxy(t *testing.T, dsn string) *proxy {
	t.Helper()
	address, err := url.Parse(dsn)
	require.NoError(t, err)
	folder, err := os.MkdirTemp("", "proxy") // a socket's path must be short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	const socket = ".s.PGSQL.5432"
	p := &proxy{server: filepath.Join(address.Query().Get("host"), socket)}
	listener, err := net.Listen("unix", filepath.Join(folder, socket))
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	query := address.Query()
	query.Set("host", folder)
	address.RawQuery = query.Encode()
	p.dsn = address.String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

// breakAtCommit breaks the next connection that commits.
func (p *proxy) breakAtCommit(deliver bool) {
	p.deliver.Store(deliver)
	p.armed.Store(true)
}

func (p *proxy) serve(client net.Conn) {
	server, err := net.Dial("unix", p.server)
	if err != nil {
		client.Close()
		return
	}
	var mute atomic.Bool
	answered := make(chan struct{}, 1)
	go func() {
		defer client.Close()
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if mute.Load() {
				answered <- struct{}{}
				return
			}
			if err != nil {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if bytes.Contains(buffer[:n], []byte("COMMIT\x00")) && p.armed.CompareAndSwap(true, false) {
			p.broke.Store(true)
			if p.deliver.Load() {
				mute.Store(true)
				_, _ = server.Write(buffer[:n])
				<-answered // the server has committed
			}
			client.Close()
			return
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			client.Close()
			return
		}
	}
}

func TestPostgresTakesKeywords(t *testing.T) {
	address, err := url.Parse(pgtest.Start(t))
	require.NoError(t, err)
	keywords := fmt.Sprintf("host=%s user=%s dbname=%s sslmode=disable", address.Query().Get("host"),
		address.User.Username(), strings.TrimPrefix(address.Path, "/"))
	s := openWithApp(t, store.Options{DatabaseURL: keywords, Dir: "the database URL takes precedence"})
	require.NoError(t, put(t.Context(), s, "x", 10))
	requireExactly(t, s, []string{"x"}, 0)
}
