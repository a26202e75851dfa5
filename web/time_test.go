package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// feed is one page of the decisions that an App follows.
type feed struct {
	Decisions []struct {
		DecisionID    string `json:"decision_id"`
		InteractionID string `json:"interaction_id"`
		Decision      string
	}
	Next int64
}

func feedAfter(t *testing.T, site *webtest.Site, app string, after int64) feed {
	t.Helper()
	var page feed
	webtest.Decode(t, site.App(app).Get(fmt.Sprintf("/api/v1/decisions?after=%d", after)), &page)
	return page
}

func TestADecisionReachesTheFeedWhenItCanNoLongerBeUndone(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	script := site.Script(review.RoleAnalyst)
	decide := func(p webtest.Posted, judgement string) (id string) {
		var decided struct{ ID string }
		answer := script.Post("/items/"+p.Item.ID+"/decision", decisionForm(script.Claim(p.Item.ID), judgement))
		require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
		webtest.Decode(t, answer, &decided)
		return decided.ID
	}
	first, second, third := site.PostAttack(webtest.Home, "1"), site.PostAttack(webtest.Home, "2"), site.PostAttack(webtest.Home, "3")
	undone := decide(first, "block")
	kept := decide(second, "approve")
	decide(third, "escalate")
	undo := func(id string, p webtest.Posted) int {
		return script.Post("/items/"+p.Item.ID+"/undo", url.Values{"decision_id": {id}}).Code
	}
	require.Equal(t, http.StatusOK, undo(undone, first))
	require.Empty(t, feedAfter(t, site, webtest.Home, 0).Decisions)

	site.Clock.Advance(review.UndoWindow + time.Second)
	require.Equal(t, http.StatusConflict, undo(kept, second), "the window has passed")
	page := feedAfter(t, site, webtest.Home, 0)
	require.Len(t, page.Decisions, 1, "neither what was undone nor what only moved on to a lead")
	require.Equal(t, kept, page.Decisions[0].DecisionID)
	require.Equal(t, second.ID, page.Decisions[0].InteractionID)
	require.Equal(t, "approve", page.Decisions[0].Decision)

	again := feedAfter(t, site, webtest.Home, page.Next)
	require.Empty(t, again.Decisions)
	require.Equal(t, page.Next, again.Next, "the cursor stays where it is")
	require.Empty(t, feedAfter(t, site, webtest.Foreign, 0).Decisions)
}

func TestALeaseThatRanOutIsForTheNext(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	at := "/items/" + p.Item.ID
	slow, quick := site.Script(review.RoleAnalyst), site.Script(review.RoleLead)
	held := slow.Claim(p.Item.ID)
	require.Equal(t, http.StatusConflict, quick.Post(at+"/claim", nil).Code)

	site.Clock.Advance(review.ClaimLease - time.Minute)
	require.Equal(t, http.StatusOK, slow.Post(at+"/heartbeat", url.Values{"token": {held.Token}}).Code)
	site.Clock.Advance(review.ClaimLease - time.Minute)
	require.Equal(t, http.StatusConflict, quick.Post(at+"/claim", nil).Code, "the heartbeat kept it")

	site.Clock.Advance(2 * time.Minute)
	taken := quick.Claim(p.Item.ID)
	require.Equal(t, http.StatusConflict, slow.Post(at+"/decision", decisionForm(held, "approve")).Code)
	require.Equal(t, http.StatusOK, quick.Post(at+"/decision", decisionForm(taken, "block")).Code)
}
