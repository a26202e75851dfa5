package web_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guardroom/guardroom/internal/llm/llmtest"
	"github.com/guardroom/guardroom/web/webtest"
)

// chaosCalls is how many calls the chaos makes; GUARDROOM_CHAOS=10000 makes as many as the bar asks for.
func chaosCalls(t testing.TB) int {
	text := os.Getenv("GUARDROOM_CHAOS")
	if text == "" {
		return 400
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// TestGatewayChaos lets an upstream fail in every way under callers who leave, read slowly and never finish asking: every
// call that was understood is recorded exactly once, and no goroutine stays behind.
func TestGatewayChaos(t *testing.T) {
	http.DefaultClient.CloseIdleConnections()
	before := goleak.IgnoreCurrent()
	t.Run("calls", func(t *testing.T) { chaos(t, chaosCalls(t)) })
	http.DefaultClient.CloseIdleConnections()
	// The session library starts one for each server, and cannot be told not to.
	goleak.VerifyNone(t, before, goleak.IgnoreTopFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}

var interactionsTotal = regexp.MustCompile(`(?m)^interactions_total\{verdict="[a-z]+"\} ([0-9.e+]+)$`)

func (g *guardedSite) recorded(t testing.TB) (total int) {
	t.Helper()
	for _, m := range interactionsTotal.FindAllStringSubmatch(g.Nobody().Get("/metrics").Body.String(), -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		require.NoError(t, err)
		total += int(n)
	}
	return total
}

func chaos(t *testing.T, calls int) {
	g := newGuarded(t, nil)
	faults := []llmtest.Fault{llmtest.Busy, llmtest.Broken, llmtest.Hung, llmtest.Killed, llmtest.Cut, llmtest.Stalled, llmtest.Garbled, llmtest.Forgotten}
	random := rand.New(rand.NewPCG(1, 2))
	for range calls {
		fault := llmtest.Healthy
		if random.IntN(4) == 0 {
			fault = faults[random.IntN(len(faults))]
		}
		g.up.Fail(fault)
	}
	lorises := g.lorises(t, 20)
	var next, whole atomic.Int64
	var ids sync.Map
	var workers sync.WaitGroup
	for range 64 {
		workers.Go(func() {
			for n := next.Add(1); n <= int64(calls); n = next.Add(1) {
				if id, ended := g.chaoticCall(t, int(n)); ended {
					whole.Add(1)
					_, twice := ids.LoadOrStore(id, n)
					require.False(t, twice, "two calls have one interaction")
				}
			}
		})
	}
	workers.Wait()
	for _, l := range lorises {
		_ = l.Close()
	}
	require.Eventually(t, func() bool { return g.recorded(t) >= calls }, 30*time.Second, 20*time.Millisecond, "recorded: %d of %d", g.recorded(t), calls)
	require.Equal(t, calls, g.recorded(t), "each exactly once")
	t.Logf("%d calls, of which %d came to an end; all of them recorded once", calls, whole.Load())
}

// chaoticCall makes one call; ended tells whether the caller stayed to the end.
func (g *guardedSite) chaoticCall(t *testing.T, n int) (id string, ended bool) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	prompt := "Tell me about hats, number " + strconv.Itoa(n) + ". Please be brief. " + strings.Repeat("And thorough. ", n%9)
	if n%17 == 0 {
		prompt = webtest.Attack
	}
	body := fmt.Sprintf(`{"model":"gpt-test","stream":%t,"messages":[{"role":"user","content":%q}]}`, n%2 == 0, prompt)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url+"/openai/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return "", false
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + g.key}}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Errorf("call %d: %v", n, err)
		return "", false
	}
	defer answer.Body.Close()
	id = answer.Header.Get("X-Guardroom-Interaction")
	if id == "" {
		t.Errorf("call %d: %d without an interaction", n, answer.StatusCode)
	}
	if n%5 == 0 { // leaves in the middle
		_, _ = io.CopyN(io.Discard, answer.Body, 50)
		return id, false
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	return id, true
}

// lorises are callers who begin to ask and never finish.
func (g *guardedSite) lorises(t *testing.T, n int) []net.Conn {
	t.Helper()
	var all []net.Conn
	for range n {
		c, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
		require.NoError(t, err)
		_, err = io.WriteString(c, "POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "+g.key+"\r\nContent-Length: 1000\r\n\r\n{\"model\":")
		require.NoError(t, err)
		all = append(all, c)
	}
	return all
}
