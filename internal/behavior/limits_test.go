package behavior

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestFixedLimits(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		limit    review.ConductLimit
		of       func(i int) review.Interaction
		events   int
		said     string  // in the message of the last finding; nothing is said where it is empty
		severity float64 // of it
	}{
		"what fails, at half more than the limit": {
			review.ConductLimit{Of: review.ConductUser, Metric: review.ConductErrors, Most: 20},
			func(i int) review.Interaction { return review.Interaction{Error: failing(i, 10, 3)} }, 10,
			"This user’s exchanges that failed: 3 of 10; the policy allows 20 %", 0.65},
		"what fails, at the limit": {
			review.ConductLimit{Of: review.ConductUser, Metric: review.ConductErrors, Most: 30},
			func(i int) review.Interaction { return review.Interaction{Error: failing(i, 10, 3)} }, 10, "", 0},
		"too little evidence": {
			review.ConductLimit{Of: review.ConductUser, Metric: review.ConductErrors, Most: 20},
			func(int) review.Interaction { return review.Interaction{Error: "timeout"} }, 9, "", 0},
		"requests of the App, twice the limit": {
			review.ConductLimit{Of: review.ConductApp, Metric: review.ConductRequests, Most: 10},
			func(int) review.Interaction { return review.Interaction{} }, 20,
			"This App’s requests in five minutes", 0.53},
		"how long answers take": {
			review.ConductLimit{Of: review.ConductUser, Metric: review.ConductLatency, Most: 1000},
			func(int) review.Interaction { return review.Interaction{LatencyMS: 4000} }, 10,
			"This user’s answers take 4000 milliseconds; the policy allows 1000", 1},
		"latency that nobody reported": {
			review.ConductLimit{Of: review.ConductUser, Metric: review.ConductLatency, Most: 1},
			func(int) review.Interaction { return review.Interaction{} }, 20, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			tracker, err := New(DefaultLimits())
			require.NoError(t, err)
			policy := review.DefaultPolicy(tracker.Specs())
			policy.Limits = []review.ConductLimit{c.limit}
			var said []review.Finding
			for i := range c.events {
				in := c.of(i)
				in.AppID, in.UserID, in.OccurredAt = "app", "u", at.Add(time.Duration(i)*time.Second)
				for _, f := range tracker.Observe(in, nil, policy) {
					if f.Detector == "behavior.limits" {
						said = append(said, f)
					}
				}
			}
			if c.said == "" {
				require.Empty(t, said)
				return
			}
			require.NotEmpty(t, said)
			last := said[len(said)-1]
			require.True(t, strings.HasPrefix(last.Message, c.said), last.Message)
			require.InDelta(t, c.severity, last.Confidence, 0.005)
			require.Equal(t, c.limit.Of == review.ConductUser, last.OfUser)
		})
	}
}

// TestEveryMetricOfALimitIsRead: none of them is said to be nothing.
func TestEveryMetricOfALimitIsRead(t *testing.T) {
	for _, metric := range review.ConductMetrics() {
		full := tally{Requests: 20, Errors: 5, Refusals: 5, Triggered: 5, ToolCalls: 20, ToolFailures: 5}
		for q := range full.Quantities {
			full.Quantities[q].add(3)
		}
		reading, said := full.reading(metric)
		require.Positive(t, reading, metric)
		require.NotEmpty(t, said, metric)
	}
}

// failing makes the last k of n exchanges fail.
func failing(i, n, k int) string {
	if i < n-k {
		return ""
	}
	return "timeout"
}
