package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/llm/llmtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// statusPage is the page; unlike others it names the database.
func statusPage(t *testing.T, c *webtest.Client) string {
	t.Helper()
	answer := c.Get("/status")
	require.Equal(t, http.StatusOK, answer.Code)
	return answer.Body.String()
}

const simpleCall = `{"model":"gpt-test","messages":[{"role":"user","content":"Which colour has the sky?"}]}`

// TestStatusTellsWhatIsDown: the breaker of a service that fails is open on the page and in the metrics, since when, and
// closed again once it is back.
func TestStatusTellsWhatIsDown(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) { p.FailOpen = true })
	admin := g.Person(review.RoleAdmin)
	body := statusPage(t, admin)
	webtest.Says(t, body, "not asked yet")
	webtest.Says(t, body, "Everything that was asked answers.")
	webtest.Says(t, body, "SQLite")
	webtest.Says(t, body, "moderation.openai")
	webtest.Says(t, body, "open: it is let through")
	webtest.Conceals(t, body, llmtest.Key)

	require.Equal(t, http.StatusOK, g.post(t, "/openai/v1/chat/completions", simpleCall).status)
	webtest.Says(t, statusPage(t, admin), "gpt-test")
	g.up.Stay(llmtest.Broken)
	for range 5 {
		require.Equal(t, http.StatusServiceUnavailable, g.post(t, "/openai/v1/chat/completions", simpleCall).status)
	}
	body = statusPage(t, admin)
	webtest.Says(t, body, "is not asked now")
	webtest.Says(t, body, "Parts that do not do what they should")
	metrics := g.Nobody()
	require.Contains(t, metrics.Get("/metrics").Body.String(), `upstream_breakers_open{upstream="openai"} 1`)

	lead := g.Person(review.RoleLead)
	webtest.Says(t, statusPage(t, lead), webtest.Home)
	webtest.Conceals(t, statusPage(t, lead), webtest.Foreign)
	for _, role := range []review.Role{review.RoleViewer, review.RoleAnalyst, review.RoleAuditor} {
		require.Equal(t, http.StatusForbidden, g.Person(role).Get("/status").Code, role)
	}
}

// TestMetricsTellOfTheParts: background work, and webhooks that were not told, are in the metrics, too.
func TestMetricsTellOfTheParts(t *testing.T) {
	t.Parallel()
	d := newHookDesk(t)
	metrics := d.Nobody()
	says := func(line string) bool { return containsLine(metrics.Get("/metrics").Body.String(), line) }
	require.True(t, says(`webhook_deliveries{state="waiting"} 0`))
	require.True(t, says(`background_failing{worker="webhooks"} 0`))
	d.do(t, "pause", "")
	d.decided(t, "one")
	require.Eventually(t, func() bool { return says(`webhook_deliveries{state="waiting"} 1`) }, patience, 10*time.Millisecond)
	d.Clock.Advance(time.Minute)
	require.Regexp(t, `(?m)^webhook_oldest_waiting_seconds 6[0-9]`, metrics.Get("/metrics").Body.String())
	webtest.Says(t, statusPage(t, d.lead), "waiting: 1")
	d.do(t, "deletion", "")
	require.True(t, says(`webhook_deliveries{state="waiting"} 0`), "what has ended waits for nothing")
}

func containsLine(text, line string) bool {
	for got := range strings.Lines(text) {
		if strings.TrimSpace(got) == line {
			return true
		}
	}
	return false
}
