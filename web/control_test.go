package web_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// everyDecision makes every Decision bring a control.
func everyDecision(t testing.TB, site *webtest.Site) {
	t.Helper()
	ctx := t.Context()
	v, err := site.Accounts.SystemViewer(ctx, "test")
	require.NoError(t, err)
	view, err := site.Service.PolicyOf(ctx, v, webtest.Home)
	require.NoError(t, err)
	p := view.Live
	p.Controls = review.ControlRules{Rate: 1, Until: 100, LaterRate: 1}
	draft, err := site.Service.SaveDraft(ctx, v, webtest.Home, "", p)
	require.NoError(t, err)
	_, err = site.Service.Activate(ctx, v, review.ActivateCommand{App: webtest.Home, Revision: draft.Revision, Live: view.Live.Version, Reason: "test"})
	require.NoError(t, err)
}

// settle judges an Item blind, and decides so.
func settle(t testing.TB, who *webtest.Client, item, judgement string) {
	t.Helper()
	held := who.Claim(item)
	blind := who.Post("/items/"+item+"/blind", decisionForm(held, judgement))
	require.Contains(t, []int{200, 409}, blind.Code, blind.Body.String())
	answer := who.Post("/items/"+item+"/decision", decisionForm(held, judgement))
	require.Equal(t, 200, answer.Code, answer.Body.String())
}

// controlOf finds the control among the Events, "" when there is none.
func controlOf(t testing.TB, site *webtest.Site) (id string) {
	t.Helper()
	for e, err := range site.Store.Events(t.Context(), 0) {
		require.NoError(t, err)
		if e.Action == "item.opened" && e.Detail == `{"kind":"control","sampling_kind":"control","propensity":1}` {
			id = e.Object
		}
	}
	return id
}

func TestAControlLooksLikeAnyItem(t *testing.T) {
	t.Parallel()
	site := webtest.NewBlindSite(t, "--session-lifetime=72h", "--session-idle=72h")
	everyDecision(t, site)
	lead := site.Script(review.RoleLead)
	for i := range 3 {
		settle(t, lead, site.PostAttack(webtest.Home, fmt.Sprintf("known %c", 'a'+i)).Item.ID, "block")
	}
	site.Clock.Advance(25 * time.Hour)
	analyst := site.Script(review.RoleAnalyst)
	control := ""
	for i := 0; control == ""; i++ {
		require.Less(t, i, 40, "a control comes when the coin shows a violation")
		for _, word := range []string{"one", "two", "three", "four"} {
			site.PostAttack(webtest.Home, fmt.Sprintf("%s %c", word, 'a'+i))
		}
		settle(t, analyst, site.PostAttack(webtest.Home, fmt.Sprintf("new %c", 'a'+i)).Item.ID, "block")
		control = controlOf(t, site)
	}
	person := site.Person(review.RoleAnalyst)
	for _, target := range []string{"/queue", "/items/" + control + "?peek=1", "/items/" + control} {
		body := page(t, person.Get(target), 200)
		webtest.Says(t, body, control)
		for _, word := range []string{`"control"`, "a control", "known answer"} {
			webtest.Conceals(t, body, word)
		}
	}
	for _, who := range []*webtest.Client{site.Person(review.RoleLead), site.Person(review.RoleAdmin), site.Person(review.RoleViewer)} {
		require.Equal(t, 404, who.Get("/items/"+control).Code)
		webtest.Conceals(t, page(t, who.Get("/queue"), 200), control)
	}
	settle(t, analyst, control, "approve")
	site.Clock.Advance(time.Minute)
	webtest.Conceals(t, site.App(webtest.Home).Get("/api/v1/decisions").Body.String(), control)
	webtest.Conceals(t, site.Script(review.RoleAnalyst).Get("/export/decisions.csv").Body.String(), control)
}
