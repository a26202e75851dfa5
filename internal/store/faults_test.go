package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guardroom/guardroom/internal/pgtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/store"
)

var anApp = review.App{ID: "app", Name: "app", CreatedAt: time.UnixMicro(1)}

// openWithApp migrates, opens, and adds an App unless it is there.
func openWithApp(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	o.Logger = slog.New(slog.DiscardHandler)
	_, err := store.Migrate(t.Context(), o)
	require.NoError(t, err)
	s, err := store.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	err = s.Write(t.Context(), func(tx review.Tx) error { return tx.PutApp(anApp) })
	if review.CodeOf(err) != review.CodeConflict {
		require.NoError(t, err)
	}
	return s
}

// put stores an exchange of so many bytes with its Event, as Submit does.
func put(ctx context.Context, s *store.Store, id string, bytes int) error {
	text := make([]byte, bytes)
	_, _ = rand.Read(text)
	in := review.Interaction{ID: id, AppID: anApp.ID, ExternalID: id, Content: review.Content{Prompt: string(text)}}
	return s.Write(ctx, func(tx review.Tx) error {
		if err := tx.PutInteraction(in, review.Assessment{}); err != nil {
			return err
		}
		return tx.AppendEvent(review.Event{At: time.UnixMicro(1), Action: "put", Object: id, Detail: "{}"})
	})
}

// requireExactly wants the interactions that were acknowledged, whole and in the
// chain, and allows up to so many more that nobody was told of.
func requireExactly(t *testing.T, s *store.Store, acknowledged []string, untold int) {
	t.Helper()
	for _, id := range acknowledged {
		_, _, found, err := s.FindExternal(t.Context(), anApp.ID, id)
		require.NoError(t, err)
		require.True(t, found, "%s was acknowledged", id)
		_, err = s.Receipt(t.Context(), anApp.ID, id)
		require.NoError(t, err)
	}
	report, err := s.VerifyChain(t.Context())
	require.NoError(t, err)
	require.True(t, report.OK(), "event %d: %s", report.Broken, report.Reason)
	stored := int(report.Head.Seq)
	require.GreaterOrEqual(t, stored, len(acknowledged))
	require.LessOrEqual(t, stored, len(acknowledged)+untold)
}

const (
	childVariable = "GUARDROOM_TEST_STORE"
	producers     = 16
)

// TestKilledWhileWriting kills a process with SIGKILL while it writes, three times
// over on one database, and wants everything that it had acknowledged.
func TestKilledWhileWriting(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		writeForEver(t)
		return
	}
	for _, database := range []struct {
		name    string
		options func(*testing.T) store.Options
	}{
		{"SQLite", func(t *testing.T) store.Options { return store.Options{Dir: t.TempDir()} }},
		{"Postgres", func(t *testing.T) store.Options { return store.Options{DatabaseURL: pgtest.Start(t)} }},
	} {
		t.Run(database.name, func(t *testing.T) {
			o := database.options(t)
			require.NoError(t, openWithApp(t, o).Close())
			var acknowledged []string
			for round := range 3 {
				acknowledged = append(acknowledged, killAfter(t, o, 200)...)
				s := openWithApp(t, o)
				requireExactly(t, s, acknowledged, producers*(round+1))
				require.NoError(t, put(t.Context(), s, fmt.Sprintf("after-%d", round), 10))
				acknowledged = append(acknowledged, fmt.Sprintf("after-%d", round))
				require.NoError(t, s.Close())
			}
			if o.Dir != "" {
				requireIntegrity(t, o.Dir)
			}
		})
	}
}

// killAfter returns every id that the child had acknowledged when it was killed.
func killAfter(t *testing.T, o store.Options, lines int) []string {
	t.Helper()
	described, err := json.Marshal(map[string]string{"dir": o.Dir, "url": o.DatabaseURL})
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhileWriting$", "-test.timeout=60s")
	child.Env = append(os.Environ(), childVariable+"="+string(described))
	output, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	scanner := bufio.NewScanner(output)
	var ids []string
	for scanner.Scan() {
		ids = append(ids, scanner.Text())
		if len(ids) == lines {
			require.NoError(t, child.Process.Signal(syscall.SIGKILL))
		}
	}
	require.Error(t, child.Wait())
	require.GreaterOrEqual(t, len(ids), lines)
	return ids
}

// writeForEver is the child: it prints an id when its write was acknowledged.
func writeForEver(t *testing.T) {
	var described map[string]string
	require.NoError(t, json.Unmarshal([]byte(os.Getenv(childVariable)), &described))
	s, err := store.Open(t.Context(), store.Options{Dir: described["dir"], DatabaseURL: described["url"], Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	var group sync.WaitGroup
	for p := range producers {
		group.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), p, i)
				if put(t.Context(), s, id, 2_000) != nil {
					return
				}
				if _, err := io.WriteString(os.Stdout, id+"\n"); err != nil {
					return
				}
			}
		})
	}
	group.Wait()
}

func requireIntegrity(t *testing.T, dir string) {
	t.Helper()
	db := onSQLite.SQL(t, store.Options{Dir: dir})
	defer db.Close()
	var verdict string
	require.NoError(t, db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
	var dangling int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM pragma_foreign_key_check").Scan(&dangling))
	require.Zero(t, dangling)
}

// TestFullDisk writes until nothing more fits, wants an honest refusal and nothing
// half-written, and wants writing to go on when there is space again.
func TestFullDisk(t *testing.T) {
	t.Run("page count", func(t *testing.T) {
		var limited atomic.Bool
		limited.Store(true)
		dir := t.TempDir()
		s := openWithApp(t, store.WithPragmas(store.Options{Dir: dir}, func() []string {
			if limited.Load() {
				return []string{"max_page_count = 300"}
			}
			return []string{"max_page_count = 4294967294"}
		}))
		fillAndRecover(t, s, dir, func() { limited.Store(false) })
	})
	t.Run("file system", func(t *testing.T) {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("no small file system can be mounted: %v", err)
			}
			t.Skipf("SKIPPED, a real full file system needs the right to mount one: %v", err)
		}
		t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
		s := openWithApp(t, store.Options{Dir: dir})
		ballast := filepath.Join(dir, "ballast")
		require.NoError(t, os.WriteFile(ballast, make([]byte, 4<<20), 0o600))
		fillAndRecover(t, s, dir, func() { require.NoError(t, os.Remove(ballast)) })
	})
}

func fillAndRecover(t *testing.T, s *store.Store, dir string, free func()) {
	t.Helper()
	var mutex sync.Mutex
	var acknowledged []string
	var refused []error
	var group sync.WaitGroup
	for p := range producers {
		group.Go(func() {
			for i := range 200 {
				id := fmt.Sprintf("%d-%d", p, i)
				err := put(t.Context(), s, id, 20_000)
				mutex.Lock()
				if err != nil {
					refused = append(refused, err)
				} else {
					acknowledged = append(acknowledged, id)
				}
				mutex.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	group.Wait()
	require.NotEmpty(t, refused, "it never filled up")
	for _, err := range refused {
		require.Equal(t, review.CodeUnavailable, review.CodeOf(err), "%v", err)
		require.Positive(t, err.(*review.Error).RetryAfter)
	}
	requireExactly(t, s, acknowledged, 0)
	require.Equal(t, review.CodeUnavailable, review.CodeOf(put(t.Context(), s, "too much", 1<<20)))

	free()
	require.NoError(t, put(t.Context(), s, "fits again", 20_000), "without a restart")
	requireExactly(t, s, append(acknowledged, "fits again"), 0)
	requireIntegrity(t, dir)
}

func TestClosingLeavesNothingRunning(t *testing.T) {
	for name, o := range map[string]store.Options{"SQLite": {Dir: t.TempDir()}, "Postgres": {DatabaseURL: pgtest.Start(t)}} {
		t.Run(name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			s := openWithApp(t, o)
			require.NoError(t, put(t.Context(), s, "x", 10))
			requireExactly(t, s, []string{"x"}, 0)
			require.NoError(t, s.Close())
			goleak.VerifyNone(t, before)
		})
	}
}
