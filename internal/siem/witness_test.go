package siem

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/audit"
)

// TestACheckpointIsTakenByAWitness: what arrives verifies as it would in a file, and an answer other than 2xx, a redirect too, is none.
func TestACheckpointIsTakenByAWitness(t *testing.T) {
	t.Parallel()
	bodies := make(chan string, 8)
	var status atomic.Int32
	status.Store(http.StatusServiceUnavailable)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer a token" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %v %v", r.Method, r.Header, err)
		}
		bodies <- r.Header.Get("Idempotency-Key") + " " + string(body)
		w.Header().Set("Location", elsewhere.URL)
		w.WriteHeader(int(status.Load()))
	}))
	defer server.Close()
	signer, err := audit.NewSigner(strings.Repeat("k", 32))
	require.NoError(t, err)
	checkpoint := signer.Sign(audit.Head{Seq: 7, Hash: [32]byte{1}}, time.Unix(1, 0))
	w := NewWitness(server.URL, "a token")

	require.ErrorContains(t, w.Post(t.Context(), checkpoint), "503")
	<-bodies
	status.Store(http.StatusFound)
	require.ErrorContains(t, w.Post(t.Context(), checkpoint), "302")
	<-bodies
	status.Store(http.StatusNoContent)
	require.NoError(t, w.Post(t.Context(), checkpoint))
	key, line, _ := strings.Cut(<-bodies, " ")
	require.Equal(t, "guardroom-checkpoint-7", key)
	read, err := audit.ReadCheckpoints(strings.NewReader(line))
	require.NoError(t, err)
	require.Len(t, read, 1)
	require.NoError(t, read[0].Verify(signer.PublicKey()))
	require.Equal(t, checkpoint.Head, read[0].Head)
}
