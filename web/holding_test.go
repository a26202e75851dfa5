package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// userID finds a colleague's id as the hand-over form shows it.
func userID(t testing.TB, site *webtest.Site, name string) string {
	t.Helper()
	apps, err := site.Store.Apps(t.Context())
	require.NoError(t, err)
	for _, a := range apps {
		people, err := site.Service.Colleagues(t.Context(), a.ID)
		require.NoError(t, err)
		for _, u := range people {
			if u.Name == name {
				return u.ID
			}
		}
	}
	t.Fatalf("nobody is called %s", name)
	return ""
}

// changePolicy puts a changed policy into force.
func changePolicy(t testing.TB, site *webtest.Site, change func(*review.Policy)) {
	t.Helper()
	viewer, err := site.Accounts.SystemViewer(t.Context(), "test")
	require.NoError(t, err)
	view, err := site.Service.PolicyOf(t.Context(), viewer, webtest.Home)
	require.NoError(t, err)
	p := view.Live
	change(&p)
	draft, err := site.Service.SaveDraft(t.Context(), viewer, webtest.Home, "", p)
	require.NoError(t, err)
	_, err = site.Service.Activate(t.Context(), viewer, review.ActivateCommand{App: webtest.Home, Revision: draft.Revision, Live: view.Live.Version, Reason: "for the test"})
	require.NoError(t, err)
}

func filled(form map[string]string, more url.Values) url.Values {
	out := url.Values{"token": {form["token"]}, "version": {form["version"]}}
	for name, values := range more {
		out[name] = values
	}
	return out
}

func TestKeepingAndHandingOverWithoutScript(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	item := site.PostAttack(webtest.Home, "one").Item.ID
	at := "/items/" + item
	ann, bob, lead := site.Join("ann", review.RoleAnalyst), site.Join("bob", review.RoleAnalyst), site.Person(review.RoleLead)

	form := hidden(t, page(t, ann.Get(at), 200))
	require.Equal(t, http.StatusUnprocessableEntity, ann.Post(at+"/keep", filled(form, url.Values{"hours": {"99999999999999"}})).Code)
	require.Equal(t, at, seen(t, ann.Post(at+"/keep", filled(form, url.Values{"hours": {"24"}}))))
	body := page(t, ann.Get(at), 200)
	webtest.Says(t, body, "Kept for you")
	require.Equal(t, http.StatusNoContent, site.Script(review.RoleAnalyst).Post(at+"/release", nil).Code, "another's beacon does nothing")
	left := ann.Do(beacon(at+"/release", filled(form, url.Values{"leaving": {"1"}})))
	require.Equal(t, http.StatusNoContent, left.Code)
	site.Clock.Advance(20 * time.Minute)
	require.Equal(t, "ann", holder(t, site, item), "it survives leaving the page and silence")

	webtest.Says(t, page(t, lead.Get("/holds"), 200), at)
	webtest.Says(t, page(t, ann.Get("/holds"), 200), at)
	webtest.Conceals(t, page(t, bob.Get("/holds"), 200), at)

	refused := page(t, ann.Post(at+"/handover", filled(form, url.Values{"to": {"nobody"}, "body": {"please look"}})), 422)
	webtest.Says(t, refused, "please look")
	bobID := userID(t, site, "bob")
	require.Equal(t, "/queue", seen(t, ann.Post(at+"/handover", filled(form, url.Values{"to": {bobID}, "body": {"<i>please</i> @lead look"}}))))
	require.Equal(t, "bob", holder(t, site, item))
	inbox := page(t, bob.Get("/inbox"), 200)
	webtest.Says(t, inbox, "handed this to you")
	webtest.Says(t, inbox, "&lt;i&gt;please&lt;/i&gt;")
	webtest.Says(t, page(t, lead.Get("/inbox"), 200), "named you in a note")
	require.Equal(t, "/inbox", seen(t, bob.Post("/inbox/read", nil)))
	webtest.Conceals(t, page(t, bob.Get("/inbox"), 200), "Mark all as read")

	require.Equal(t, http.StatusForbidden, ann.Post(at+"/hold", nil).Code)
	require.Equal(t, "/holds", seen(t, lead.Post(at+"/hold", nil)))
	require.Empty(t, holder(t, site, item))
	webtest.Says(t, page(t, bob.Get("/inbox"), 200), "released what you held")
}

// beacon is what a browser sends when a page is left.
func beacon(target string, form url.Values) *http.Request {
	r := webtest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "*/*")
	return r
}

func TestSnoozingWithoutScript(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	item := site.PostAttack(webtest.Home, "one").Item.ID
	at := "/items/" + item
	ann := site.Join("ann", review.RoleAnalyst)
	form := hidden(t, page(t, ann.Get(at), 200))
	for _, bad := range []url.Values{{}, {"for": {"x"}}, {"for": {"9999999999999999"}}, {"until": {"tomorrow"}}, {"until": {"2001-01-01T00:00"}}} {
		page(t, ann.Post(at+"/snooze", filled(form, bad)), 422)
	}
	require.Equal(t, "/queue", seen(t, ann.Post(at+"/snooze", filled(form, url.Values{"for": {"60"}}))))
	webtest.Says(t, page(t, ann.Get("/queue?state=snoozed"), 200), at)
	webtest.Says(t, page(t, ann.Get(at), 200), "Snoozed for everybody")
	require.Equal(t, at, seen(t, ann.Post(at+"/wake", nil)))
	form = hidden(t, page(t, ann.Get(at), 200))
	require.NotEmpty(t, form["token"], "it is there to be taken again")
	until := site.Clock.Now().UTC().Add(10 * time.Minute).Format("2006-01-02T15:04")
	require.Equal(t, "/queue", seen(t, ann.Post(at+"/snooze", filled(form, url.Values{"until": {until}}))))
	site.Clock.Advance(11 * time.Minute)
	_, err := site.Service.Tend(t.Context())
	require.NoError(t, err)
	require.Equal(t, at, seen(t, ann.Get("/queue/next")), "it came back by itself")
	form = hidden(t, page(t, ann.Get(at), 200))
	seen(t, ann.Post(at+"/skip", filled(form, url.Values{"skip_code": {"Not my language"}, "skip_reason": {""}})))
	require.Equal(t, "/queue", seen(t, ann.Get("/queue/next")))
}

func TestASecondOpinionWithoutScript(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	item := site.PostAttack(webtest.Home, "one").Item.ID
	at := "/items/" + item
	ann, bob, lead := site.Join("ann", review.RoleAnalyst), site.Join("bob", review.RoleAnalyst), site.Person(review.RoleLead)
	page(t, ann.Get(at), 200)
	require.Equal(t, at, seen(t, ann.Post(at+"/opinion", nil)))
	form := hidden(t, page(t, ann.Get(at), 200))
	seen(t, ann.Post(at+"/decision", filled(form, url.Values{"decision": {"block"}, "reason": {"plainly hostile"}, "body": {"my own note"}})))
	webtest.Says(t, page(t, ann.Get(at), 200), "Your opinion is kept")

	for _, c := range []*webtest.Client{bob, lead} {
		for _, path := range []string{at, "/decisions", "/queue", "/export/decisions.csv", "/inbox"} {
			answer := c.Get(path)
			require.Equal(t, 200, answer.Code, path)
			webtest.Conceals(t, answer.Body.String(), "plainly hostile")
			webtest.Conceals(t, answer.Body.String(), "my own note")
		}
		c.Post(at+"/release", filled(hidden(t, page(t, c.Get(at), 200)), nil))
	}
	form = hidden(t, page(t, bob.Get(at), 200))
	seen(t, bob.Post(at+"/decision", filled(form, url.Values{"decision": {"approve"}})))
	webtest.Conceals(t, page(t, bob.Get(at), 200), "plainly hostile")
	site.Clock.Advance(review.UndoWindow)
	_, err := site.Service.Tend(t.Context())
	require.NoError(t, err)
	body := page(t, lead.Get(at), 200)
	webtest.Says(t, body, "Independent opinions")
	webtest.Says(t, body, "plainly hostile")
	form = hidden(t, body)
	seen(t, lead.Post(at+"/decision", filled(form, url.Values{"decision": {"block"}})))
	site.Clock.Advance(review.UndoWindow + time.Second)
	feed := site.App(webtest.Home).Get("/api/v1/decisions")
	require.Equal(t, 1, strings.Count(feed.Body.String(), "item.decided"), "the App is told the final one alone")
	webtest.Says(t, page(t, ann.Get("/inbox"), 200), "settled what you gave an opinion on")
}

func TestReversingWithoutScript(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	item := site.PostAttack(webtest.Home, "one").Item.ID
	at := "/items/" + item
	ann, lead := site.Join("ann", review.RoleAnalyst), site.Person(review.RoleLead)
	form := hidden(t, page(t, ann.Get(at), 200))
	seen(t, ann.Post(at+"/decision", filled(form, url.Values{"decision": {"block"}})))
	site.Clock.Advance(review.UndoWindow)
	form = hidden(t, page(t, lead.Get(at), 200))
	require.NotEmpty(t, form["decision_id"])
	turn := filled(form, url.Values{"decision_id": {form["decision_id"]}, "decision": {"approve"}, "reason": {""}, "label": {"false_alarm"}})
	webtest.Says(t, page(t, lead.Post(at+"/reversal", turn), 422), "somebody was told otherwise")
	turn.Set("reason", "quoted <b>text</b>")
	require.Equal(t, at, seen(t, lead.Post(at+"/reversal", turn)))
	require.Equal(t, at, seen(t, lead.Post(at+"/reversal", turn)), "sent twice is one")
	body := page(t, lead.Get(at), 200)
	webtest.Says(t, body, "reversing the decision before")
	webtest.Says(t, body, "quoted &lt;b&gt;text&lt;/b&gt;")
	webtest.Says(t, page(t, ann.Get("/inbox"), 200), "reversed your decision")
}

func TestDecidingAlikeWithoutScript(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	var items []string
	for _, suffix := range []string{"1", "22", "3", "444"} {
		items = append(items, site.PostAttack(webtest.Home, suffix).Item.ID)
	}
	site.PostAttack(webtest.Home, "something else")
	site.PostAttack(webtest.Foreign, "1")
	ann, bob := site.Join("ann", review.RoleAnalyst), site.Join("bob", review.RoleAnalyst)
	page(t, bob.Get("/items/"+items[3]), 200)
	at := "/items/" + items[0]
	webtest.Says(t, page(t, ann.Get(at), 200), at+"/alike")
	body := page(t, ann.Get(at+"/alike"), 200)
	webtest.Says(t, body, "left out: held by")
	chosen := checkboxes(body)
	require.Len(t, chosen, 3)
	form := url.Values{"batch": {hidden(t, body)["batch"]}, "item": chosen, "decision": {"block"}, "label": {"unheard-of"}, "reason": {"all the same"}}
	webtest.Says(t, page(t, ann.Post(at+"/alike", form), 422), "all the same")
	form.Set("label", "injection")
	stale := url.Values{"batch": {"another-batch"}, "item": {items[2] + ":99"}, "decision": {"block"}}
	webtest.Says(t, page(t, ann.Post(at+"/alike", stale), 200), "This item has changed since you saw it")
	require.Equal(t, http.StatusUnprocessableEntity, ann.Post(at+"/alike", url.Values{"batch": {"b"}, "item": {"nonsense"}, "decision": {"block"}}).Code)
	require.Equal(t, http.StatusUnprocessableEntity, ann.Post(at+"/alike", url.Values{"batch": {"b"}, "decision": {"block"}}).Code, "nothing was chosen")

	next := seen(t, ann.Post(at+"/alike", form))
	body = page(t, ann.Get(next), 200)
	webtest.Says(t, body, "Blocked.")
	webtest.Says(t, body, "/batches/undo")
	require.Equal(t, next, seen(t, ann.Post(at+"/alike", form)), "sent twice is one")
	csv := ann.Get("/export/decisions.csv").Body.String()
	require.Equal(t, 3, strings.Count(csv, "all the same"))
	require.Equal(t, http.StatusNotFound, bob.Post("/batches/undo", url.Values{"batch": form["batch"]}).Code)
	require.Equal(t, "/queue", seen(t, ann.Post("/batches/undo", url.Values{"batch": form["batch"]})))
	webtest.Says(t, page(t, ann.Get("/queue"), 200), items[2])
}

// checkboxes lists the values of the boxes that are checked.
func checkboxes(body string) []string {
	var out []string
	for _, part := range strings.Split(body, `type="checkbox" name="item" value="`)[1:] {
		value, rest, _ := strings.Cut(part, `"`)
		if strings.HasPrefix(rest, " checked") {
			out = append(out, value)
		}
	}
	return out
}

func TestANamedQueueAndARequiredReason(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	changePolicy(t, site, func(p *review.Policy) {
		p.Escalations = []review.EscalationQueue{{ID: "legal", Title: "Legal"}}
		p.RequiredReason.Judgements = []review.Judgement{review.JudgeApprove, review.JudgeBlock}
	})
	item := site.PostAttack(webtest.Home, "one").Item.ID
	at := "/items/" + item
	ann, lead := site.Join("ann", review.RoleAnalyst), site.Person(review.RoleLead)
	form := hidden(t, page(t, ann.Get(at), 200))
	for _, j := range []string{"approve", "block"} {
		body := page(t, ann.Post(at+"/decision", filled(form, url.Values{"decision": {j}, "body": {"a typed note"}, "queue": {"legal"}})), 422)
		webtest.Says(t, body, "whichever way you decide")
		webtest.Says(t, body, "a typed note")
	}
	seen(t, ann.Post(at+"/decision", filled(form, url.Values{"decision": {"escalate"}, "queue": {"legal"}})))
	webtest.Says(t, page(t, ann.Get(at), 200), "Queue: Legal.")
	webtest.Says(t, page(t, lead.Get("/queue?state=escalated&escalated_to=legal"), 200), at)
	webtest.Conceals(t, page(t, lead.Get("/queue?state=escalated&escalated_to=other"), 200), at)
}
