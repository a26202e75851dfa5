package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/llm/llmtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// answers asks as Apps do, and holds every answer to the document.
type answers struct {
	*guardedSite
	contract *webtest.Contract
	home     string // a key of Home, which has interventions
}

// smallBody is the most that the server of this test reads.
const smallBody = "16KiB"

func newAnswers(t *testing.T) *answers {
	g := newGuarded(t, func(p *review.Policy) {
		blocking(p)
		p.Gateway.Embeddings = true
		p.Gateway.Hold = review.HoldTriggers{Seconds: 30, OnExpiry: review.ExpireAccept}
		p.Detectors["moderation.openai"] = review.Rule{Mode: review.ModeOff} // it would ask the service, too
	}, "--webhook-private-hosts", "127.0.0.1", "--max-body", smallBody, "--max-batch-body", smallBody)
	g.up.RetryAfter = time.Minute // too long to be waited for
	g.key = g.SpareKey("agent").Secret
	return &answers{guardedSite: g, contract: g.Contract(t), home: g.SpareKey(webtest.Home).Secret}
}

// ask makes a call, wants the status given, and wants the document to tell of the answer.
func (g *answers) ask(t *testing.T, status int, method, path, key, body string, headers ...string) answered {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, g.url+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + key}}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a := g.do(t, r)
	require.Equal(t, status, a.status, "%s %s %.100s: %s", method, path, body, a.body)
	path, _, _ = strings.Cut(path, "?")
	g.contract.Check(t, method, path, a.status, a.header, []byte(a.body))
	return a
}

// send posts with the App's key.
func (g *answers) send(t *testing.T, status int, path, body string, headers ...string) answered {
	t.Helper()
	return g.ask(t, status, http.MethodPost, path, g.key, body, headers...)
}

// fetch reads with the App's key.
func (g *answers) fetch(t *testing.T, status int, path string) answered {
	t.Helper()
	return g.ask(t, status, http.MethodGet, path, g.key, "")
}

// TestDocumentedAnswersAreProduced: each answer that the document tells of is one that the server gives.
func TestDocumentedAnswersAreProduced(t *testing.T) {
	t.Parallel()
	g := newAnswers(t)
	g.refusals(t)
	g.interactions(t)
	g.interventions(t)
	g.models(t)
	g.approvals(t)
	g.webhooks(t)
	g.erasures(t)
	require.Empty(t, g.contract.Unseen(), "documented, and produced by nothing here")
	require.Greater(t, g.contract.Seen(), 150)
}

// refusals are what every call has in common.
func (g *answers) refusals(t *testing.T) {
	narrow := map[bool]string{true: g.SpareKey("agent", review.ScopeRead).Secret, false: g.SpareKey("agent", review.ScopeErase).Secret}
	places := strings.NewReplacer("{id}", "nothing", "{delivery}", "4711", "{model}", "nothing")
	for path, operations := range description(t, g.Site) {
		for method, o := range operations {
			method, at := strings.ToUpper(method), places.Replace(path)
			g.ask(t, http.StatusUnauthorized, method, at, "gr_wrong", "{}")
			g.ask(t, http.StatusForbidden, method, at, narrow[strings.HasPrefix(path, "/api/v1/erasures")], "{}")
			g.tooLate(t, method, at)
			if _, reads := o.Responses["413"]; !reads {
				continue
			}
			g.ask(t, http.StatusBadRequest, method, at, g.key, "{")
			g.ask(t, http.StatusRequestEntityTooLarge, method, at, g.key, `{"prompt":"`+strings.Repeat("x", 20<<10)+`"}`)
			g.ask(t, http.StatusUnsupportedMediaType, method, at, g.key, "{}", "Content-Type", "text/plain")
		}
	}
}

// tooLate makes a call whose time is over before the database can answer.
func (g *answers) tooLate(t *testing.T, method, path string) {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	r := httptest.NewRequest(method, path, strings.NewReader("{}")).WithContext(ctx)
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + g.key}}
	a := httptest.NewRecorder()
	g.Web.Handler().ServeHTTP(a, r)
	require.Equal(t, http.StatusServiceUnavailable, a.Code, "%s %s: %s", method, path, a.Body)
	require.NotEmpty(t, a.Header().Get("Retry-After"), "%s %s", method, path)
	g.contract.Check(t, method, path, a.Code, a.Header(), a.Body.Bytes())
}

func (g *answers) interactions(t *testing.T) {
	const at = "/api/v1/interactions"
	var posted struct{ ID string }
	g.send(t, http.StatusCreated, at, `{"external_id":"e-1","prompt":"Hello","response":"Hi."}`).into(t, &posted)
	g.send(t, http.StatusOK, at, `{"external_id":"e-1","prompt":"Hello","response":"Hi."}`)
	g.send(t, http.StatusConflict, at, `{"external_id":"e-1","prompt":"Something else"}`)
	g.send(t, http.StatusUnprocessableEntity, at, `{}`)
	g.send(t, http.StatusOK, at+"/batch", `[{"prompt":"Hello"},{}]`)
	g.send(t, http.StatusUnprocessableEntity, at+"/batch", `{"nope":1}`)
	g.fetch(t, http.StatusOK, at+"/"+posted.ID)
	g.fetch(t, http.StatusNotFound, at+"/nothing")
	feedback := at + "/" + posted.ID + "/feedback"
	g.send(t, http.StatusOK, feedback, `{"action":"accepted"}`)
	g.send(t, http.StatusConflict, feedback, `{"action":"rejected"}`)
	g.send(t, http.StatusUnprocessableEntity, feedback, `{"action":"loved"}`)
	g.send(t, http.StatusNotFound, at+"/nothing/feedback", `{"action":"accepted"}`)
	g.fetch(t, http.StatusOK, "/api/v1/decisions")
	g.fetch(t, http.StatusUnprocessableEntity, "/api/v1/decisions?after=yesterday")
}

func (g *answers) interventions(t *testing.T) {
	at := "/api/v1/interventions/" + g.PostUnread(webtest.Home, "u-9").Interventions[0].ID + "/outcome"
	report := func(status int, at, body string) {
		t.Helper()
		g.ask(t, status, http.MethodPost, at, g.home, body)
	}
	report(http.StatusConflict, at, `{"outcome":"shown"}`)
	report(http.StatusUnprocessableEntity, at, `{"outcome":"loved"}`)
	report(http.StatusNotFound, "/api/v1/interventions/nothing/outcome", `{"outcome":"shown"}`)
	lead := g.Person(review.RoleLead)
	item := seen(t, lead.Get("/queue/next?kind=intervention"))
	form := hidden(t, page(t, lead.Get(item), 200))
	path, _, _ := strings.Cut(item, "?")
	seen(t, lead.Post(path+"/decision", url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"approve"},
		"text": {"What would change your mind?"}, "from": {"kind=intervention"}}))
	g.Clock.Advance(review.UndoWindow)
	report(http.StatusOK, at, `{"outcome":"shown"}`)
}

// models are the calls that ask a service, which answers, has too much to do, and is down.
func (g *answers) models(t *testing.T) {
	calls := map[string]string{
		"/openai/v1/chat/completions": `{"model":"MODEL","messages":[{"role":"user","content":"Hello"}]}`,
		"/openai/v1/completions":      `{"model":"MODEL","prompt":"Hello"}`,
		"/openai/v1/responses":        `{"model":"MODEL","input":"Hello"}`,
		"/openai/v1/embeddings":       `{"model":"MODEL","input":"Hello"}`,
		"/openai/v1/moderations":      `{"model":"MODEL","input":"Hello"}`,
		"/api/chat":                   `{"model":"MODEL","prompt":"Hello"}`,
	}
	for _, c := range []struct {
		model  string // each with a breaker of its own
		fault  llmtest.Fault
		status int
	}{
		{"gpt-test", llmtest.Healthy, http.StatusOK}, {"gpt-busy", llmtest.Busy, http.StatusTooManyRequests}, {"gpt-down", llmtest.Killed, http.StatusServiceUnavailable},
	} {
		g.up.Stay(c.fault)
		for path, body := range calls {
			g.send(t, c.status, path, strings.Replace(body, "MODEL", c.model, 1))
		}
	}
	g.fetch(t, http.StatusServiceUnavailable, "/openai/v1/models")
	g.up.Stay(llmtest.Healthy)
	g.send(t, http.StatusUnprocessableEntity, "/api/chat", `{"prompt":""}`)
	g.send(t, http.StatusBadRequest, "/api/chat", `{"prompt":"`+webtest.Attack+`"}`)
	g.fetch(t, http.StatusOK, "/openai/v1/models")
	g.fetch(t, http.StatusOK, "/openai/v1/models/gpt-test")
	g.fetch(t, http.StatusNotFound, "/openai/v1/models/nothing")

	before, done := g.heldItems(t), make(chan answered, 1)
	go func() {
		done <- g.post(t, "/openai/v1/chat/completions", calls["/openai/v1/chat/completions"], "X-Guardroom-Mode", "hold")
	}()
	require.Eventually(t, func() bool { return len(g.heldItems(t)) > len(before) }, patience, 10*time.Millisecond)
	g.Clock.Advance(30*time.Second + review.UndoWindow)
	a := <-done
	require.Equal(t, http.StatusAccepted, a.status, a.body)
	g.contract.Check(t, http.MethodPost, "/openai/v1/chat/completions", a.status, a.header, []byte(a.body))
}

func (g *answers) approvals(t *testing.T) {
	const at = "/api/v1/approvals"
	var asked approval
	g.send(t, http.StatusAccepted, at, `{"action":"deploy"}`).into(t, &asked)
	g.send(t, http.StatusUnprocessableEntity, at, `{"action":""}`)
	g.fetch(t, http.StatusOK, at+"/"+asked.ID)
	g.fetch(t, http.StatusUnprocessableEntity, at+"/"+asked.ID+"?wait=1h")
	g.fetch(t, http.StatusNotFound, at+"/nothing")
}

func (g *answers) webhooks(t *testing.T) {
	const at = "/api/v1/webhooks"
	to := `{"url":"` + newReceiver(t).url + `"}`
	var h hook
	g.send(t, http.StatusCreated, at, to).into(t, &h)
	g.send(t, http.StatusUnprocessableEntity, at, `{"url":"http://10.0.0.1/"}`)
	g.fetch(t, http.StatusOK, at)
	mine := at + "/" + h.ID
	g.send(t, http.StatusOK, mine+"/secret", ``)
	g.send(t, http.StatusNotFound, at+"/nothing/secret", ``)

	var asked approval
	g.send(t, http.StatusAccepted, "/api/v1/approvals", `{"action":"deploy"}`).into(t, &asked)
	g.decide(t, g.admin(t), asked.ID, "approve")
	g.Clock.Advance(review.UndoWindow)
	require.Eventually(t, func() bool { l := g.deliveries(t, h); return len(l) == 2 && l[0].State == "delivered" }, patience, 10*time.Millisecond)
	g.fetch(t, http.StatusOK, mine+"/deliveries")
	g.fetch(t, http.StatusNotFound, at+"/nothing/deliveries")
	replay := mine + "/deliveries/" + strconv.FormatInt(g.deliveries(t, h)[0].ID, 10) + "/replay"
	g.send(t, http.StatusAccepted, replay, ``)
	g.send(t, http.StatusNotFound, mine+"/deliveries/4711/replay", ``)

	end := func(status int, at string) { t.Helper(); g.ask(t, status, http.MethodDelete, at, g.key, "") }
	end(http.StatusNoContent, mine)
	end(http.StatusConflict, mine)
	end(http.StatusNotFound, at+"/nothing")
	g.send(t, http.StatusConflict, mine+"/secret", ``)
	g.send(t, http.StatusConflict, replay, ``)
	for range 20 {
		g.send(t, http.StatusCreated, at, to)
	}
	g.send(t, http.StatusConflict, at, to)
}

func (g *answers) erasures(t *testing.T) {
	const at, who = "/api/v1/erasures", `{"user_id":"u-1","reason":"asked for it"}`
	g.send(t, http.StatusCreated, "/api/v1/interactions", `{"prompt":"Hello","user_id":"u-1"}`)
	var begun struct{ ID string }
	g.send(t, http.StatusAccepted, at, who).into(t, &begun)
	g.send(t, http.StatusOK, at, who)
	g.send(t, http.StatusUnprocessableEntity, at, `{}`)
	mine := at + "/" + begun.ID
	g.fetch(t, http.StatusOK, mine)
	g.fetch(t, http.StatusNotFound, at+"/nothing")
	g.fetch(t, http.StatusConflict, mine+"/certificate")
	g.fetch(t, http.StatusNotFound, at+"/nothing/certificate")
	for range 2 {
		atOnce := func(context.Context, time.Duration) error { return nil }
		require.NoError(t, g.Service.CarryOut(t.Context(), func(string, string) {}, atOnce))
		g.Clock.Advance(time.Minute)
	}
	g.fetch(t, http.StatusOK, mine+"/certificate")
}
