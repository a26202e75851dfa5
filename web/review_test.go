package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func page(t testing.TB, answer *httptest.ResponseRecorder, status int) string {
	t.Helper()
	require.Equal(t, status, answer.Code)
	require.Contains(t, answer.Header().Get("Content-Type"), "text/html")
	body := answer.Body.String()
	webtest.Conceals(t, body, "<script>alert")
	for _, internal := range internals {
		require.NotContains(t, strings.ToLower(strings.ReplaceAll(body, "argon2id", "")), internal)
	}
	return body
}

func seen(t testing.TB, answer *httptest.ResponseRecorder) string {
	t.Helper()
	require.Equal(t, http.StatusSeeOther, answer.Code)
	return answer.Header().Get("Location")
}

// holder says who holds the Item, "" when nobody does.
func holder(t testing.TB, site *webtest.Site, itemID string) string {
	t.Helper()
	viewer, err := site.Accounts.SystemViewer(t.Context(), "test")
	require.NoError(t, err)
	view, err := site.Service.View(t.Context(), viewer, itemID)
	require.NoError(t, err)
	if view.Claim == nil {
		return ""
	}
	return view.Claim.UserName
}

func TestTheMainJobInABrowserWithoutScript(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	first := site.PostAttack(webtest.Home, "<script>alert(1)</script> one")
	second := site.PostAttack(webtest.Home, "two")
	analyst := site.Nobody()

	require.Equal(t, "/login", seen(t, analyst.Get("/queue")))
	require.Equal(t, "/queue", seen(t, analyst.Post("/login", url.Values{"email": {site.Email(review.RoleAnalyst)}, "password": {webtest.Password}})))
	queue := page(t, analyst.Get("/queue"), 200)
	webtest.Says(t, queue, "/items/"+first.Item.ID)
	webtest.Says(t, queue, "/items/"+second.Item.ID)

	item := seen(t, analyst.Get("/queue/next"))
	require.Equal(t, "/items/"+first.Item.ID, item)
	require.Equal(t, "analyst", holder(t, site, first.Item.ID))
	body := page(t, analyst.Get(item), 200)
	webtest.Says(t, body, "&lt;script&gt;")
	form := hidden(t, body)
	require.NotEmpty(t, form["token"])

	decision := url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"block"}, "label": {"injection"},
		"reason": {"asks for <b>secrets</b>"}, "body": {"seen before"}, "confidence": {"0.9"}, "focused_ms": {"4200"}}
	next := seen(t, analyst.Post("/items/"+first.Item.ID+"/decision", decision))
	require.Equal(t, "/items/"+second.Item.ID, next, "the next one is there already")
	require.Equal(t, "analyst", holder(t, site, second.Item.ID))
	body = page(t, analyst.Get(next), 200)
	webtest.Says(t, body, "Blocked.")
	webtest.Says(t, body, "/items/"+first.Item.ID+"/undo")
	webtest.Conceals(t, page(t, analyst.Get(next), 200), "Blocked.")

	body = page(t, analyst.Get("/items/"+first.Item.ID), 200)
	webtest.Says(t, body, "seen before")
	webtest.Says(t, body, "asks for &lt;b&gt;secrets&lt;/b&gt;")
	require.Equal(t, "/items/"+first.Item.ID, seen(t, analyst.Post("/items/"+first.Item.ID+"/undo", nil)))
	body = page(t, analyst.Get("/items/"+first.Item.ID), 200)
	webtest.Says(t, body, outcomeUndone)
	require.Equal(t, "analyst", holder(t, site, first.Item.ID))

	form = hidden(t, body)
	approve := url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"approve"}}
	require.Equal(t, "/items/"+second.Item.ID, seen(t, analyst.Post("/items/"+first.Item.ID+"/decision", approve)))
	form = hidden(t, page(t, analyst.Get("/items/"+second.Item.ID), 200))
	escalate := url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"escalate"}}
	require.Equal(t, "/queue", seen(t, analyst.Post("/items/"+second.Item.ID+"/decision", escalate)), "nothing is left")
	body = page(t, analyst.Get("/queue"), 200)
	webtest.Says(t, body, "Escalated")
	webtest.Conceals(t, body, "/items/"+second.Item.ID+`"`)

	webtest.Says(t, page(t, analyst.Get("/decisions"), 200), "/items/"+first.Item.ID)
	require.Equal(t, "/queue", seen(t, analyst.Get("/queue/next")))
	webtest.Says(t, page(t, analyst.Get("/queue"), 200), "Nothing is waiting")
}

const outcomeUndone = "Taken back."

func TestTheMainJobByScript(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	at := "/items/" + p.Item.ID
	script := site.Script(review.RoleAnalyst)
	held := script.Claim(p.Item.ID)
	require.Equal(t, p.Item.ID, held.ItemID)
	require.Equal(t, held, script.Claim(p.Item.ID), "claiming again renews")

	beat := script.Post(at+"/heartbeat", url.Values{"token": {held.Token}})
	require.Equal(t, http.StatusOK, beat.Code, beat.Body.String())
	webtest.Says(t, beat.Body.String(), held.Token)
	require.Equal(t, http.StatusNoContent, script.Post(at+"/release", url.Values{"token": {held.Token}}).Code)
	require.Empty(t, holder(t, site, p.Item.ID))
	require.Equal(t, http.StatusConflict, script.Post(at+"/heartbeat", url.Values{"token": {held.Token}}).Code)
	require.Equal(t, http.StatusNoContent, script.Post(at+"/release", url.Values{"token": {held.Token}}).Code, "releasing twice is no error")

	held = script.Claim(p.Item.ID)
	var decided struct{ ID, Decision string }
	answer := script.Post(at+"/decision", decisionForm(held, "block"))
	require.Equal(t, http.StatusOK, answer.Code)
	webtest.Decode(t, answer, &decided)
	require.Equal(t, "block", decided.Decision)
	again := script.Post(at+"/decision", decisionForm(held, "block"))
	require.Equal(t, http.StatusOK, again.Code, "sent twice is one decision")
	require.JSONEq(t, answer.Body.String(), again.Body.String())

	undone := script.Post(at+"/undo", url.Values{"decision_id": {decided.ID}})
	require.JSONEq(t, `{"decision_id":"`+decided.ID+`","item_id":"`+p.Item.ID+`"}`, undone.Body.String())
	require.Equal(t, http.StatusOK, script.Post(at+"/undo", url.Values{"decision_id": {decided.ID}}).Code, "undone twice is undone")

	held = script.Claim(p.Item.ID)
	require.Equal(t, http.StatusNoContent, script.Post(at+"/skip", url.Values{"token": {held.Token}}).Code)
	require.Equal(t, "/queue", seen(t, script.Get("/queue/next")), "what was skipped is not served again")

	note := script.Post(at+"/annotations", url.Values{"body": {"a note"}})
	require.Equal(t, http.StatusCreated, note.Code, note.Body.String())
	span := script.Post(at+"/annotations", url.Values{"segment": {"prompt"}, "start": {"0"}, "end": {"6"}, "label": {"injection"}, "body": {"here"}})
	require.Equal(t, http.StatusCreated, span.Code, span.Body.String())
	webtest.Says(t, span.Body.String(), `"start":0,"end":6`)
}

func TestAStaleFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	at := "/items/" + p.Item.ID + "/decision"
	held := site.Script(review.RoleAnalyst).Claim(p.Item.ID)
	analyst, lead := site.Person(review.RoleAnalyst), site.Person(review.RoleLead)
	typed := []string{"reason", "a <b>long</b> thought", "body", "my note", "label", "pii"}
	kept := func(t *testing.T, body string) {
		webtest.Says(t, body, "a &lt;b&gt;long&lt;/b&gt; thought")
		webtest.Says(t, body, "my note")
	}
	for name, c := range map[string]struct {
		as     *webtest.Client
		form   url.Values
		status int
		says   string
	}{
		"an old version":         {analyst, with(decisionForm(held, "block"), append(typed, "version", "0")...), 409, "has changed since you opened it"},
		"a token of another":     {analyst, with(decisionForm(held, "block"), append(typed, "token", "stolen")...), 409, "opened again elsewhere"},
		"no token":               {analyst, with(decisionForm(held, "block"), append(typed, "token", "")...), 409, "opened again elsewhere"},
		"somebody else holds it": {lead, with(decisionForm(held, "block"), typed...), 409, "Analyst holds this item"},
		"no judgement":           {analyst, with(decisionForm(held, ""), typed...), 422, "must be approve, block or escalate"},
		"an unknown judgement":   {analyst, with(decisionForm(held, "<script>alert(1)</script>"), typed...), 422, "must be approve, block or escalate"},
		"an unknown label":       {analyst, with(decisionForm(held, "block"), append(typed, "label", "nope")...), 422, "is not in the policy"},
		"a version that is none": {analyst, with(decisionForm(held, "block"), append(typed, "version", "one")...), 422, "must be a whole number"},
		"no confidence":          {analyst, with(decisionForm(held, "block"), append(typed, "confidence", "sure")...), 422, "between 0 and 1"},
		"too much confidence":    {analyst, with(decisionForm(held, "block"), append(typed, "confidence", "1.5")...), 422, "between 0 and 1"},
		"a confidence of NaN":    {analyst, with(decisionForm(held, "block"), append(typed, "confidence", "NaN")...), 422, "between 0 and 1"},
	} {
		t.Run(name, func(t *testing.T) {
			body := page(t, c.as.Post(at, c.form), c.status)
			webtest.Says(t, body, c.says)
			kept(t, body)

			script := webtest.NewRequest(http.MethodPost, at, strings.NewReader(c.form.Encode()))
			script.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			script.Header.Set("Accept", "application/json")
			answer := c.as.Do(script)
			require.Equal(t, c.status, answer.Code)
			require.Contains(t, answer.Header().Get("Content-Type"), "application/problem+json")
			webtest.Conceals(t, answer.Body.String(), held.Token)
		})
	}
	t.Run("a reason without end", func(t *testing.T) {
		long := strings.Repeat("é", 3000)
		body := page(t, analyst.Post(at, with(decisionForm(held, "block"), "reason", long)), 422)
		webtest.Says(t, body, long)
		webtest.Says(t, body, "at most 4096 bytes")
	})
	t.Run("and then it can be sent", func(t *testing.T) {
		body := page(t, analyst.Post(at, with(decisionForm(held, "block"), "version", "0")), 409)
		form := hidden(t, body)
		require.Equal(t, "/queue", seen(t, analyst.Post(at, url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"block"}})))
	})
	t.Run("decided by somebody else", func(t *testing.T) {
		body := page(t, lead.Post(at, with(decisionForm(held, "approve"), typed...)), 409)
		webtest.Says(t, body, "decided already")
		kept(t, body)
	})
}

func TestOnlyWhoOpensAnItemTakesIt(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	at := "/items/" + p.Item.ID
	analyst := site.Person(review.RoleAnalyst)
	prefetch := func(method, target, name, value string) *httptest.ResponseRecorder {
		r := webtest.NewRequest(method, target, nil)
		if name != "" {
			r.Header.Set(name, value)
		}
		return analyst.Do(r)
	}
	for _, c := range [][2]string{{"Sec-Purpose", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"}, {"Purpose", "prefetch"}, {"X-Moz", "prefetch"}} {
		page(t, prefetch(http.MethodGet, at, c[0], c[1]), 200)
		require.Equal(t, http.StatusNoContent, prefetch(http.MethodGet, "/queue/next", c[0], c[1]).Code)
	}
	page(t, analyst.Get(at+"?peek=1"), 200)
	require.Equal(t, http.StatusOK, prefetch(http.MethodHead, at, "", "").Code)
	require.Equal(t, http.StatusNoContent, prefetch(http.MethodHead, "/queue/next", "", "").Code)
	for _, role := range []review.Role{review.RoleViewer, review.RoleAuditor} {
		page(t, site.Person(role).Get(at), 200)
	}
	require.Empty(t, holder(t, site, p.Item.ID))

	body := page(t, analyst.Get(at), 200)
	require.Equal(t, "analyst", holder(t, site, p.Item.ID))
	token := hidden(t, body)["token"]
	for _, role := range []review.Role{review.RoleLead, review.RoleViewer} {
		body := page(t, site.Person(role).Get(at), 200)
		webtest.Conceals(t, body, token) // the holder's proof is for the holder
		webtest.Conceals(t, body, `name="decision" value="approve"`)
	}
	require.Equal(t, "analyst", holder(t, site, p.Item.ID))
	body = page(t, site.Person(review.RoleLead).Post(at+"/claim", nil), 409)
	webtest.Says(t, body, "Analyst holds this item")
}

func TestTwoAnalystsNeverGetOneItem(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	const items = 24
	for i := range items {
		site.PostAttack(webtest.Home, strings.Repeat("x", i+1))
	}
	people := []*webtest.Client{site.Person(review.RoleAnalyst), site.Person(review.RoleLead), site.Person(review.RoleAdmin)}
	got := make([][]string, len(people))
	var all sync.WaitGroup
	for i, person := range people {
		all.Go(func() {
			for {
				answer := person.Get("/queue/next")
				to := answer.Header().Get("Location")
				if to == "/queue" {
					return
				}
				id := strings.TrimPrefix(to, "/items/")
				got[i] = append(got[i], id)
				body := person.Get(to).Body.String()
				m := hiddenInput.FindAllStringSubmatch(body, -1)
				form := url.Values{"decision": {"approve"}}
				for _, f := range m {
					form.Set(f[1], f[2])
				}
				if next := person.Post("/items/"+id+"/decision", form).Header().Get("Location"); next == "/queue" {
					return
				}
			}
		})
	}
	all.Wait()
	by := map[string]int{}
	for i := range got {
		for _, id := range got[i] {
			if who, taken := by[id]; taken && who != i {
				t.Fatalf("%s was given to %d and to %d", id, who, i)
			}
			by[id] = i
		}
	}
	admin := site.Person(review.RoleAdmin)
	webtest.Conceals(t, admin.Get("/queue").Body.String(), `class="row-text"`)
}

func TestFiltersAreInTheURL(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	analyst := site.Person(review.RoleAnalyst)
	webtest.Says(t, page(t, analyst.Get("/queue?detector=injection.override&kind=interaction&app="+webtest.Home), 200), p.Item.ID)
	webtest.Conceals(t, page(t, analyst.Get("/queue?kind=audit"), 200), p.Item.ID)
	webtest.Conceals(t, page(t, analyst.Get("/queue?app="+webtest.Foreign), 200), p.Item.ID)
	require.Equal(t, "/items/"+p.Item.ID+"?from=kind%3Dinteraction", seen(t, analyst.Get("/queue/next?kind=interaction")))
	require.Equal(t, "/items/"+p.Item.ID+"?from=kind%3Dinteraction", seen(t, analyst.Post("/queue/next", url.Values{"from": {"kind=interaction"}})))
	require.Equal(t, "/queue?kind=audit", seen(t, analyst.Get("/queue/next?kind=audit")))
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "a kind that does not exist", As: analystOf, URL: "/queue?kind=<script>alert(1)</script>", Status: 400, Content: []string{"The filter “kind”"}, Forbidden: without("alert(1)")},
		{Name: "a cursor that is none", As: analystOf, URL: "/queue?after=zzz", Status: 400, Content: []string{"cursor"}, Forbidden: without("zzz")},
		{Name: "a cursor of ours", As: analystOf, URL: "/queue?after=" + review.Position{Key: 1 << 60}.String(), Status: 200, Content: []string{"<html"}, Forbidden: without(p.Item.ID)},
		{Name: "NUL", As: analystOf, URL: "/queue?detector=%00", Status: 200, Content: []string{"<html"}, Forbidden: without("\x00")},
		{Name: "no text", As: analystOf, URL: "/queue?detector=%ff", Status: 400, Content: []string{"not UTF-8"}, Forbidden: without("\xff")},
		{Name: "where from that is none", As: analystOf, URL: "/items/" + p.Item.ID + "?peek=1&from=kind%3Dnope", Status: 200, Content: []string{"<html"}, Forbidden: without("kind=nope")},
	})
}

func TestAnItemLeadsToItsNeighboursInTheQueue(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	first, second, third := site.PostAttack(webtest.Home, "x"), site.PostAttack(webtest.Home, "y"), site.PostAttack(webtest.Home, "z")
	analyst := site.Person(review.RoleAnalyst)
	const from = "?from=kind%3Dinteraction"
	previous := func(p webtest.Posted) string { return `rel="prev" href="/items/` + p.Item.ID + from + `"` }
	next := func(p webtest.Posted) string { return `rel="next" href="/items/` + p.Item.ID + from + `"` }
	at := func(p webtest.Posted, from string) string {
		return page(t, analyst.Get("/items/"+p.Item.ID+from+"&peek=1"), 200)
	}
	webtest.Conceals(t, at(first, from), `rel="prev"`)
	webtest.Says(t, at(first, from), next(second))
	webtest.Says(t, at(second, from), previous(first))
	webtest.Says(t, at(second, from), next(third))
	webtest.Says(t, at(third, from), previous(second))
	webtest.Conceals(t, at(third, from), `rel="next"`)
	alone := at(second, "?from=kind%3Daudit")
	webtest.Conceals(t, alone, `rel="prev"`)
	webtest.Conceals(t, alone, `rel="next"`)
}

func analystOf(s *webtest.Site) *webtest.Client { return s.Person(review.RoleAnalyst) }

func TestForeignItemsAreNotThere(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Foreign, "confidential")
	own := site.PostAttack(webtest.Home, "x")
	admin := site.Script(review.RoleAdmin)
	held := admin.Claim(p.Item.ID)
	var decided struct{ ID string }
	webtest.Decode(t, admin.Post("/items/"+p.Item.ID+"/decision", decisionForm(held, "block")), &decided)
	analyst := site.Person(review.RoleAnalyst)
	for _, step := range []string{"claim", "heartbeat", "release", "skip", "decision", "annotations", "undo"} {
		body := page(t, analyst.Post("/items/"+p.Item.ID+"/"+step, with(decisionForm(held, "approve"), "body", "x", "decision_id", decided.ID)), 404)
		webtest.Conceals(t, body, "confidential")
	}
	webtest.Conceals(t, page(t, analyst.Get("/items/"+p.Item.ID), 404), "confidential")
	body := page(t, analyst.Post("/items/"+own.Item.ID+"/undo", url.Values{"decision_id": {decided.ID}}), 404)
	webtest.Conceals(t, body, "confidential")
	webtest.Conceals(t, page(t, analyst.Get("/queue"), 200), "confidential")
	webtest.Conceals(t, page(t, analyst.Get("/decisions"), 200), p.Item.ID)
	webtest.Conceals(t, analyst.Get("/export/decisions.csv").Body.String(), p.Item.ID)
	for _, id := range []string{"nope", "%00", "..%2f..%2fetc", strings.Repeat("a", 100), "%ff", "'%20OR%201=1"} {
		page(t, analyst.Get("/items/"+id), 404)
	}
}

func TestUndoIsForWhoDecided(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	at := "/items/" + p.Item.ID
	script := site.Script(review.RoleAnalyst)
	var decided struct{ ID string }
	webtest.Decode(t, script.Post(at+"/decision", decisionForm(script.Claim(p.Item.ID), "block")), &decided)
	lead := site.Person(review.RoleLead)
	webtest.Conceals(t, page(t, lead.Post(at+"/undo", url.Values{"decision_id": {decided.ID}}), 403), "Taken back")
	webtest.Says(t, page(t, lead.Post(at+"/undo", nil), 409), "You have not decided this item")
	webtest.Conceals(t, page(t, lead.Post(at+"/undo", url.Values{"decision_id": {"0"}}), 404), "Taken back")
}

func TestFormsThatAreNone(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	at := "/items/" + p.Item.ID + "/annotations"
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "JSON for a form", As: analystOf, URL: at, Header: map[string]string{"Content-Type": "application/json"}, Body: `{"body":"x"}`, Status: 415, Content: []string{"<html"}, Forbidden: without()},
		{Name: "a broken form", As: analystOf, URL: at, Header: form, Body: "body=%zz", Status: 400, Content: []string{"<html"}, Forbidden: without("zz")},
		{Name: "no text", As: analystOf, URL: at, Header: form, Body: "body=%ff", Status: 400, Content: []string{"not UTF-8"}, Forbidden: without("\xff")},
		{Name: "an empty note", As: analystOf, URL: at, Header: form, Body: "body=+", Status: 422, Content: []string{"is empty"}, Forbidden: without()},
		{Name: "a huge form", As: analystOf, URL: at, Header: form, Body: "body=" + strings.Repeat("x", 300<<10), Status: 413, Content: []string{"<html"}, Forbidden: without("xxxxxxxxxx")},
		{Name: "a long note", As: analystOf, URL: at, Header: form, Body: "body=" + strings.Repeat("x", 17<<10), Status: 422, Content: []string{strings.Repeat("x", 17<<10), "at most 16384 bytes"}, Forbidden: without()},
		{Name: "a span without offsets", As: analystOf, URL: at, Header: form, Body: "segment=prompt&label=injection&body=typed", Status: 422, Content: []string{"must mark a piece", "typed"}, Forbidden: without()},
		{Name: "a span that is no number", As: analystOf, URL: at, Header: form, Body: "segment=prompt&start=a&end=2&label=injection&body=typed", Status: 422, Content: []string{"must be a whole number", "typed"}, Forbidden: without()},
		{Name: "NUL in a note", As: analystOf, URL: at, Header: form, Body: "body=a%00b", Status: 303, Forbidden: without("\x00")},
		{Name: "a GET does nothing", As: analystOf, URL: at, Status: 405, Content: []string{"<html"}, Forbidden: without(), Headers: map[string]string{"Allow": "POST"}},
	})
}

func TestAnInterventionIsEditedAndSent(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	ask := `{"user_id":"over-truster","prompt":"Confirm that this is right, as always.","response":"It is right.","feedback":{"action":"accepted_without_review","focused_ms":200,"risk_class":"high"}}`
	var intervention string
	for range 40 {
		var p webtest.Posted
		webtest.Decode(t, home(site).PostJSON(interactions, ask), &p)
		if len(p.Interventions) > 0 {
			intervention = p.Interventions[0].ID
			require.Equal(t, "proposed", p.Interventions[0].State)
			break
		}
	}
	require.NotEmpty(t, intervention, "forty answers taken unread are noticed")
	lead := site.Person(review.RoleLead)
	at := seen(t, lead.Get("/queue/next?kind=intervention"))
	body := page(t, lead.Get(at), 200)
	form := hidden(t, body)
	path, _, _ := strings.Cut(at, "?")
	to := seen(t, lead.Post(path+"/decision", url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"approve"},
		"text": {"What would change your mind?"}, "from": {"kind=intervention"}}))
	require.True(t, strings.HasPrefix(to, "/queue?kind=intervention") || strings.Contains(to, "from=kind%3Dintervention"), to)
}
