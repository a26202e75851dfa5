package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// hookDesk is a site, somebody who manages webhooks, and the webhook that they added.
type hookDesk struct {
	*webtest.Site
	receiver *receiver
	lead     *webtest.Client
	at       string // the webhook's page
	secret   string
}

var (
	hookLink   = regexp.MustCompile(`/webhooks/[a-z-]+/[0-9a-f-]{36}`)
	hookSecret = regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`)
	oneLog     = regexp.MustCompile(`href="(/webhooks/[a-z-]+/[0-9a-f-]{36}/deliveries/[0-9]+)"`)
)

func newHookDesk(t *testing.T) *hookDesk {
	t.Helper()
	d := &hookDesk{Site: webtest.NewSite(t, "--webhook-private-hosts", "127.0.0.1", "--session-lifetime", "720h", "--session-idle", "720h"), receiver: newReceiver(t)}
	d.lead = d.Person(review.RoleLead)
	added := d.lead.Do(formPost("/webhooks/"+webtest.Home, url.Values{"url": {d.receiver.url + "/in?key=hidden"}, "topics": review.WebhookTopics()}.Encode()))
	body := page(t, added, http.StatusCreated)
	d.at, d.secret = hookLink.FindString(body), hookSecret.FindString(body)
	require.NotEmpty(t, d.at)
	require.NotEmpty(t, d.secret)
	webtest.Conceals(t, body, "key=hidden")
	return d
}

func (d *hookDesk) do(t *testing.T, step, form string) {
	t.Helper()
	answer := d.lead.Do(formPost(d.at+"/"+step, form))
	require.Equal(t, http.StatusSeeOther, answer.Code, step)
	require.Equal(t, d.at, answer.Header().Get("Location"))
}

// log waits until the log says it.
func (d *hookDesk) log(t *testing.T, query, says string) string {
	t.Helper()
	var body string
	require.Eventually(t, func() bool {
		body = page(t, d.lead.Get(d.at+query), http.StatusOK)
		return strings.Contains(body, says)
	}, patience, 10*time.Millisecond, says)
	return body
}

// counts waits until the log says it so often.
func (d *hookDesk) counts(t *testing.T, query, says string, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Count(page(t, d.lead.Get(d.at+query), 200), says) == n }, patience, 10*time.Millisecond, says)
}

func TestWebhooksAreManagedInTheApp(t *testing.T) {
	t.Parallel()
	d := newHookDesk(t)
	webtest.Conceals(t, page(t, d.lead.Get(d.at), 200), d.secret)
	webtest.Says(t, page(t, d.lead.Get("/webhooks"), 200), webtest.Home)
	webtest.Conceals(t, page(t, d.lead.Get("/webhooks"), 200), webtest.Foreign)

	// A test goes out at once, signed, and the log says so.
	d.do(t, "test", "")
	body := d.log(t, "", "200 OK")
	require.True(t, verify(d.secret, d.receiver.messages()[0]))
	require.Contains(t, string(d.receiver.messages()[0].body), `"type":"webhook.test"`)
	delivery := oneLog.FindStringSubmatch(body)[1]
	webtest.Says(t, page(t, d.lead.Get(delivery), 200), "200 OK")

	// A new secret is shown once; the old one signs, too.
	rotated := page(t, d.lead.Do(formPost(d.at+"/secret", "")), http.StatusCreated)
	fresh := hookSecret.FindString(rotated)
	require.NotEmpty(t, fresh)
	require.NotEqual(t, d.secret, fresh)
	require.Equal(t, http.StatusSeeOther, d.lead.Do(formPost(delivery+"/replay", "")).Code)
	require.Eventually(t, func() bool { return len(d.receiver.messages()) == 2 }, patience, 10*time.Millisecond)
	last := d.receiver.messages()[1]
	require.True(t, verify(d.secret, last) && verify(fresh, last))
	require.Equal(t, d.receiver.messages()[0].header.Get("Webhook-Id"), last.header.Get("Webhook-Id"))
	require.Eventually(t, func() bool { return strings.Count(page(t, d.lead.Get(delivery), 200), "200 OK") == 2 }, patience, 10*time.Millisecond)

	// Events are chosen, and at least one.
	require.Equal(t, http.StatusUnprocessableEntity, d.lead.Do(formPost(d.at+"/topics", "")).Code)
	require.Equal(t, http.StatusUnprocessableEntity, d.lead.Do(formPost(d.at+"/topics", "topics=nonsense")).Code)
	d.do(t, "topics", "topics="+review.TopicReopened)
	require.NotContains(t, page(t, d.lead.Get("/webhooks/"+webtest.Home), 200), "<code>"+review.TopicDecided+"</code></td>")

	d.do(t, "deletion", "")
	require.Equal(t, http.StatusConflict, d.lead.Do(formPost(d.at+"/deletion", "")).Code)
	require.Equal(t, http.StatusConflict, d.lead.Do(formPost(d.at+"/test", "")).Code)
	webtest.Says(t, page(t, d.lead.Get("/webhooks/"+webtest.Home), 200), "Ended")
	d.expectEvents(t, "webhook.added", "webhook.tested", "webhook.rotated", "webhook.replayed", "webhook.changed", "webhook.ended")
	require.NotContains(t, d.Log.String(), "key=hidden")
	require.NotContains(t, d.Log.String(), d.secret)
}

// later lets time go by, longer than a password counts.
func (d *hookDesk) later(by time.Duration) {
	d.Clock.Advance(by)
	d.lead = d.Person(review.RoleLead)
}

// expectEvents wants the audit trail to tell of these, by the lead.
func (d *hookDesk) expectEvents(t *testing.T, actions ...string) {
	t.Helper()
	lead := d.Viewer(t, review.RoleLead)
	var got []string
	for e, err := range d.Server.Store.EventLog(t.Context(), review.EventFilter{Action: "webhook"}, 0) {
		require.NoError(t, err)
		require.Equal(t, lead.Actor(), e.Actor)
		got = append(got, e.Action)
	}
	require.Equal(t, actions, got)
}

// decided has an item of Home decided, past the time in which that can be undone.
func (d *hookDesk) decided(t *testing.T, name string) {
	t.Helper()
	item := d.PostAttack(webtest.Home, name).Item.ID
	analyst := d.Script(review.RoleAnalyst)
	answer := analyst.Post("/items/"+item+"/decision", with(decisionForm(analyst.Claim(item), "block"), "label", "injection"))
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	d.Clock.Advance(review.UndoWindow)
}

func TestWhatIsPausedWaits(t *testing.T) {
	t.Parallel()
	d := newHookDesk(t)
	d.do(t, "pause", "")
	require.Equal(t, http.StatusConflict, d.lead.Do(formPost(d.at+"/pause", "")).Code)
	require.Equal(t, http.StatusConflict, d.lead.Do(formPost(d.at+"/test", "")).Code)
	d.decided(t, "one")
	d.log(t, "?state=waiting", "item_decided")
	d.later(2 * review.DeliveryWindow)
	require.Empty(t, d.receiver.messages())
	d.do(t, "resumption", "")
	require.Equal(t, http.StatusConflict, d.lead.Do(formPost(d.at+"/resumption", "")).Code)
	d.log(t, "?state=delivered&topic=item.decided", "item_decided")
	require.Len(t, d.receiver.messages(), 1)
}

func TestDeadLettersAreReplayed(t *testing.T) {
	t.Parallel()
	d := newHookDesk(t)
	require.Equal(t, http.StatusConflict, d.lead.Do(formPost(d.at+"/replay", "")).Code, "nothing is dead yet")
	d.receiver.answer(http.StatusInternalServerError)
	d.do(t, "test", "")
	webtest.Conceals(t, d.log(t, "?state=dead", "500 Internal Server Error"), "Try all that is dead again")
	d.decided(t, "one")
	d.decided(t, "two")
	d.counts(t, "?topic=item.decided", "500 Internal Server Error", 2)
	d.later(review.DeliveryWindow)
	d.counts(t, "?topic=item.decided&state=dead", "item_decided</code>", 2)
	d.receiver.answer(http.StatusOK)
	d.do(t, "replay", "")
	d.counts(t, "?topic=item.decided&state=delivered", "item_decided</code>", 2)
	webtest.Says(t, page(t, d.lead.Get(d.at+"?state=dead"), 200), "webhook.test")
	delivery := oneLog.FindStringSubmatch(page(t, d.lead.Get(d.at+"?topic=item.decided"), 200))[1]
	body := page(t, d.lead.Get(delivery), 200)
	webtest.Says(t, body, "500 Internal Server Error")
	webtest.Says(t, body, "200 OK")
}

func TestWebhookPagesRefuse(t *testing.T) {
	t.Parallel()
	d := newHookDesk(t)
	for _, form := range []string{"", "url=http%3A%2F%2F10.0.0.1&topics=item.decided", "url=nonsense&topics=item.decided", "url=https%3A%2F%2Fexample.org", "url=https%3A%2F%2Fu%3Ap@example.org&topics=item.decided"} {
		require.Equal(t, http.StatusUnprocessableEntity, d.lead.Do(formPost("/webhooks/"+webtest.Home, form)).Code, form)
	}
	body := page(t, d.lead.Do(formPost("/webhooks/"+webtest.Home, "url=%22%3E%3Ci%3E&topics=item.decided")), http.StatusUnprocessableEntity)
	webtest.Conceals(t, body, `"><i>`)
	for _, query := range []string{"?state=nonsense", "?topic=nonsense", "?before=x", "?before=-1", "?before=99999999999999999999", "?state=%ff"} {
		require.Equal(t, http.StatusBadRequest, d.lead.Get(d.at+query).Code, query)
	}
	absent := strings.Repeat("0", 8) + "-0000-7000-8000-000000000000"
	for _, path := range []string{"/webhooks/" + webtest.Home + "/" + absent, "/webhooks/" + webtest.Foreign, d.at + "/deliveries/1", d.at + "/deliveries/x", d.at + "/deliveries/99999999999999999999"} {
		require.Equal(t, http.StatusNotFound, d.lead.Get(path).Code, path)
	}
	require.Equal(t, http.StatusNotFound, d.lead.Do(formPost("/webhooks/"+webtest.Home+"/"+absent+"/pause", "")).Code)
	require.Equal(t, http.StatusNotFound, d.lead.Do(formPost(d.at+"/deliveries/7/replay", "")).Code)
	for _, role := range []review.Role{review.RoleViewer, review.RoleAnalyst, review.RoleAuditor} {
		require.Equal(t, http.StatusForbidden, d.Person(role).Get(d.at).Code, role)
	}
	foreign := d.Hook(webtest.Foreign, d.receiver.url)
	other := "/webhooks/" + webtest.Home + "/" + foreign.ID
	require.Equal(t, http.StatusNotFound, d.lead.Get(other).Code, "a webhook of another App under the path of one's own")
	require.Equal(t, http.StatusNotFound, d.lead.Get(other+"/deliveries/"+strconv.FormatInt(foreign.Delivery, 10)).Code)
	require.Equal(t, http.StatusNotFound, d.lead.Get(d.at+"/deliveries/"+strconv.FormatInt(foreign.Delivery, 10)).Code)
	require.Equal(t, http.StatusNotFound, d.lead.Do(formPost(other+"/deletion", "")).Code)
	// A browser that was left open does not lead decisions elsewhere.
	d.Clock.Advance(61 * time.Minute)
	answer := d.lead.Do(formPost(d.at+"/secret", ""))
	require.Equal(t, http.StatusSeeOther, answer.Code)
	require.Contains(t, answer.Header().Get("Location"), "/confirm")
}

// The log turns its pages over and leaves none out.
func TestWebhookLogHasPages(t *testing.T) {
	t.Parallel()
	d := newHookDesk(t)
	id := d.at[strings.LastIndex(d.at, "/")+1:]
	const all = 120
	require.NoError(t, d.Server.Store.Write(t.Context(), func(tx review.Tx) error {
		for n := range all {
			tried := d.Clock.Now()
			err := tx.PutTest(review.WebhookDelivery{WebhookID: id, Message: "m" + strconv.Itoa(n), Topic: review.TopicTest, Payload: []byte("{}"), State: review.DeliveryDone, CreatedAt: tried, NextAt: tried}, 2*all)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	seen, next := map[string]bool{}, d.at
	pages := 0
	for next != "" {
		body := page(t, d.lead.Get(next), 200)
		pages++
		for _, m := range oneLog.FindAllStringSubmatch(body, -1) {
			require.False(t, seen[m[1]])
			seen[m[1]] = true
		}
		next = ""
		if m := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body); m != nil {
			next = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	require.Len(t, seen, all)
	require.Equal(t, 3, pages)
}
