package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/mail/mailtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func ruleForm(change ...string) url.Values {
	form := url.Values{"name": {"Too <many> wait"}, "metric": {"queue.open"}, "condition": {"above"}, "threshold": {"0,5"}, "severity": {"high"}}
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

// TestAlertsReachPeople makes a rule and three channels on the pages, gives it a reason, and reads what arrives by HTTP and SMTP.
func TestAlertsReachPeople(t *testing.T) {
	t.Parallel()
	letters := mailtest.Start(t, nil, "", "")
	slack, pager, app := newReceiver(t), newReceiver(t), newReceiver(t)
	g := newGuarded(t, nil, "--webhook-private-hosts", "127.0.0.1", "--smtp", letters.Address, "--smtp-from", "guardroom@example.com",
		"--smtp-security", "none")
	lead := g.Person(review.RoleLead)
	const at = "/alerts/" + webtest.Home
	add := func(form url.Values) string {
		answer := lead.Post(at+"/channels", form)
		require.Contains(t, []int{http.StatusSeeOther, http.StatusCreated}, answer.Code, answer.Body)
		return answer.Body.String()
	}
	add(url.Values{"name": {"Team"}, "kind": {"slack"}, "target": {slack.url + "/services/T0/secretpath"}})
	add(url.Values{"name": {"On call"}, "kind": {"email"}, "target": {"ann@example.com, bob@example.com"}, "least": {"high"}})
	shown := add(url.Values{"name": {"Pager"}, "kind": {"webhook"}, "target": {pager.url + "/in"}})
	_, secret, found := strings.Cut(shown, `<code class="secret">`)
	require.True(t, found, "it is shown once")
	secret, _, _ = strings.Cut(secret, "<")
	var hooked hook
	key := g.App(webtest.Home)
	webtest.Decode(t, key.PostJSON("/api/v1/webhooks", `{"url":"`+app.url+`","topics":["alert.raised","alert.resolved"]}`), &hooked)

	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/rules", ruleForm()).Code)
	body := page(t, lead.Get(at), 200)
	for _, said := range []string{"Too &lt;many&gt; wait", "above 0.5", "127.0.0.1", "ann@example.com, bob@example.com"} {
		webtest.Says(t, body, said)
	}
	webtest.Conceals(t, body, "secretpath")
	webtest.Conceals(t, body, secret)

	g.PostAttack(webtest.Home, "one")
	require.NoError(t, g.Alerts.Round(t.Context()))
	require.Eventually(t, func() bool {
		return len(slack.messages()) == 1 && len(pager.messages()) == 1 && len(app.messages()) == 1 && len(letters.Letters()) == 1
	}, patience, 10*time.Millisecond)
	var said struct{ Text string }
	require.NoError(t, json.Unmarshal(slack.messages()[0].body, &said))
	webtest.Says(t, said.Text, "Too &lt;many&gt; wait in "+webtest.Home+" (high)")
	for receiver, secret := range map[*receiver]string{pager: secret, app: hooked.Secret} {
		m := receiver.messages()[0]
		require.True(t, verify(secret, m))
		var told struct {
			Type string
			Data struct {
				App    string
				Alerts []review.ToldAlert
			}
		}
		require.NoError(t, json.Unmarshal(m.body, &told))
		require.Equal(t, "alert.raised", told.Type)
		require.Equal(t, webtest.Home, told.Data.App)
		require.Equal(t, "Too <many> wait", told.Data.Alerts[0].Rule)
		require.Equal(t, 0.5, told.Data.Alerts[0].Limit)
	}
	letter := letters.Letters()[0]
	require.Equal(t, []string{"ann@example.com", "bob@example.com"}, letter.To)
	require.Equal(t, "Guardroom: Too <many> wait in "+webtest.Home+" (high)", letter.Header.Get("Subject"))
	// A message has come before it is known here that it has.
	require.Eventually(t, func() bool { return strings.Count(page(t, lead.Get(at), 200), "delivered") == 4 }, patience, 10*time.Millisecond)
	var logged struct{ Deliveries []logged }
	webtest.Decode(t, key.Get("/api/v1/webhooks/"+hooked.ID+"/deliveries"), &logged)
	require.Len(t, logged.Deliveries, 1)
	require.Empty(t, logged.Deliveries[0].ItemID, "it is about no item")
	var listed struct{ Webhooks []hook }
	webtest.Decode(t, key.Get("/api/v1/webhooks"), &listed)
	require.Len(t, listed.Webhooks, 2, "the App does not see what people are told")

	letters.Refuse(550)
	channel := g.channels(t)["On call"]
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/channels/"+channel+"/test", url.Values{}).Code)
	require.Eventually(t, func() bool { return strings.Contains(page(t, lead.Get(at), 200), "refuses the message with 550") }, patience, 10*time.Millisecond)
	letters.Refuse(0)
	g.Clock.Advance(10 * time.Second)
	require.Eventually(t, func() bool { return len(letters.Letters()) == 2 }, patience, 10*time.Millisecond, "it is tried again")
	require.Equal(t, "Guardroom: a test for "+webtest.Home, letters.Letters()[1].Header.Get("Subject"))
	metrics := func() string { return g.Nobody().Get("/metrics").Body.String() }
	require.Eventually(t, func() bool {
		return strings.Contains(metrics(), `deliveries_total{kind="email",outcome="delivered"} 2`)
	}, patience, 10*time.Millisecond)
	for _, counted := range []string{`alerts_raised_total{severity="high"} 1`, `deliveries_total{kind="email",outcome="waiting"} 1`} {
		webtest.Says(t, metrics(), counted)
	}
	webtest.Conceals(t, g.Log.String(), "secretpath")
	webtest.Says(t, g.Log.String(), "a delivery failed")
}

// channels are the ids of the channels of Home by their names.
func (g *guardedSite) channels(t testing.TB) map[string]string {
	t.Helper()
	apps, err := g.Store.Apps(t.Context())
	require.NoError(t, err)
	out := map[string]string{}
	for _, app := range apps {
		hooks, err := g.Store.Webhooks(t.Context(), app.ID)
		require.NoError(t, err)
		for _, h := range hooks {
			out[h.Name] = h.ID
		}
	}
	return out
}

func TestWhatWasGivenUpIsTriedAgain(t *testing.T) {
	t.Parallel()
	slack := newReceiver(t)
	g := newGuarded(t, nil, "--webhook-private-hosts", "127.0.0.1", "--session-lifetime=72h", "--session-idle=72h")
	lead := g.Person(review.RoleLead)
	const at = "/alerts/" + webtest.Home
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/channels", url.Values{"name": {"Team"}, "kind": {"slack"}, "target": {slack.url}}).Code)
	channel := g.channels(t)["Team"]
	slack.answer(http.StatusNotFound)
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/channels/"+channel+"/test", url.Values{}).Code)
	require.Eventually(t, func() bool { return len(slack.messages()) == 1 }, patience, 10*time.Millisecond)
	g.Clock.Advance(25 * time.Hour)
	require.Eventually(t, func() bool { return strings.Contains(page(t, lead.Get(at), 200), "given up") }, patience, 10*time.Millisecond)
	slack.answer(http.StatusOK)
	body := page(t, lead.Get(at), 200)
	_, number, found := strings.Cut(body, `name="delivery" value="`)
	require.True(t, found)
	number, _, _ = strings.Cut(number, `"`)
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/channels/"+channel+"/deliveries", url.Values{"delivery": {number}}).Code)
	require.Eventually(t, func() bool { return strings.Contains(page(t, lead.Get(at), 200), "delivered") }, patience, 10*time.Millisecond)
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/channels/"+channel+"/end", url.Values{}).Code)
	require.Equal(t, http.StatusNotFound, lead.Post(at+"/channels/"+channel+"/test", url.Values{}).Code)
}

func TestAlertPagesKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	lead, auditor, analyst := g.Person(review.RoleLead), g.Person(review.RoleAuditor), g.Person(review.RoleAnalyst)
	const at = "/alerts/" + webtest.Home
	webtest.Says(t, page(t, lead.Get("/alerts"), 200), at)
	webtest.Conceals(t, page(t, lead.Get("/alerts"), 200), "/alerts/"+webtest.Foreign)
	require.Equal(t, http.StatusForbidden, analyst.Get(at).Code)
	webtest.Conceals(t, page(t, auditor.Get(at), 200), "New rule")
	for name, change := range map[string][]string{
		"no name": {"name", " "}, "no number": {"threshold", "many"}, "no metric": {"metric", "x"}, "a queue's past": {"condition", "unusual"}, "not a detector": {"detector", "x"},
	} {
		answer := lead.Post(at+"/rules", ruleForm(change...))
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, name)
		if name != "no name" {
			webtest.Says(t, answer.Body.String(), "Too &lt;many&gt; wait")
		}
	}
	for name, form := range map[string]url.Values{
		"a private address": {"name": {"a"}, "kind": {"slack"}, "target": {"http://127.0.0.1/x"}},
		"this machine":      {"name": {"a"}, "kind": {"webhook"}, "target": {"http://localhost/x"}},
		"no mail server":    {"name": {"a"}, "kind": {"email"}, "target": {"a@example.com"}},
		"no target":         {"name": {"a"}, "kind": {"slack"}, "target": {""}},
	} {
		answer := lead.Post(at+"/channels", form)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, name)
		webtest.Says(t, answer.Body.String(), `value="a"`)
	}
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/rules", ruleForm()).Code)
	body := page(t, lead.Get(at), 200)
	_, id, found := strings.Cut(body, at+"/rules/")
	require.True(t, found)
	id, _, _ = strings.Cut(id, `"`)
	webtest.Says(t, page(t, lead.Get(at+"/rules/"+id), 200), `value="0.5"`)
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/rules/"+id, ruleForm("name", "Renamed")).Code)
	require.Equal(t, http.StatusUnprocessableEntity, lead.Post(at+"/rules/"+id, ruleForm("severity", "x")).Code)
	silence := func(hours, reason string) int {
		return lead.Post(at+"/rules/"+id+"/silence", url.Values{"hours": {hours}, "reason": {reason}}).Code
	}
	require.Equal(t, http.StatusUnprocessableEntity, silence("4", " "))
	require.Equal(t, http.StatusUnprocessableEntity, silence("", "why"))
	require.Equal(t, http.StatusUnprocessableEntity, silence("99999", "why"))
	require.Equal(t, http.StatusSeeOther, silence("4", "A <load> test."))
	webtest.Says(t, page(t, lead.Get(at+"/rules/"+id), 200), "A &lt;load&gt; test.")
	webtest.Says(t, page(t, lead.Get(at), 200), "Renamed")
	webtest.Says(t, page(t, lead.Get(at), 200), "for another 3 h")
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/rules/"+id+"/silence", url.Values{"until": {"now"}}).Code)
	webtest.Conceals(t, page(t, lead.Get(at), 200), "for another")
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/rules/"+id+"/end", url.Values{}).Code)
	require.Equal(t, http.StatusNotFound, lead.Get(at+"/rules/"+id).Code)
}

// A rule about users, with a reminder, is made and changed on the page; what makes no sense is said there.
func TestARuleAboutUsers(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	lead := g.Person(review.RoleLead)
	const at = "/alerts/" + webtest.Home
	for _, change := range [][]string{
		{"about", "users"}, {"about", "users", "metric", "conduct.tokens", "condition", "below"}, {"remind", "soon"}, {"remind", "1000000"}, {"remind", "-1"},
	} {
		answer := lead.Post(at+"/rules", ruleForm(change...))
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, "%v", change)
	}
	require.Equal(t, http.StatusSeeOther, lead.Post(at+"/rules", ruleForm("about", "users", "metric", "conduct.requests", "threshold", "1", "remind", "4")).Code)
	body := page(t, lead.Get(at), 200)
	webtest.Says(t, body, "any user")
	webtest.Says(t, body, "said again every")
	_, id, found := strings.Cut(body, at+"/rules/")
	require.True(t, found)
	id, _, _ = strings.Cut(id, `"`)
	form := page(t, lead.Get(at+"/rules/"+id), 200)
	webtest.Says(t, form, `<option value="users" selected`)
	webtest.Says(t, form, `<option value="4" selected`)
	apps, err := g.Store.Apps(t.Context())
	require.NoError(t, err)
	var hours []review.ConductHour
	for _, app := range apps {
		hours = append(hours, review.ConductHour{AppID: app.ID, UserID: "u-<i>1</i>", Hour: g.Clock.Now().UTC().Truncate(time.Hour), Requests: 3})
	}
	require.NoError(t, g.Service.RecordConduct(t.Context(), review.Counted{Hours: hours}))
	require.NoError(t, g.Alerts.Round(t.Context()))
	body = page(t, lead.Get(at), 200)
	webtest.Says(t, body, "u-&lt;i&gt;1&lt;/i&gt;")
	webtest.Says(t, body, "3, above 1")
}
