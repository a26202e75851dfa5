package behavior

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// redisServer is a Redis of the test's own, in a temporary folder, on a Unix socket.
type redisServer struct {
	url     string
	folder  string
	process *exec.Cmd
}

// startRedis starts one. Without redis-server the test is skipped; where CI=true it fails.
func startRedis(t *testing.T) *redisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("SKIPPED, NOTHING OF REDIS IS TESTED: redis-server is not installed")
	}
	folder, err := os.MkdirTemp("", "redis") // t.TempDir makes paths too long for a socket
	require.NoError(t, err)
	s := &redisServer{folder: folder, url: "unix://" + filepath.Join(folder, "s")}
	s.start(t)
	t.Cleanup(func() {
		s.stop()
		os.RemoveAll(folder)
	})
	return s
}

func (s *redisServer) start(t *testing.T) {
	t.Helper()
	s.process = exec.Command("redis-server", "--port", "0", "--unixsocket", filepath.Join(s.folder, "s"), "--dir", s.folder, "--save", "", "--appendonly", "no")
	require.NoError(t, s.process.Start())
	options, err := redis.ParseURL(s.url)
	require.NoError(t, err)
	client := redis.NewClient(options)
	defer client.Close()
	require.Eventually(t, func() bool { return client.Ping(context.Background()).Err() == nil }, 10*time.Second, 10*time.Millisecond)
}

func (s *redisServer) stop() {
	_ = s.process.Process.Kill() // it is this test's own
	_ = s.process.Wait()
}
