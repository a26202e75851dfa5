package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestConductPages(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead, analyst := site.Person(review.RoleLead), site.Person(review.RoleAnalyst)
	site.PostAttack(webtest.Home, "one")
	site.PostAttack(webtest.Foreign, "two")
	const home = "/behavior/" + webtest.Home
	webtest.Says(t, page(t, lead.Get("/behavior"), 200), home)
	webtest.Conceals(t, page(t, lead.Get("/behavior"), 200), "/behavior/"+webtest.Foreign)
	body := page(t, analyst.Get(home+"?user=%3Cscript%3Ealert(1)%3C%2Fscript%3E"), 200)
	webtest.Says(t, body, "&lt;script&gt;alert(1)&lt;/script&gt;")
	webtest.Conceals(t, body, "<script>alert")
	webtest.Conceals(t, body, "Block this user")
	webtest.Says(t, page(t, lead.Get("/behavior/"+webtest.Foreign), http.StatusNotFound), "no such App")
}

func TestAUserIsBlockedForAWhile(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead := site.Person(review.RoleLead)
	const at = "/behavior/" + webtest.Home + "/restriction"
	post := func(user string) string {
		answer := site.App(webtest.Home).PostJSON(interactions, `{"prompt":"What is the time?","user_id":"`+user+`"}`)
		require.Equal(t, http.StatusCreated, answer.Code)
		var posted webtest.Posted
		webtest.Decode(t, answer, &posted)
		return posted.Verdict
	}
	require.Equal(t, "allow", post("u-5"))
	for _, form := range []string{"user=u-5&hours=24&standing=block&reason=", "user=u-5&hours=0&standing=block&reason=x", "user=u-5&hours=x&standing=block&reason=x",
		"user=&hours=1&standing=block&reason=x", "user=u-5&hours=1&standing=shame&reason=x"} {
		require.Equal(t, http.StatusUnprocessableEntity, lead.Do(formPost(at, form)).Code, form)
	}
	answer := lead.Do(formPost(at, "user=u-5&hours=24&standing=block&reason=Stolen+%3Ckey%3E"))
	require.Equal(t, http.StatusSeeOther, answer.Code)
	require.Equal(t, "block", post("u-5"))
	require.Equal(t, "allow", post("u-6"))
	webtest.Says(t, page(t, lead.Get(answer.Header().Get("Location")), 200), "Stolen &lt;key&gt;")
	require.Equal(t, http.StatusSeeOther, lead.Do(formPost(at, "user=u-5&standing=&reason=Found+again")).Code)
	require.Equal(t, "allow", post("u-5"))
}

// TestAUserIsLimitedForAWhile: the gateway refuses what goes beyond, a post that is a record is blocked, one that asks is
// refused, whatever the policy does about quotas; others, and the user when it is over, are as before.
func TestAUserIsLimitedForAWhile(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) {
		for _, id := range []string{review.QuotaRequests, review.QuotaTokens} {
			p.Detectors[id] = review.Rule{Mode: review.ModeOff}
		}
	}, "--session-lifetime=72h", "--session-idle=72h")
	admin := g.Person(review.RoleAdmin)
	const at = "/behavior/agent/restriction"
	limit := func(form string) int { return admin.Do(formPost(at, form)).Code }
	ask := func(user string) answered {
		return g.post(t, "/openai/v1/chat/completions", `{"model":"gpt-test","user":"`+user+`","messages":[{"role":"user","content":"How do I bake bread?"}]}`)
	}
	post := func(user, more string) answered {
		return g.post(t, interactionsPath, `{"prompt":"How do I bake bread?","user_id":"`+user+`"`+more+`}`)
	}
	for range 4 {
		require.Equal(t, http.StatusOK, ask("u-7").status)
	}
	for _, form := range []string{"user=u-7&hours=24&standing=limit&reason=x", "user=u-7&hours=24&standing=limit&reason=x&requests=-1", "user=u-7&hours=24&standing=limit&reason=x&requests=many",
		"user=u-7&hours=24&standing=limit&reason=x&tokens=99999999999", "user=u-7&hours=0&standing=limit&reason=x&requests=3", "user=u-7&hours=24&standing=limit&reason=&requests=3"} {
		answer := admin.Do(formPost(at, form))
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, form)
	}
	webtest.Says(t, admin.Do(formPost(at, "user=u-7&hours=24&standing=limit&reason=x&requests=many")).Body.String(), `value="many"`)
	require.Equal(t, http.StatusSeeOther, limit("user=u-7&hours=24&standing=limit&reason=A+script+of+%3Ctheirs%3E&requests=3"))
	body := page(t, admin.Get("/behavior/agent?user=u-7"), 200)
	webtest.Says(t, body, "This user is limited to 3 interactions in a minute")
	webtest.Says(t, body, "A script of &lt;theirs&gt;")

	for range 3 {
		require.Equal(t, http.StatusOK, ask("u-7").status, "what was before the limit was not counted, for nothing bounded it")
	}
	refused := ask("u-7")
	require.Equal(t, http.StatusTooManyRequests, refused.status, refused.body)
	require.NotEmpty(t, refused.header.Get("Retry-After"))
	require.Contains(t, refused.header.Get("RateLimit-Policy"), `"user-requests";q=3;w=60`)
	require.Equal(t, http.StatusOK, ask("u-8").status)

	kept := post("u-7", `,"response":"Slowly."`)
	require.Equal(t, http.StatusCreated, kept.status)
	require.Contains(t, kept.body, `"verdict":"block"`)
	require.Contains(t, kept.body, `"detector":"behavior.restricted_user"`)
	require.Contains(t, kept.body, "Somebody limited them until")
	require.Contains(t, post("u-8", "").body, `"verdict":"allow"`)

	g.Clock.Advance(2 * time.Minute)
	require.Equal(t, http.StatusOK, ask("u-7").status, "there is room again")
	require.Equal(t, http.StatusSeeOther, limit("user=u-7&hours=24&standing=limit&reason=x&tokens=40"))
	answer := post("u-7", `,"usage":{"prompt_tokens":30,"completion_tokens":20}`)
	require.Contains(t, answer.body, `"verdict":"block"`, "tokens are limited, too")
	require.Equal(t, http.StatusTooManyRequests, ask("u-7").status)
	require.Equal(t, http.StatusSeeOther, limit("user=u-7&standing=&reason=Found+again"))
	require.Equal(t, http.StatusOK, ask("u-7").status, "lifted")
	require.Equal(t, http.StatusSeeOther, limit("user=u-7&hours=24&standing=limit&reason=x&requests=1"))
	require.Equal(t, http.StatusTooManyRequests, ask("u-7").status, "it counts what was counted")
	g.Clock.Advance(24*time.Hour + time.Minute)
	for range 3 {
		require.Equal(t, http.StatusOK, ask("u-7").status, "it is over")
	}
	trail := page(t, admin.Get("/audit"), 200)
	webtest.Says(t, trail, "user.restricted")
	webtest.Conceals(t, trail, "A script of")
}

func TestWhoeverAsksByPostIsLimitedWith429(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	changePolicy(t, site, refusePosts)
	lead, app := site.Person(review.RoleLead), site.App(webtest.Home)
	require.Equal(t, http.StatusSeeOther, lead.Do(formPost("/behavior/"+webtest.Home+"/restriction", "user=ann&hours=1&standing=limit&reason=x&requests=2")).Code)
	for range 2 {
		require.Equal(t, http.StatusCreated, app.PostJSON(interactionsPath, `{"prompt":"May I?","user_id":"ann"}`).Code)
	}
	answer := app.PostJSON(interactionsPath, `{"prompt":"May I?","user_id":"ann"}`)
	require.Equal(t, http.StatusTooManyRequests, answer.Code)
	require.NotEmpty(t, answer.Header().Get("Retry-After"))
	webtest.Says(t, answer.Body.String(), "This user may have 2 interactions in a minute. Somebody limited them until")
	require.Equal(t, http.StatusCreated, app.PostJSON(interactionsPath, `{"prompt":"May I?","user_id":"bob"}`).Code)
}

// steadily posts what a user did in the last fifty minutes, one exchange every half minute.
func steadily(t *testing.T, g *guardedSite, user string) {
	t.Helper()
	for n := range 100 {
		at := g.Clock.Now().Add(time.Duration(n-101) * 30 * time.Second).UTC().Format(time.RFC3339Nano)
		answer := g.post(t, interactionsPath, `{"prompt":"How do I bake bread?","response":"Slowly.","user_id":"`+user+`","occurred_at":"`+at+`"}`)
		require.Equal(t, http.StatusCreated, answer.status, answer.body)
	}
}

// TestGraveConductIsHeldBack: once the policy blocks what is unusual about a user, whoever calls a model for them is refused
// until that no longer counts, and so is who asks by post; others are not, and a person can decide otherwise.
func TestGraveConductIsHeldBack(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) { p.Quotas = review.QuotaRules{RefusePosts: true} }, "--session-lifetime=72h", "--session-idle=72h")
	admin := g.Person(review.RoleAdmin)
	ask := func(user string) answered {
		return g.post(t, "/openai/v1/chat/completions", `{"model":"gpt-test","user":"`+user+`","messages":[{"role":"user","content":"How do I bake bread?"}]}`)
	}
	steadily(t, g, "u-9")
	asked := 0
	var refused answered
	for refused = ask("u-9"); refused.status == http.StatusOK; refused = ask("u-9") {
		if asked++; asked > 60 {
			require.Fail(t, "nobody minds")
		}
	}
	require.Equal(t, http.StatusTooManyRequests, refused.status, refused.body)
	require.GreaterOrEqual(t, asked, 9, "ten events are needed before anything is said")
	wait, err := strconv.Atoi(refused.header.Get("Retry-After"))
	require.NoError(t, err)
	require.InDelta(t, review.ConductHold.Seconds(), wait, 5)
	require.Contains(t, refused.body, "interactions in")
	post := g.post(t, interactionsPath, `{"prompt":"May I?","user_id":"u-9"}`)
	require.Equal(t, http.StatusTooManyRequests, post.status)
	require.Contains(t, post.body, `"detector":"behavior.rate"`)
	require.NotEmpty(t, post.header.Get("Retry-After"))
	require.Equal(t, http.StatusCreated, g.post(t, interactionsPath, `{"prompt":"How?","response":"So.","user_id":"u-9"}`).status, "what has happened is kept")
	require.Equal(t, http.StatusOK, ask("u-10").status, "others are not meant")
	webtest.Says(t, g.Nobody().Get("/metrics").Body.String(), `quota_denials_total{detector="behavior.rate"}`)

	const path = "/behavior/agent?user=u-9"
	webtest.Says(t, page(t, admin.Get(path), 200), "This user is held back for their conduct")
	webtest.Conceals(t, page(t, admin.Get("/behavior/agent?user=u-10"), 200), "held back")
	require.Equal(t, http.StatusSeeOther, admin.Do(formPost("/behavior/agent/restriction", "user=u-9&standing=&reason=They+called")).Code)
	webtest.Conceals(t, page(t, admin.Get(path), 200), "held back")
	require.Equal(t, http.StatusOK, ask("u-9").status, "a person has ended it")

	g.Clock.Advance(review.ConductHold + time.Minute)
	require.Equal(t, http.StatusOK, ask("u-9").status, "it no longer counts")
	for refused = ask("u-9"); refused.status == http.StatusOK; refused = ask("u-9") {
		if asked++; asked > 120 {
			require.Fail(t, "nobody minds")
		}
	}
	const at = "/behavior/agent/restriction"
	require.Equal(t, http.StatusSeeOther, admin.Do(formPost(at, "user=u-9&hours=24&standing=allow&reason=A+load+test")).Code)
	for range 30 {
		require.Equal(t, http.StatusOK, ask("u-9").status, "a person lets conduct decide nothing")
	}
}

func TestAPolicyThatOnlyWatchesHoldsNobodyBack(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) {
		p.Quotas = review.QuotaRules{RefusePosts: true}
		p.Detectors["behavior.rate"] = review.Rule{Mode: review.ModeMonitor, Flag: 0.6, Block: 0.8}
	})
	steadily(t, g, "u-9")
	unusual := false
	for range 60 {
		answer := g.post(t, interactionsPath, `{"prompt":"May I?","user_id":"u-9"}`)
		require.Equal(t, http.StatusCreated, answer.status, answer.body)
		unusual = unusual || strings.Contains(answer.body, `"detector":"behavior.rate"`)
	}
	require.True(t, unusual, "it is seen")
}

// TestALimitOnConductHolds: a policy's form takes limits and says what is wrong with them; beyond one of them a finding is made,
// and at twice as much the user is held back, however usual it is for them.
func TestALimitOnConductHolds(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) {
		p.Quotas = review.QuotaRules{}
		p.Limits = []review.ConductLimit{{Of: review.ConductUser, Metric: review.ConductToolCalls, Most: 12}}
	})
	call := func() answered {
		return g.post(t, interactionsPath, `{"prompt":"How do I bake bread?","response":"So.","user_id":"u-7","tool_calls":[{"name":"oven","arguments":{}}]}`)
	}
	for i := range 23 {
		answer := call()
		require.Equal(t, http.StatusCreated, answer.status)
		require.Equal(t, i == 12, strings.Contains(answer.body, `"detector":"behavior.limits"`), "once in a window: %d", i)
	}
	grave := call()
	require.Contains(t, grave.body, `"detector":"behavior.limits"`)
	require.Contains(t, grave.body, `"verdict":"block"`)
	require.Contains(t, grave.body, "tool calls in five minutes: 24; the policy allows 12")
	held := g.post(t, "/openai/v1/chat/completions", `{"model":"gpt-test","user":"u-7","messages":[{"role":"user","content":"Hello"}]}`)
	require.Equal(t, http.StatusTooManyRequests, held.status, held.body)

	admin := g.Person(review.RoleAdmin)
	for lines, problem := range map[string]string{
		"user errors 20\napp requests 900": "",
		"user errors":                      "must have user or app, a metric and a number on each line",
		"user luck 3":                      "must name user or app, and a metric that there is",
		"app latency 900":                  "must bound tokens, latency and lengths of each user",
		"user errors 120":                  "in per cent, at most 100",
	} {
		answer := admin.Post("/policies/agent/draft", url.Values{"limits": {lines}})
		if problem == "" {
			require.Equal(t, http.StatusSeeOther, answer.Code)
			webtest.Says(t, page(t, admin.Get("/policies/agent/draft"), 200), "user.errors")
			continue
		}
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, lines)
		webtest.Says(t, answer.Body.String(), problem)
	}
}
