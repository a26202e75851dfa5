package web_test

import (
	"bufio"
	"fmt"
	"net/http"
	"slices"
	"strings"
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
