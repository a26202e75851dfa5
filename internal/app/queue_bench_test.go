package app_test

import (
	"database/sql"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/store"
	"github.com/guardroom/guardroom/internal/store/storetest"
	"github.com/guardroom/guardroom/web/webtest"
)

// crowdItems is how many Items the queue of BenchmarkCrowd has; GUARDROOM_CROWD says otherwise.
const crowdItems = 1_000_000

// crowd is a server with a queue too long for a person.
type crowd struct {
	site  *webtest.Site
	appID string
	items int
}

func newCrowd(b *testing.B) *crowd {
	b.Helper()
	dir := b.TempDir()
	site := webtest.NewSite(b, "--data", dir)
	caller, err := site.Accounts.Caller(b.Context(), site.Keys[webtest.Home])
	require.NoError(b, err)
	colleague, err := site.Store.UserByEmail(b.Context(), site.Email(review.RoleAnalyst))
	require.NoError(b, err)
	c := &crowd{site: site, appID: caller.App.ID, items: crowdItems}
	if n := os.Getenv("GUARDROOM_CROWD"); n != "" {
		c.items, err = strconv.Atoi(n)
		require.NoError(b, err)
	}
	start := time.Now()
	storetest.FillSQLite(b, store.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)}, func() *sql.DB {
		db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, store.FileName)+"?_busy_timeout=60000&_txlock=immediate&_synchronous=OFF")
		require.NoError(b, err)
		return db
	}, storetest.Crowd{Items: c.items, AppID: c.appID, Now: site.Clock.Now().UnixMicro(), User: colleague.ID})
	b.Logf("%d items made in %s", c.items, time.Since(start).Round(time.Second))
	return c
}

// BenchmarkCrowd asks a server with a million Items for what analysts ask it all day, from the session cookie to
// the rendered page, and reports percentiles in milliseconds.
func BenchmarkCrowd(b *testing.B) {
	c := newCrowd(b)
	lead := c.site.Person(review.RoleLead)
	colleague, err := c.site.Store.UserByEmail(b.Context(), c.site.Email(review.RoleAnalyst))
	require.NoError(b, err)
	for _, filter := range []string{
		"", "kind=audit", "kind=interaction", "app=" + webtest.Home, "severity=critical", "severity=low", "category=pii", "category=bias", "detector=detector.0",
		"detector=detector.39", "detector=input.length", "user=u-0", "user=u-17", "user=nobody", "model=model-3", "label=injection&state=decided", "label=jailbreak&state=decided", "label=none&state=decided",
		"policy=1", "policy=5", "policy=9", "risk_from=0.9", "risk_to=0.05", "risk_from=0.991", "older=1d", "older=29d", "younger=1h", "younger=7d", "overdue=1", "state=escalated", "state=decided",
		"held_by=nobody", "held_by=anyone", "held_by=" + colleague.ID, "mine=1", "severity=low&kind=audit&model=model-1&risk_from=0.5", "detector=detector.3&user=u-4&overdue=1&older=10d",
	} {
		b.Run("queue?"+filter, func(b *testing.B) {
			for _, sort := range review.Sorts() {
				b.Run("sort="+string(sort), func(b *testing.B) {
					c.measure(b, func(int) { require.Equal(b, http.StatusOK, lead.Get("/queue?"+filter+"&sort="+string(sort)).Code) })
				})
			}
		})
	}
	b.Run("later page", func(b *testing.B) {
		at := review.Position{Key: c.site.Clock.Now().Add(-15 * 24 * time.Hour).UnixMicro()}
		c.measure(b, func(int) {
			require.Equal(b, http.StatusOK, lead.Get("/queue?after="+url.QueryEscape(at.String())).Code)
		})
	})
	b.Run("item", func(b *testing.B) {
		c.measure(b, func(n int) { require.Equal(b, http.StatusOK, lead.Get("/items/"+c.itemID(n)+"?peek=1").Code) })
	})
	b.Run("claim under load", func(b *testing.B) { c.claimUnderLoad(b) })
	b.Run("search", func(b *testing.B) {
		c.index(b)
		for _, words := range []string{"thing17", "previous", "word3 thing17", "previous reveal number", "secret7 previous", "nowhere"} {
			b.Run(words, func(b *testing.B) {
				c.measure(b, func(int) { require.Equal(b, http.StatusOK, lead.Get("/queue?q="+url.QueryEscape(words)).Code) })
			})
		}
	})
}

// index waits until every Item is found by its words.
func (c *crowd) index(b *testing.B) {
	start := time.Now()
	for {
		n, err := c.site.Store.IndexTexts(b.Context())
		require.NoError(b, err)
		if n == 0 {
			break
		}
	}
	b.Logf("indexed in %s", time.Since(start).Round(time.Second))
}

// measure times what is done again and again.
func (c *crowd) measure(b *testing.B, do func(n int)) {
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		do(len(took))
		took = append(took, time.Since(start))
	}
	percentiles(b, took)
}

// percentiles reports how long something took, in milliseconds.
func percentiles(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	at := func(share int) float64 { return took[len(took)*share/100].Seconds() * 1e3 }
	b.ReportMetric(at(50), "p50-ms")
	b.ReportMetric(at(95), "p95-ms")
	b.ReportMetric(at(99), "p99-ms")
}

// itemID is one of the open Items, another for each n.
func (c *crowd) itemID(n int) string { return storetest.CrowdItem(1 + (n*7919*10+3)%c.items/10*10 + 2) }

// arrivals is how many Interactions arrive a second while Items are claimed; one in ten is an attack.
const arrivals = 200

// claimUnderLoad claims what is next, as a script does, while Interactions arrive.
func (c *crowd) claimUnderLoad(b *testing.B) {
	app := c.site.App(webtest.Home)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Second / arrivals)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			prompt := "When will the parcel with my shoes arrive, number " + strconv.Itoa(n) + "?"
			if n%10 == 0 {
				prompt = webtest.Attack + " " + strconv.Itoa(n)
			}
			go app.PostJSON("/api/v1/interactions", `{"user_id":"u-`+strconv.Itoa(n%100)+`","prompt":"`+prompt+`"}`)
		}
	}()
	analyst := c.site.Script(review.RoleAnalyst)
	c.measure(b, func(n int) {
		require.Equal(b, http.StatusOK, analyst.Post("/items/"+c.itemID(n)+"/claim", nil).Code)
	})
	close(stop)
	<-stopped
}
