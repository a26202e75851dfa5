package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/llm/llmtest"
)

const benchPrompt = "Please compare the two offers that we got for the new office, and say which one is better for a team of twelve people who mostly work from home."

// place is where a call goes: the bare upstream, or the gateway in front of it.
type place struct{ url, key string }

func (g *guardedSite) places() (bare, guarded place) {
	return place{g.up.URL, llmtest.Key}, place{g.url + "/openai/v1", g.key}
}

// ask makes one call and returns how long it took to its end, and to the first text of a stream.
func (p place) ask(b testing.TB, stream bool) (whole, first time.Duration) {
	body := fmt.Sprintf(`{"model":"gpt-test","stream":%t,"messages":[{"role":"user","content":%q}]}`, stream, benchPrompt)
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, p.url+"/chat/completions", strings.NewReader(body))
	require.NoError(b, err)
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + p.key}}
	began := time.Now()
	answer, err := http.DefaultClient.Do(r)
	require.NoError(b, err)
	defer answer.Body.Close()
	require.Equal(b, http.StatusOK, answer.StatusCode)
	lines := bufio.NewReader(answer.Body)
	for {
		line, err := lines.ReadString('\n')
		if first == 0 && strings.Contains(line, `"content":"P`) {
			first = time.Since(began)
		}
		if err != nil {
			return time.Since(began), first
		}
	}
}

func quantile(took []time.Duration, q float64) time.Duration {
	slices.Sort(took)
	return took[min(len(took)-1, int(q*float64(len(took))))]
}

// BenchmarkGateway tells what the gateway adds to the bare upstream, side by side, in milliseconds.
func BenchmarkGateway(b *testing.B) {
	for _, stream := range []bool{false, true} {
		b.Run(map[bool]string{false: "whole", true: "stream"}[stream], func(b *testing.B) {
			g := newGuarded(b, nil)
			bare, guarded := g.places()
			var took [2][]time.Duration
			var first [2][]time.Duration
			for range 20 {
				bare.ask(b, stream)
				guarded.ask(b, stream)
			}
			b.ResetTimer()
			for range b.N {
				for i, p := range []place{bare, guarded} {
					w, f := p.ask(b, stream)
					took[i], first[i] = append(took[i], w), append(first[i], f)
				}
			}
			ms := func(x time.Duration) float64 { return float64(x.Microseconds()) / 1000 }
			b.ReportMetric(ms(quantile(took[0], .5)), "p50-bare-ms")
			b.ReportMetric(ms(quantile(took[0], .99)), "p99-bare-ms") // what the machine does with a call that does nothing
			b.ReportMetric(ms(quantile(took[1], .5)-quantile(took[0], .5)), "p50-added-ms")
			b.ReportMetric(ms(quantile(took[1], .99)-quantile(took[0], .99)), "p99-added-ms")
			if stream {
				b.ReportMetric(ms(quantile(first[1], .5)-quantile(first[0], .5)), "ttft-p50-added-ms")
				b.ReportMetric(ms(quantile(first[1], .99)-quantile(first[0], .99)), "ttft-p99-added-ms")
			}
		})
	}
}

// TestManyStreams holds GUARDROOM_STREAMS (40) streams open at once and tells how much memory the process has, the upstream
// and the callers in it included.
func TestManyStreams(t *testing.T) {
	streams := 40
	if text := os.Getenv("GUARDROOM_STREAMS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		streams = n
	}
	g := newGuarded(t, nil, "--upstream-timeout", "60s") // they open one after the other
	release := make(chan struct{})
	var waiting sync.WaitGroup
	waiting.Add(streams)
	g.up.Piece = 60
	g.up.Between = func() { waiting.Done(); <-release }
	g.up.Reply = func(llmtest.Request) llmtest.Answer {
		return llmtest.Answer{Text: "This is the first sentence of the whole answer, with sixty..... And this is the second one."}
	}
	transport := &http.Transport{MaxIdleConnsPerHost: streams}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var callers sync.WaitGroup
	for range streams {
		callers.Go(func() {
			r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, g.url+"/openai/v1/chat/completions",
				strings.NewReader(`{"model":"gpt-test","stream":true,"messages":[{"role":"user","content":"Hello"}]}`))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + g.key}}
			answer, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil || !strings.Contains(string(text), "[DONE]") {
				t.Errorf("a stream did not come to its end: %v", err)
			}
		})
	}
	waiting.Wait() // all of them are open now
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d streams: %d MB from the system, %d MB resident", streams, m.Sys>>20, resident(t)>>20)
	close(release)
	callers.Wait()
	require.Equal(t, streams, g.recorded(t))
}

// resident is the memory of this process, in bytes; 0 where nobody says.
func resident(t testing.TB) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, found := strings.Cut(string(status), "VmRSS:")
	if !found {
		return 0
	}
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(t, err)
	return n << 10
}
