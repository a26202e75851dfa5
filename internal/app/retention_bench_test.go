package app_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
)

const (
	// retentionRows is of how many Interactions BenchmarkRetention removes the texts; GUARDROOM_RETENTION says otherwise, and then the bar holds.
	retentionRows = 20_000
	retentionBar  = 2.0
	quietFor      = 30 * time.Second
	patience      = time.Hour
	postEvery     = 5 * time.Millisecond
)

// BenchmarkRetention posts at a steady 200 a second, first alone, then while the server's own worker removes all that is over, then alone
// again, and reports the 99th percentile of both. An answer's time counts from when it was due, not from when it was sent.
func BenchmarkRetention(b *testing.B) {
	rows, strict := retentionRows, false
	if n := os.Getenv("GUARDROOM_RETENTION"); n != "" {
		var err error
		rows, err = strconv.Atoi(n)
		require.NoError(b, err)
		strict = true
	}
	for b.Loop() {
		r := newRetained(b, rows)
		alone := r.post(func() bool { return false }, quietFor)
		r.ahead.Store(int64(20 * 24 * time.Hour))
		r.waitForTheFirst(b)
		began := time.Now()
		beside := r.post(func() bool { return r.removed(b) >= rows }, patience)
		took := time.Since(began)
		gone := min(r.removed(b), rows)
		alone = append(alone, r.post(func() bool { return false }, quietFor)...)
		ratio := float64(p99(beside)) / float64(p99(alone))
		b.Logf("99th percentile %s alone, %s beside the worker, which removed %d in %s", p99(alone), p99(beside), gone, took.Round(time.Second)) // of a run that fails, too
		b.ReportMetric(float64(p99(alone))/1e6, "idle-p99-ms")
		b.ReportMetric(float64(p99(beside))/1e6, "p99-ms")
		b.ReportMetric(ratio, "of-idle")
		b.ReportMetric(float64(gone)/took.Seconds(), "removed/s")
		b.ReportMetric(float64(gone), "removed")
		b.ReportMetric(float64(len(alone)+len(beside)), "posts")
		require.Zero(b, r.failed.Load(), "every post was answered")
		require.Equal(b, rows, gone, "all that was over is gone")
		if strict && ratio > retentionBar {
			b.Errorf("the 99th percentile was %.2f times that without the worker; the bar is %.1f", ratio, retentionBar)
		}
	}
}

// retained is a server with many texts that will soon be over.
type retained struct {
	*app.Server
	appID, url, key string
	ahead           atomic.Int64 // of the real time
	posted, failed  atomic.Int64
	client          *http.Client
}

func newRetained(b *testing.B, rows int) *retained {
	b.Helper()
	r := &retained{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}}
	clock := func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }
	cfg, err := config.Load(config.Environment{LookupEnv: func(string) (string, bool) { return "", false }}, "--data", b.TempDir())
	require.NoError(b, err)
	r.Server, err = app.NewServer(b.Context(), cfg, slog.New(slog.DiscardHandler), clock)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, r.Close()) })
	_, err = r.Accounts.AddApp(b.Context(), app.CLI, "bench")
	require.NoError(b, err)
	r.key, err = r.Accounts.AddKey(b.Context(), app.CLI, "bench")
	require.NoError(b, err)
	caller, err := r.Accounts.Caller(b.Context(), r.key)
	require.NoError(b, err)
	r.appID = caller.App.ID
	server := httptest.NewServer(r.Web.Handler())
	b.Cleanup(server.Close)
	r.url = server.URL + "/api/v1/interactions"
	began := time.Now()
	r.fill(b, rows)
	b.Logf("%d texts made in %s", rows, time.Since(began).Round(time.Second))
	return r
}

var (
	retainedPrompt   = strings.Repeat("Could you tell me when the parcel with my new shoes will arrive? ", 16)
	retainedResponse = strings.Repeat("It left the warehouse this morning and should reach you tomorrow. ", 20)
)

// fill stores what was let pass three weeks ago: it is over when the clock has gone on for as long.
func (r *retained) fill(b *testing.B, rows int) {
	b.Helper()
	then := time.Now().Add(-21 * 24 * time.Hour)
	var next atomic.Int64
	var group sync.WaitGroup
	for range 256 {
		group.Go(func() {
			for n := next.Add(1); n <= int64(rows); n = next.Add(1) {
				in := review.Interaction{
					ID: fmt.Sprintf("c0000000-0000-7000-8000-%012x", n), AppID: r.appID, UserID: fmt.Sprintf("u-%d", n%5000), Model: "m",
					Content:   review.Content{Prompt: retainedPrompt, Response: retainedResponse},
					CreatedAt: then.Add(time.Duration(n) * time.Millisecond), OccurredAt: then,
				}
				err := r.Store.Write(b.Context(), func(tx review.Tx) error {
					return tx.PutInteraction(in, review.Assessment{Verdict: review.VerdictAllow, PolicyVersion: 1})
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

func (r *retained) removed(b *testing.B) int {
	b.Helper()
	tallies, err := r.Store.RemovalTallies(b.Context(), r.appID, time.Now().Add(-24*time.Hour))
	require.NoError(b, err)
	n := 0
	for _, tally := range tallies {
		n += tally.N
	}
	return n
}

// waitForTheFirst waits until the worker has begun: it looks once a minute.
func (r *retained) waitForTheFirst(b *testing.B) {
	b.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for r.removed(b) == 0 {
		<-ticker.C
	}
}

// post posts until it is over, and returns how long each answer took.
func (r *retained) post(over func() bool, atMost time.Duration) []time.Duration {
	var (
		mu     sync.Mutex
		took   []time.Duration
		group  sync.WaitGroup
		ticker = time.NewTicker(postEvery)
		look   = time.NewTicker(time.Second)
		end    = time.After(atMost)
	)
	defer ticker.Stop()
	defer look.Stop()
	for {
		select {
		case <-end:
			group.Wait()
			return took
		case <-look.C:
			if over() {
				group.Wait()
				return took
			}
		case due := <-ticker.C:
			group.Go(func() {
				r.postOne()
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(due))
			})
		}
	}
}

func (r *retained) postOne() {
	n := r.posted.Add(1)
	body := fmt.Sprintf(`{"external_id":"e-%d","model":"m","prompt":%q,"response":%q}`, n, retainedPrompt, retainedResponse)
	req, err := http.NewRequest(http.MethodPost, r.url, strings.NewReader(body))
	if err != nil {
		r.failed.Add(1)
		return
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+r.key)
	res, err := r.client.Do(req)
	if err != nil {
		r.failed.Add(1)
		return
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		r.failed.Add(1)
	}
}

func p99(took []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[len(sorted)*99/100]
}
