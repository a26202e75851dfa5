package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
	"github.com/guardroom/guardroom/internal/llm/llmtest"
)

// What the gateway is to bear: so many streams at once in so much memory.
const (
	manyStreams     = 1000
	manyStreamsMost = 300 << 20 // bytes
)

// streamsAsked is how many streams are held open at once; GUARDROOM_STREAMS=1000 opens as many as the bar asks for.
func streamsAsked(t testing.TB) int {
	text := os.Getenv("GUARDROOM_STREAMS")
	if text == "" {
		return 40
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// TestManyStreams holds streams open at once, all of them in the middle of their answers, and tells how much memory the
// server took at most. The upstream and the callers are in this process, the server alone in its own.
func TestManyStreams(t *testing.T) {
	streams := streamsAsked(t)
	up := llmtest.Start(t)
	release := make(chan struct{})
	free := sync.OnceFunc(func() { close(release) })
	defer free()
	var waiting sync.WaitGroup
	waiting.Add(streams)
	up.Piece = 60
	up.Between = func() { waiting.Done(); <-release }
	up.Reply = func(llmtest.Request) llmtest.Answer {
		return llmtest.Answer{Text: "This is the first sentence of the whole answer, with sixty..... And this is the second one."}
	}
	data := t.TempDir()
	key := newData(t, data)
	server := serve(t, data, "--openai-base-url", up.URL, "--openai-api-key", llmtest.Key, "--upstream-timeout", "5m")
	idle := server.memory(t, "VmRSS")

	transport := &http.Transport{MaxIdleConnsPerHost: streams}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	open, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var callers sync.WaitGroup
	for range streams {
		callers.Go(func() {
			if err := readStream(open, client, server.url, key); err != nil {
				cancel(err)
			}
		})
	}
	all := make(chan struct{})
	go func() { waiting.Wait(); close(all) }()
	select {
	case <-all:
	case <-open.Done():
		require.NoError(t, context.Cause(open), "%s", server.logs)
	}
	now, most := server.memory(t, "VmRSS"), server.memory(t, "VmHWM")
	free()
	callers.Wait()
	require.NoError(t, context.Cause(open), "%s", server.logs)
	t.Logf("%d streams: %d MB resident, %d MB at most, %d MB before the first one", streams, now>>20, most>>20, idle>>20)
	if streams <= manyStreams {
		require.LessOrEqual(t, most, manyStreamsMost)
	}
	require.Equal(t, streams, server.recorded(t))
}

// readStream makes one call and reads its answer to the end.
func readStream(ctx context.Context, client *http.Client, url, key string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/openai/v1/chat/completions",
		strings.NewReader(`{"model":"gpt-test","stream":true,"messages":[{"role":"user","content":"Hello"}]}`))
	if err != nil {
		return err
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + key}}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if !strings.Contains(string(text), "the second one.") || !strings.Contains(string(text), "[DONE]") {
		return fmt.Errorf("%d: a stream did not come to its end: %.200q", answer.StatusCode, text)
	}
	return nil
}

// memory is what the kernel counts of a process's memory, in bytes.
func (p *process) memory(t testing.TB, what string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if os.IsNotExist(err) {
		browsertest.Missing(t, "/proc, where memory is counted,")
	}
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(status), what+":")
	require.True(t, found, "%s", status)
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(t, err)
	return n << 10
}

var interactionsTotal = regexp.MustCompile(`(?m)^interactions_total\{verdict="[a-z]+"\} ([0-9.e+]+)$`)

// recorded is how many interactions the server has recorded since it was started.
func (p *process) recorded(t testing.TB) (total int) {
	t.Helper()
	answer, err := http.Get(p.url + "/metrics")
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	for _, m := range interactionsTotal.FindAllStringSubmatch(string(text), -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		require.NoError(t, err)
		total += int(n)
	}
	return total
}
