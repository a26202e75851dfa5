package llm_test

import (
	mathrand "math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/llm/llmtest"
)

// BenchmarkOutage lets a service be away for a minute while it is asked five times a second, in real time:
//
//	go test ./internal/llm -run '^$' -bench Outage -benchtime 1x
//
// It tells how many attempts failed before the service was left alone, how long a call took to fail from then on (99 of 100),
// and how long after its return the first call came through.
func BenchmarkOutage(b *testing.B) {
	for range b.N {
		up := llmtest.Start(b)
		client, err := llm.New(llm.Options{Upstreams: []llm.Upstream{{Name: "main", BaseURL: up.URL, Key: llmtest.Key}},
			Patience: llm.DefaultPatience(), Rand: mathrand.Float64, Wait: llm.Wait})
		require.NoError(b, err)
		up.Stay(llmtest.Killed)
		opened, fast := 0, []time.Duration{}
		ticks := time.NewTicker(200 * time.Millisecond)
		for began := time.Now(); time.Since(began) < time.Minute; <-ticks.C {
			asked := time.Now()
			_, _, err := client.Chat(b.Context(), model, question("hello"))
			require.Error(b, err)
			if opened > 0 {
				fast = append(fast, time.Since(asked))
			} else if client.Standings()[0].Open {
				opened = len(up.Chats())
			}
		}
		up.Stay(llmtest.Healthy)
		back := time.Now()
		ticks.Reset(50 * time.Millisecond)
		for _, _, err = client.Chat(b.Context(), model, question("hello")); err != nil; <-ticks.C {
			_, _, err = client.Chat(b.Context(), model, question("hello"))
		}
		ticks.Stop()
		slices.Sort(fast)
		b.ReportMetric(float64(opened), "attempts-until-open")
		b.ReportMetric(float64(fast[len(fast)*99/100].Microseconds())/1e3, "p99-ms-to-fail")
		b.ReportMetric(float64(fast[len(fast)-1].Microseconds())/1e3, "max-ms-to-fail")
		b.ReportMetric(time.Since(back).Seconds(), "s-until-closed")
		b.ReportMetric(0, "ns/op")
		require.NoError(b, client.Close())
	}
}
