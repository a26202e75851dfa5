package app

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/config"
)

// TestEachWitnessGetsEachCheckpointOnce: who could not take one does not keep it from the others, and is asked again.
func TestEachWitnessGetsEachCheckpointOnce(t *testing.T) {
	t.Parallel()
	posted := make(chan string, 8)
	var status atomic.Int32
	status.Store(http.StatusServiceUnavailable)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && status.Load() == http.StatusOK {
			posted <- string(body)
		}
		w.WriteHeader(int(status.Load()))
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "checkpoints")
	witnesses := witnessesOf(config.Audit{AuditCheckpoints: file, AuditCheckpointURL: config.HTTPURL(server.URL), AuditCheckpointToken: config.NewSecret("t")})
	require.Len(t, witnesses, 2)
	require.Empty(t, witnessesOf(config.Audit{}))
	signer, err := audit.NewSigner(strings.Repeat("k", 32))
	require.NoError(t, err)
	tell := func(seq int64) error {
		var errs []error
		for _, w := range witnesses {
			errs = append(errs, w.tell(t.Context(), signer.Sign(audit.Head{Seq: seq}, time.Unix(seq, 0))))
		}
		return errors.Join(errs...)
	}
	require.ErrorContains(t, tell(1), "503")
	status.Store(http.StatusOK)
	require.NoError(t, tell(1), "the same end, for who does not have it yet")
	require.NoError(t, tell(1))
	require.NoError(t, tell(2))

	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Len(t, posted, 2, "once each")
	require.Equal(t, string(written), <-posted+<-posted, "both have both")
}
