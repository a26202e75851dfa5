package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

const interactionsPath = "/api/v1/interactions"

func refusePosts(p *review.Policy) { p.Quotas.RefusePosts = true }

// By default a post is a record, whoever it is from and however many there are.
func TestPostsAreKept(t *testing.T) {
	t.Parallel()
	app := webtest.NewSite(t).App(webtest.Home)
	for i := range 70 {
		answer := app.PostJSON(interactionsPath, `{"prompt":"How do I bake bread?","user_id":"ann"}`)
		require.Equal(t, http.StatusCreated, answer.Code)
		require.Equal(t, i >= 60, strings.Contains(answer.Body.String(), `"detector":"quota.requests"`))
		require.Contains(t, answer.Body.String(), `"verdict":"allow"`)
	}
}

func TestQuotasRefuseWithWhenToComeAgain(t *testing.T) {
	site := webtest.NewSite(t)
	changePolicy(t, site, refusePosts)
	app := site.App(webtest.Home)
	post := func(user string) (status int, h http.Header, body string) {
		answer := app.PostJSON(interactionsPath, `{"prompt":"How do I bake bread?","user_id":"`+user+`","context":{"role":"tester"}}`)
		return answer.Code, answer.Header(), answer.Body.String()
	}
	status, h, body := post("ann")
	require.Equal(t, http.StatusCreated, status, body)
	require.Equal(t, `"user-requests";q=60;w=60, "user-tokens";q=10000;w=3600`, h.Get("RateLimit-Policy"))
	require.Equal(t, `"user-requests";r=59, "user-tokens";r=9995`, h.Get("RateLimit"))
	for range 59 {
		status, _, body = post("ann")
		require.Equal(t, http.StatusCreated, status, body)
	}
	status, h, body = post("ann")
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Equal(t, "application/problem+json", h.Get("Content-Type"))
	wait, err := strconv.Atoi(h.Get("Retry-After"))
	require.NoError(t, err)
	require.InDelta(t, 62, wait, 8)
	require.Contains(t, h.Get("RateLimit"), `"user-requests";r=0;t=`+strconv.Itoa(wait))
	require.Contains(t, body, `"violated-policies":["user-requests"]`)
	require.Contains(t, body, `"detector":"quota.requests"`)
	status, _, body = post("bob")
	require.Equal(t, http.StatusCreated, status, body)

	past := `{"prompt":"How do I bake bread?","user_id":"ann","occurred_at":"` + site.Clock.Now().Add(-2*time.Hour).UTC().Format(time.RFC3339) + `"}`
	require.Equal(t, http.StatusCreated, app.PostJSON(interactionsPath, past).Code, "a record of the past is no call")

	site.Clock.Advance(time.Duration(wait) * time.Second)
	status, _, body = post("ann")
	require.Equal(t, http.StatusCreated, status, body)

	changePolicy(t, site, func(p *review.Policy) { p.Quotas.Roles = map[string]review.Quota{"tester": {Requests: 1}} })
	_, _, _ = post("carl")
	status, h, _ = post("carl")
	require.Equal(t, http.StatusTooManyRequests, status, "the quota of a role is in the place of that of each user")
	require.Contains(t, h.Get("RateLimit-Policy"), `"user-requests";q=1;w=60`)
}

// What has happened must not get lost: exchanges with a response and those of a batch are counted, and never refused.
func TestWhatHasHappenedIsNotRefused(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	changePolicy(t, site, refusePosts)
	app := site.App(webtest.Home)
	const over = `{"prompt":"How do I bake bread?","response":"Slowly.","user_id":"ann"}`
	for range 60 {
		require.Equal(t, http.StatusCreated, app.PostJSON(interactionsPath, over).Code)
	}
	answer := app.PostJSON(interactionsPath, over)
	require.Equal(t, http.StatusCreated, answer.Code)
	require.Contains(t, answer.Body.String(), `"detector":"quota.requests"`)
	require.Contains(t, answer.Body.String(), `"verdict":"allow"`)
	batch := app.PostJSON(interactionsPath+"/batch", `[{"prompt":"a","user_id":"ann"},{"prompt":"b","user_id":"ann"}]`)
	require.Equal(t, http.StatusOK, batch.Code, batch.Body.String())
	require.Equal(t, 2, strings.Count(batch.Body.String(), `"status":201`))
	require.Equal(t, http.StatusTooManyRequests, app.PostJSON(interactionsPath, `{"prompt":"May I?","user_id":"ann"}`).Code, "who asks before the call is")
}

func TestTokensAreWatchedAtFirstAndRefusedWhenEnforced(t *testing.T) {
	site := webtest.NewSite(t)
	app := site.App(webtest.Home)
	const long = `{"prompt":"Write a novel.","user_id":"ann","usage":{"prompt_tokens":10,"completion_tokens":9000}}`
	require.Equal(t, http.StatusCreated, app.PostJSON(interactionsPath, long).Code)
	answer := app.PostJSON(interactionsPath, long)
	require.Equal(t, http.StatusCreated, answer.Code)
	require.Contains(t, answer.Body.String(), `"detector":"quota.tokens"`)
	require.Contains(t, answer.Body.String(), `"verdict":"allow"`)

	changePolicy(t, site, func(p *review.Policy) {
		p.Detectors[review.QuotaTokens], p.Quotas.RefusePosts = review.Rule{Mode: review.ModeEnforce}, true
	})
	require.Equal(t, http.StatusTooManyRequests, app.PostJSON(interactionsPath, long).Code)
	require.Equal(t, http.StatusCreated, app.PostJSON(interactionsPath, strings.Replace(long, "ann", "bob", 1)).Code)
}

func TestBudgetsWarnOnceAndThenRefuse(t *testing.T) {
	site := webtest.NewSite(t)
	changePolicy(t, site, func(p *review.Policy) {
		refusePosts(p)
		p.Budget = review.BudgetRules{Monthly: 10, Currency: "EUR", Warn: 0.8, Prices: []review.Price{{Model: "big*", Input: 1, Output: 10}}}
	})
	app := site.App(webtest.Home)
	post := func(model string) (int, string) { // a hundred thousand tokens for one euro
		answer := app.PostJSON(interactionsPath, `{"prompt":"Go on.","model":"`+model+`","usage":{"completion_tokens":100000}}`)
		return answer.Code, answer.Body.String()
	}
	warnings := 0
	for i := range 10 {
		status, body := post("big-2")
		require.Equal(t, http.StatusCreated, status, "%d: %s", i, body)
		if strings.Contains(body, `"detector":"budget.cost"`) {
			require.Contains(t, body, "8.00 EUR of its 10.00 EUR")
			warnings++
		}
	}
	require.Equal(t, 1, warnings)
	status, body := post("big-2")
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Contains(t, body, "has spent its 10.00 EUR")
	status, body = post("small")
	require.Equal(t, http.StatusCreated, status, "what costs nothing goes on: %s", body)

	changePolicy(t, site, func(p *review.Policy) { p.Budget.Degrade = "small" })
	status, body = post("big-2")
	require.Equal(t, http.StatusCreated, status)
	require.Contains(t, body, "has spent its 10.00 EUR")
}
