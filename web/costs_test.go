package web_test

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/export"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// TestCostOfOneCall: an item says what its call took and cost, as far as anybody knows, to who may see costs.
func TestCostOfOneCall(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	changePolicy(t, site, func(p *review.Policy) {
		p.Budget.Prices = []review.Price{{Model: "gpt-*", Input: 2.5, Output: 10}}
	})
	lead, analyst := site.Person(review.RoleLead), site.Person(review.RoleAnalyst)
	post := func(body string) string {
		t.Helper()
		answer := site.App(webtest.Home).PostJSON(interactionsPath, `{"prompt":"`+webtest.Attack+`",`+body+`}`)
		require.Equal(t, http.StatusCreated, answer.Code, answer.Body.String())
		var posted webtest.Posted
		webtest.Decode(t, answer, &posted)
		return "/items/" + posted.Item.ID + "?peek=1"
	}
	counted := post(`"model":"gpt-x","response":"No.","usage":{"prompt_tokens":1000,"completion_tokens":100}`)
	body := page(t, lead.Get(counted), 200)
	webtest.Says(t, body, "0.0035\u202fUSD")
	webtest.Says(t, body, "1\u202f000 read, 100 written")
	webtest.Conceals(t, page(t, analyst.Get(counted), 200), "0.0035\u202fUSD")
	body = page(t, lead.Get(post(`"model":"<b>own</b>","response":"No.","usage":{"prompt_tokens":1000,"completion_tokens":100}`)), 200)
	webtest.Says(t, body, "price not known")
	webtest.Says(t, page(t, lead.Get(post(`"model":"gpt-x","response":"No."`)), 200), "reckoned from the texts")
	webtest.Says(t, page(t, lead.Get(post(`"model":"gpt-x"`)), 200), "no answer is here to reckon from")
	webtest.Conceals(t, page(t, lead.Get(post(`"user_id":"u"`)), 200), "nobody counted")
}

func TestCostPages(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead, analyst := site.Person(review.RoleLead), site.Person(review.RoleAnalyst)
	day := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	home, err := site.Viewer(t, review.RoleLead).AppNamed(webtest.Home)
	require.NoError(t, err)
	require.NoError(t, site.Service.RecordConduct(t.Context(), review.Counted{Costs: []review.CostDay{
		{AppID: home.ID, UserID: "=cmd|'/c calc'!A1", Model: "<script>alert(1)</script>", Day: day, Calls: 3, TokensIn: 1200, TokensOut: 40, Cost: 1_234_567},
		{AppID: home.ID, Model: "small", Day: day.AddDate(0, 0, 2), Calls: 1, TokensIn: 10, TokensOut: 4, Cost: 12},
	}}))
	const at = "/costs/" + webtest.Home
	overview := page(t, lead.Get("/costs?month=2026-03"), 200)
	webtest.Says(t, overview, at+"?month=2026-03")
	webtest.Conceals(t, overview, "/costs/"+webtest.Foreign)
	body := page(t, lead.Get(at+"?month=2026-03"), 200)
	webtest.Says(t, body, "&lt;script&gt;alert(1)&lt;/script&gt;")
	webtest.Says(t, body, "1.23\u202fUSD")
	webtest.Says(t, body, `data-value="1.23457"`)
	webtest.Says(t, body, "2026-03-06") // between the two, on which nothing happened
	body = page(t, lead.Get(at+"?month=2026-03&model=small"), 200)
	webtest.Says(t, body, "0.000012\u202fUSD")
	webtest.Conceals(t, body, "1.23\u202fUSD")
	webtest.Says(t, page(t, lead.Get(at+"?month=2026-02"), 200), "Nothing happened in this time.")

	file := lead.Get(at + "/costs.csv?month=2026-03")
	require.Equal(t, http.StatusOK, file.Code)
	require.Regexp(t, `^attachment; filename="costs-[0-9]{8}-[0-9]{6}\.csv"$`, file.Header().Get("Content-Disposition"))
	require.Equal(t, "app,month,user_id,model,calls,tokens_in,tokens_out,cost,currency\r\n"+
		webtest.Home+",2026-03,,small,1,10,4,0.000012,USD\r\n"+
		webtest.Home+",2026-03,'=cmd|'/c calc'!A1,<script>alert(1)</script>,3,1200,40,1.234567,USD\r\n", unquoted(file.Body.String()))
	manifest := regexp.MustCompile(`/exports/[0-9a-f-]+/manifest`).FindString(file.Header().Get("Link"))
	m, err := export.ParseManifest(lead.Get(manifest).Body)
	require.NoError(t, err)
	key, err := site.ExportKey()
	require.NoError(t, err)
	wrong, err := export.Check(bytes.NewReader(file.Body.Bytes()), m, key)
	require.NoError(t, err)
	require.Empty(t, wrong)
	require.Equal(t, map[string]string{"app": webtest.Home, "month": "2026-03"}, m.Filter)
	require.Equal(t, 2, m.Rows)
	webtest.Says(t, page(t, lead.Get("/exports"), 200), "Costs, CSV")
	require.Equal(t, http.StatusNotFound, analyst.Get(manifest).Code, "it is who asked for it")
	require.Equal(t, 1, events(t, site, "costs.exported"))
	head := webtest.NewRequest(http.MethodHead, at+"/costs.csv", nil)
	require.Equal(t, http.StatusOK, lead.Do(head).Code)
	require.Equal(t, http.StatusNotFound, lead.Do(webtest.NewRequest(http.MethodHead, "/costs/"+webtest.Foreign+"/costs.csv", nil)).Code)
	require.Equal(t, 1, events(t, site, "costs.exported"), "who only looks takes nothing")

	for _, query := range []string{"?month=2026-13", "?month=0001-01", "?month=x"} {
		require.Equal(t, http.StatusBadRequest, lead.Get(at+query).Code, query)
		require.Equal(t, http.StatusBadRequest, lead.Get(at+"/costs.csv"+query).Code, query)
	}
	require.Equal(t, http.StatusNotFound, lead.Get("/costs/"+webtest.Foreign).Code)
	require.Equal(t, http.StatusNotFound, lead.Get("/costs/"+webtest.Foreign+"/costs.csv").Code)
	require.Equal(t, http.StatusForbidden, analyst.Get(at).Code)
}

// TestTheBudgetOfAnApp shows what is spent, what will be, and what happens then.
func TestTheBudgetOfAnApp(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead, analyst := site.Person(review.RoleLead), site.Person(review.RoleAnalyst)
	apps, err := site.Store.Apps(t.Context())
	require.NoError(t, err)
	home := apps[slices.IndexFunc(apps, func(a review.App) bool { return a.Name == webtest.Home })]
	const costs, conduct = "/costs/" + webtest.Home, "/behavior/" + webtest.Home
	webtest.Conceals(t, page(t, lead.Get(costs), 200), "Budget of this month")
	webtest.Conceals(t, page(t, lead.Get(conduct), 200), "Budget of this month")

	set := func(change func(*review.Policy)) {
		policy, err := site.Store.ActivePolicy(t.Context(), home.ID)
		require.NoError(t, err)
		policy.Version++
		policy.Budget = review.BudgetRules{Monthly: 100, Currency: "EUR", Warn: 0.8, Prices: []review.Price{{Model: "*", Input: 1, Output: 1}}}
		change(&policy)
		require.NoError(t, policy.Validate())
		require.NoError(t, site.Store.Write(t.Context(), func(tx review.Tx) error {
			return tx.PutPolicy(policy, webtest.Operator, "a budget", site.Clock.Now())
		}))
	}
	spend := func(amount int64) {
		require.NoError(t, site.Service.RecordConduct(t.Context(), review.Counted{Hours: []review.ConductHour{
			{AppID: home.ID, Hour: site.Clock.Now().UTC().Truncate(time.Hour), Requests: 1, Cost: amount}}}))
	}
	set(func(*review.Policy) {})
	spend(42_000_000)
	for _, at := range []string{costs, conduct} {
		body := page(t, lead.Get(at), 200)
		for _, said := range []string{"Budget of this month", "42.00\u202fEUR", "58.00\u202fEUR", "of 100.00\u202fEUR are spent", "the gateway refuses what costs something with 429"} {
			webtest.Says(t, body, said)
		}
		webtest.Conceals(t, body, "More than 80")
	}
	webtest.Conceals(t, page(t, analyst.Get(conduct), 200), `href="/alerts/`)
	webtest.Conceals(t, page(t, lead.Get(conduct+"?user=u-1"), 200), "Budget of this month")
	webtest.Conceals(t, page(t, lead.Get(costs+"?month=2026-01"), 200), "Budget of this month")
	spend(40_000_000)
	webtest.Says(t, page(t, lead.Get(costs), 200), "More than 80 % of the budget of this month are spent.")
	spend(30_000_000)
	for said, change := range map[string]func(*review.Policy){
		"by post, until the month ends": func(p *review.Policy) { p.Quotas.RefusePosts = true },
		"the gateway asks gpt-mini":     func(p *review.Policy) { p.Budget.Degrade = "gpt-mini" },
		"only watches the budget":       func(p *review.Policy) { p.Detectors[review.BudgetCost] = review.Rule{Mode: review.ModeMonitor} },
		"does not count against":        func(p *review.Policy) { p.Detectors[review.BudgetCost] = review.Rule{Mode: review.ModeOff} },
	} {
		set(func(p *review.Policy) {
			p.Quotas.RefusePosts = false
			p.Detectors = map[string]review.Rule{}
			change(p)
		})
		body := page(t, lead.Get(costs), 200)
		webtest.Says(t, body, "The budget of this month is spent.")
		webtest.Says(t, body, said)
	}
}

// TestARefusedPromptCostsNothing: what was refused before a model was asked is a call, and neither tokens nor money.
func TestARefusedPromptCostsNothing(t *testing.T) {
	t.Parallel()
	const refusals = 8
	g := newGuarded(t, func(p *review.Policy) {
		blocking(p)
		// A token costs one. What is left is enough for one call, if refusals take nothing.
		p.Budget = review.BudgetRules{Monthly: 560, Currency: "USD", Prices: []review.Price{{Model: "gpt-test", Input: 1e6, Output: 1e6}}}
	})
	lead := g.Person(review.RoleAdmin)
	var last answered
	for i := range refusals {
		ask := g.chat
		if i%2 == 1 {
			ask = func(t testing.TB, prompt string, _ ...string) answered { return g.stream(t, prompt) }
		}
		last = ask(t, webtest.Attack)
		require.Equal(t, http.StatusBadRequest, last.status, last.body)
	}
	g.keepCosts(t)
	const at = "/costs/agent"
	body := page(t, lead.Get(at), 200)
	webtest.Says(t, body, "0.00\u202fUSD")
	require.Regexp(t, `agent,\d{4}-\d\d,,gpt-test,8,0,0,0\.000000,USD`, unquoted(lead.Get(at+"/costs.csv").Body.String()))
	budget, err := g.Service.Budget(t.Context(), g.Viewer(t, review.RoleAdmin), "agent")
	require.NoError(t, err)
	require.Zero(t, budget.Spent)
	webtest.Says(t, page(t, lead.Get("/items/"+last.header.Get("X-Guardroom-Item")+"?peek=1"), 200), "refused before a model was asked")

	require.Equal(t, http.StatusOK, g.chat(t, "Hi").status, "the whole budget is still there")
	g.keepCosts(t)
	require.Regexp(t, `agent,\d{4}-\d\d,,gpt-test,9,[1-9]\d*,[1-9]\d*,[1-9]\d*\.000000,USD`, unquoted(lead.Get(at+"/costs.csv").Body.String()))
}

// keepCosts keeps what was counted, as a server does every ten seconds.
func (g *guardedSite) keepCosts(t *testing.T) {
	t.Helper()
	counted := g.Service.Conduct.(interface{ Drain() review.Counted }).Drain()
	require.NoError(t, g.Service.RecordConduct(t.Context(), counted))
}
