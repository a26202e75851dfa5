package web_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// events counts the Events of an action.
func events(t testing.TB, site *webtest.Site, action string) (n int) {
	t.Helper()
	for e, err := range site.Store.Events(t.Context(), 0) {
		require.NoError(t, err)
		if e.Action == action {
			n++
		}
	}
	return n
}

// telling is what the page of the attack says of the guard, in whatever form.
var telling = []string{"injection.", "injection override", "verdict-block", "data-tone=\"high\"", "data-tone=\"critical\"",
	"data-marks", "data-card", "class=\"card\"", "Critical", "override", "clearly harmless"}

func TestABlindItemTellsNothingBeforeTheVerdict(t *testing.T) {
	t.Parallel()
	site := webtest.NewBlindSite(t)
	item := site.PostAttack(webtest.Home, "one").Item.ID
	at := "/items/" + item
	second := site.PostAttack(webtest.Home, "two of the same user").Item.ID
	lead := site.Script(review.RoleLead)
	require.Equal(t, 201, lead.Post(at+"/annotations", url.Values{"body": {"clearly harmless"}}).Code)

	analyst := site.Person(review.RoleAnalyst)
	quiet := func(target string) string {
		t.Helper()
		body := page(t, analyst.Get(target), 200)
		for _, word := range telling {
			webtest.Conceals(t, withoutForms(body), word)
		}
		return body
	}
	quiet("/queue")
	quiet("/queue?state=open&severity=high")
	webtest.Conceals(t, page(t, analyst.Get("/queue?category=injection"), 200), at)
	quiet(at + "?peek=1")
	quiet(at + "/preview?peek=1")
	require.Equal(t, "/queue", seen(t, analyst.Post("/queue/preview", url.Values{"shown": {"1"}})))
	require.Contains(t, quiet("/queue"), `data-preview="`)
	require.Empty(t, holder(t, site, item), "to look takes nothing")
	body := quiet(at)
	webtest.Says(t, body, "To be judged blind")
	webtest.Says(t, body, `action="`+at+`/blind"`)
	webtest.Conceals(t, body, `action="`+at+`/decision"`)
	form := hidden(t, body)

	verdict := url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"approve"}, "confidence": {"0.8"}, "focused_ms": {""}}
	require.Equal(t, at, seen(t, analyst.Post(at+"/blind", verdict)))
	require.Equal(t, at, seen(t, analyst.Post(at+"/blind", verdict)), "sent twice is one")
	other := analyst.Post(at+"/blind", with(verdict, "decision", "block"))
	require.Equal(t, 409, other.Code)
	webtest.Says(t, other.Body.String(), "that verdict stays")

	body = page(t, analyst.Get(at), 200)
	for _, word := range []string{"You, blind:", "Approved", "Fairly sure", "The guard sees it otherwise", "injection.", "data-marks", "clearly harmless"} {
		webtest.Says(t, body, word)
	}
	webtest.Says(t, body, `action="`+at+`/decision"`)
	require.Equal(t, 1, strings.Count(body, `value="approve"`), "keeping and changing cost the same")
	require.Equal(t, 1, strings.Count(body, `value="block"`))

	form = hidden(t, body)
	next := seen(t, analyst.Post(at+"/decision", url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"block"}}))
	require.NotEqual(t, at, next)
	csv := unquoted(analyst.Get("/export/decisions.csv").Body.String())
	require.Contains(t, csv, ",approve,block,true,")
	require.Equal(t, 1, events(t, site, "item.judged_blind"))

	script := site.Script(review.RoleAnalyst)
	require.Equal(t, 200, script.Post("/items/"+second+"/decision", decisionForm(script.Claim(second), "block")).Code)
	require.Contains(t, unquoted(analyst.Get("/export/decisions.csv").Body.String()), ",block,block,false,,", "decided at once: nothing was shown")
	require.Equal(t, 2, events(t, site, "item.judged_blind"))
}

// withoutForms leaves out what a page always has: the filters that it offers and the
// list of keys.
func withoutForms(body string) string {
	for _, part := range [][2]string{{"<form class=\"panel-body\"", "</form>"}, {"<dialog", "</dialog>"}, {"<fieldset class=\"labels\"", "</fieldset>"}, {"<details class=\"span-form\"", "</details>"}} {
		for {
			from := strings.Index(body, part[0])
			if from < 0 {
				break
			}
			to := strings.Index(body[from:], part[1])
			if to < 0 {
				break
			}
			body = body[:from] + body[from+to+len(part[1]):]
		}
	}
	for _, attack := range []string{webtest.Attack} {
		body = strings.ReplaceAll(body, attack, "")
	}
	return body
}

func TestWhoComesBackGoesOnAtTheReveal(t *testing.T) {
	t.Parallel()
	site := webtest.NewBlindSite(t)
	item := site.PostAttack(webtest.Home, "one").Item.ID
	at := "/items/" + item
	script := site.Script(review.RoleAnalyst)
	held := script.Claim(item)
	kept := script.Post(at+"/blind", decisionForm(held, "block"))
	require.JSONEq(t, `{"item_id":"`+item+`","blind_verdict":"block"}`, kept.Body.String())
	require.Equal(t, 204, script.Post(at+"/release", url.Values{"token": {held.Token}}).Code)
	body := page(t, site.Person(review.RoleAnalyst).Get(at), 200)
	webtest.Says(t, body, "The guard sees it as you do")

	held = script.Claim(item)
	stale := script.Post(at+"/blind", with(decisionForm(held, "block"), "version", strconv.Itoa(held.Version+1)))
	require.Equal(t, 200, stale.Code, "the first one is there, whatever the form shows")
	require.Equal(t, 200, script.Post(at+"/decision", decisionForm(held, "block")).Code)
	require.Equal(t, 403, site.Person(review.RoleViewer).Post(at+"/blind", nil).Code)
}
