package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
)

// producers is how many clients post at once, per processor.
const producers = 32

// BenchmarkIngest posts the same 2.5 KB body to a bare Echo endpoint that only decodes
// it, and to Guardroom, which screens it and answers when it is on disk. Compare the
// req/s of one run.
func BenchmarkIngest(b *testing.B) {
	body := func(id int64) string {
		return fmt.Sprintf(`{"external_id":"e-%d","user_id":"u-%d","model":"m","prompt":%q,"response":%q}`, id, id%1000,
			strings.Repeat("Could you tell me when the parcel with my new shoes will arrive? ", 16),
			strings.Repeat("It left the warehouse this morning and should reach you tomorrow. ", 20))
	}
	b.Run("bare-echo", func(b *testing.B) {
		bare := echo.New()
		bare.POST("/", func(c echo.Context) error {
			var s review.Submission
			if err := json.NewDecoder(c.Request().Body).Decode(&s); err != nil {
				return err
			}
			return c.JSON(http.StatusCreated, struct{ ID string }{s.ExternalID})
		})
		server := httptest.NewServer(bare)
		defer server.Close()
		postAll(b, server.URL, "", body)
	})
	b.Run("guardroom", func(b *testing.B) {
		cfg, err := config.Load(config.Environment{LookupEnv: func(string) (string, bool) { return "", false }}, "--data", b.TempDir())
		require.NoError(b, err)
		g, err := app.NewServer(context.Background(), cfg, slog.New(slog.DiscardHandler), time.Now)
		require.NoError(b, err)
		defer g.Close()
		_, err = g.Accounts.AddApp(context.Background(), app.CLI, "bench")
		require.NoError(b, err)
		key, err := g.Accounts.AddKey(context.Background(), app.CLI, "bench")
		require.NoError(b, err)
		server := httptest.NewServer(g.Web.Handler())
		defer server.Close()
		postAll(b, server.URL+"/api/v1/interactions", key, body)
	})
}

func postAll(b *testing.B, url, key string, body func(int64) string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}
	var next atomic.Int64
	b.SetParallelism(producers)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body(next.Add(1))))
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+key)
			res, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode != http.StatusCreated {
				b.Errorf("status %d", res.StatusCode)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}
