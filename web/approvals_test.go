package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/llm/llmtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

type approval struct {
	ID, State, URL, Reason string
	Allowed                bool
	ItemURL                string    `json:"item_url"`
	ExpiresAt              time.Time `json:"expires_at"`
}

// admin decides about every App.
func (g *guardedSite) admin(t testing.TB) *webtest.Client {
	t.Helper()
	return g.Script(review.RoleAdmin)
}

func (g *guardedSite) decide(t testing.TB, admin *webtest.Client, itemID, judgement string) {
	t.Helper()
	held := admin.Claim(itemID)
	answer := admin.Post("/items/"+itemID+"/decision", with(decisionForm(held, judgement), "reason", "because"))
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
}

func (g *guardedSite) get(t testing.TB, path string) answered {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, g.url+path, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+g.key)
	return g.do(t, r)
}

func TestApprovals(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	admin := g.admin(t)
	ask := func() (a approval) {
		answer := g.post(t, "/api/v1/approvals", `{"action":"delete_table","arguments":{"table":"users"},"reason":"it is not needed","user_id":"u-1"}`)
		require.Equal(t, http.StatusAccepted, answer.status, answer.body)
		answer.into(t, &a)
		require.Equal(t, "waiting", a.State)
		require.NotEmpty(t, answer.header.Get("Location"))
		return a
	}
	state := func(a approval, query string) (now approval) {
		answer := g.get(t, "/api/v1/approvals/"+a.ID+query)
		require.Equal(t, http.StatusOK, answer.status, answer.body)
		answer.into(t, &now)
		return now
	}

	approved := ask()
	queue := admin.Get("/queue").Body.String()
	require.Contains(t, queue, approved.ID)
	g.decide(t, admin, approved.ID, "approve")
	require.Equal(t, "waiting", state(approved, "").State, "it can still be undone")
	g.Clock.Advance(review.UndoWindow)
	now := state(approved, "?wait=30s")
	require.Equal(t, "approved", now.State)
	require.True(t, now.Allowed)
	require.Equal(t, "because", now.Reason)

	refused := ask()
	g.decide(t, admin, refused.ID, "block")
	g.Clock.Advance(review.UndoWindow)
	require.Equal(t, "refused", state(refused, "").State)
	require.False(t, state(refused, "").Allowed)

	expired := ask()
	g.Clock.Advance(time.Minute)
	require.Equal(t, "expired", state(expired, "").State)
	g.decide(t, admin, expired.ID, "approve")
	g.Clock.Advance(review.UndoWindow)
	require.Equal(t, "expired", state(expired, "").State, "what came too late changes nothing")

	waited := time.Now()
	standing := ask()
	require.Equal(t, "waiting", state(standing, "?wait=300ms").State)
	require.GreaterOrEqual(t, time.Since(waited), 300*time.Millisecond)

	require.Equal(t, http.StatusUnprocessableEntity, g.get(t, "/api/v1/approvals/"+standing.ID+"?wait=1h").status)
	require.Equal(t, http.StatusNotFound, g.get(t, "/api/v1/approvals/nothing").status)
	require.Equal(t, http.StatusUnprocessableEntity, g.post(t, "/api/v1/approvals", `{"action":""}`).status)
	other := g.App(webtest.Home).Get("/api/v1/approvals/" + standing.ID)
	require.Equal(t, http.StatusNotFound, other.Code, "of another App")
}

func TestHeldItemsComeFirstInTheQueue(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	g.post(t, "/api/v1/interactions", `{"prompt":"`+webtest.Attack+`"}`)
	answer := g.post(t, "/api/v1/approvals", `{"action":"delete_table"}`)
	var a approval
	answer.into(t, &a)
	rows, err := g.Store.Queue(t.Context(), review.QueueQuery{AppIDs: g.apps(t), Limit: 100, Now: g.Clock.Now()})
	require.NoError(t, err)
	require.Len(t, rows.Rows, 2)
	require.Equal(t, a.ID, rows.Rows[0].Item.ID)
	page := g.Person(review.RoleAdmin).Get("/queue").Body.String()
	require.Contains(t, page, "A call waits for this.")
	require.Contains(t, page, "data-until")
}

// held asks for an answer that waits for a person, and lets judge decide once the item is there.
func (g *guardedSite) held(t testing.TB, stream bool, judge func(itemID string)) answered {
	t.Helper()
	done := make(chan answered, 1)
	body := `{"model":"gpt-test","stream":` + map[bool]string{true: "true", false: "false"}[stream] + `,"messages":[{"role":"user","content":"May I?"}]}`
	before := g.heldItems(t)
	go func() { done <- g.post(t, "/openai/v1/chat/completions", body, "X-Guardroom-Mode", "hold") }()
	require.Eventually(t, func() bool { return len(g.heldItems(t)) > len(before) }, 10*time.Second, 10*time.Millisecond)
	for id := range g.heldItems(t) {
		if !before[id] {
			judge(id)
		}
	}
	return <-done
}

// heldItems are the ids of the items in the queue.
func (g *guardedSite) heldItems(t testing.TB) map[string]bool {
	t.Helper()
	rows, err := g.Store.Queue(t.Context(), review.QueueQuery{AppIDs: g.apps(t), Limit: 100, Now: g.Clock.Now()})
	require.NoError(t, err)
	out := map[string]bool{}
	for _, r := range rows.Rows {
		out[r.Item.ID] = r.Item.Held()
	}
	return out
}

func (g *guardedSite) apps(t testing.TB) (ids []string) {
	t.Helper()
	caller, err := g.Accounts.Caller(t.Context(), g.key)
	require.NoError(t, err)
	return []string{caller.App.ID}
}

func TestHeldAnswers(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	admin := g.admin(t)
	judge := func(judgement string) func(string) {
		return func(id string) {
			g.decide(t, admin, id, judgement)
			g.Clock.Advance(review.UndoWindow)
		}
	}
	for _, stream := range []bool{false, true} {
		a := g.held(t, stream, judge("approve"))
		require.Equal(t, http.StatusOK, a.status, a.body)
		require.Contains(t, a.body, "May I?")
		require.NotContains(t, a.body, "content_filter")
		a = g.held(t, stream, judge("block"))
		require.Equal(t, http.StatusOK, a.status)
		require.NotContains(t, a.body, "May I?")
		require.Contains(t, a.body, "content_filter")
		require.Contains(t, a.body, review.DefaultRefusal)
		a = g.held(t, stream, func(string) { g.Clock.Advance(time.Minute + review.UndoWindow) })
		require.NotContains(t, a.body, "May I?", "closed when nobody decides")
	}
	require.Equal(t, http.StatusBadRequest, g.chat(t, "May I?", "X-Guardroom-Mode", "nonsense").status)
}

func TestThePolicyHolds(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) {
		p.Gateway.Hold = review.HoldTriggers{Tools: true, Seconds: 30, OnExpiry: review.ExpireAccept}
		p.Tools.Rules = []review.ToolRule{{Name: "pay", NeedsPerson: true}}
	})
	g.up.Reply = func(llmtest.Request) llmtest.Answer {
		return llmtest.Answer{Tools: []llmtest.Tool{{Name: "pay", Arguments: `{"amount":7}`}}}
	}
	before := g.heldItems(t)
	done := make(chan answered, 1)
	go func() { done <- g.chat(t, "Pay seven") }()
	require.Eventually(t, func() bool { return len(g.heldItems(t)) > len(before) }, 10*time.Second, 10*time.Millisecond)
	g.Clock.Advance(30*time.Second + review.UndoWindow)
	a := <-done
	require.Equal(t, http.StatusAccepted, a.status, a.body)
	require.NotContains(t, a.body, "amount")
	require.Contains(t, a.header.Get("Location"), "/api/v1/approvals/")
	var said struct {
		Guardroom struct{ Item struct{ URL string } }
	}
	a.into(t, &said)
	require.NotEmpty(t, said.Guardroom.Item.URL)

	g.up.Reply = nil
	require.Equal(t, http.StatusOK, g.chat(t, "Hello").status, "nothing else waits")
}

func TestApproveWait(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	admin := g.admin(t)
	for judgement, code := range map[string]int{"approve": 0, "block": 6} {
		state, exit := webtest.ApproveWait(t.Context(), g.url, g.key, "deploy", func(itemURL string) {
			u, err := url.Parse(itemURL)
			require.NoError(t, err)
			g.decide(t, admin, u.Path[len("/items/"):], judgement)
			g.Clock.Advance(review.UndoWindow)
		})
		require.Equal(t, code, exit)
		require.Equal(t, map[string]string{"approve": "approved", "block": "refused"}[judgement], state)
	}
	_, exit := webtest.ApproveWait(t.Context(), g.url, "wrong", "deploy", func(string) {})
	require.Equal(t, 1, exit)
}
