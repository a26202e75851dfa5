package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestPartsInTheMetrics(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	counter := review.CounterPart{Shared: true, Away: true}
	var lost error
	m, err := NewMetrics()
	require.NoError(t, err)
	require.NoError(t, m.WatchParts(Watched{
		Parts: func() review.Parts {
			return review.Parts{
				Detectors: []review.DetectorPart{{ID: "remote.a", Breaker: review.Breaker{Open: true}}, {ID: "remote.b"}},
				Workers:   []review.WorkerPart{{Name: "exports", FailingSince: now}, {Name: "webhooks"}},
			}
		},
		Counter: func(context.Context) review.CounterPart { return counter },
		Undelivered: func(context.Context) (review.Undelivered, error) {
			return review.Undelivered{Waiting: 3, Dead: 2, Oldest: now.Add(-time.Minute)}, lost
		},
		Clock: func() time.Time { return now },
	}))
	text := func() string {
		answer := httptest.NewRecorder()
		m.handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		require.Equal(t, http.StatusOK, answer.Code)
		return answer.Body.String()
	}
	got := text()
	for _, line := range []string{
		`remote_detector_breakers_open{detector="remote.a"} 1`, `remote_detector_breakers_open{detector="remote.b"} 0`,
		`background_failing{worker="exports"} 1`, `background_failing{worker="webhooks"} 0`, "redis_away 1",
		`webhook_deliveries{state="waiting"} 3`, `webhook_deliveries{state="dead"} 2`, "webhook_oldest_waiting_seconds 60",
	} {
		require.Contains(t, got, line+"\n")
	}
	counter, lost = review.CounterPart{}, errors.New("the database is away")
	got = text()
	require.NotContains(t, got, "redis_away ")
	require.NotContains(t, got, "webhook_deliveries{")
	require.Contains(t, got, `background_failing{worker="exports"} 1`)
}
