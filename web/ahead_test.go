package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

type aheadItems struct {
	Items []struct{ ID, Page string }
}

func TestWhatComesNextIsToldAndNotTaken(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	first := site.PostAttack(webtest.Home, "one").Item.ID
	second := site.PostAttack(webtest.Home, "two").Item.ID
	third := site.PostAttack(webtest.Home, "three").Item.ID
	site.PostAttack(webtest.Home, "four")
	foreign := site.PostAttack(webtest.Foreign, "five").Item.ID
	analyst, script := site.Person(review.RoleAnalyst), site.Script(review.RoleAnalyst)
	form := hidden(t, page(t, analyst.Get("/items/"+first), http.StatusOK))

	var next aheadItems
	webtest.Decode(t, script.Get("/queue/ahead?but="+first), &next)
	require.Len(t, next.Items, review.MaxAhead)
	require.Equal(t, []string{second, third}, []string{next.Items[0].ID, next.Items[1].ID}, "in the order of the queue, and no foreign one: %s", foreign)

	body := page(t, analyst.Get(next.Items[0].Page), http.StatusOK)
	require.Contains(t, body, `value="approve"`, "drawn as it will look")
	require.Empty(t, hidden(t, body)["token"], "without the proof")
	require.Empty(t, holder(t, site, second), "and not taken")

	decision := url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"approve"}, "ahead": {third}}
	require.Equal(t, "/items/"+third, seen(t, analyst.Post("/items/"+first+"/decision", decision)), "what was painted is what comes")
	require.Equal(t, "analyst", holder(t, site, third))
	form = hidden(t, page(t, analyst.Get("/items/"+third), http.StatusOK))
	gone := url.Values{"token": {form["token"]}, "version": {form["version"]}, "ahead": {foreign}}
	require.Equal(t, "/items/"+second, seen(t, analyst.Post("/items/"+third+"/skip", gone)), "otherwise the next one")
	require.Empty(t, holder(t, site, foreign))
}

func TestLookingAheadIsForThoseWhoDecide(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	item := site.PostAttack(webtest.Home, "one").Item.ID
	require.Equal(t, http.StatusForbidden, site.Person(review.RoleViewer).Get("/queue/ahead").Code)
	body := page(t, site.Person(review.RoleViewer).Get("/items/"+item+"?ahead=1"), http.StatusOK)
	require.NotContains(t, body, `value="approve"`)

	site.Script(review.RoleLead).Claim(item)
	body = page(t, site.Person(review.RoleAnalyst).Get("/items/"+item+"?ahead=1"), http.StatusOK)
	require.NotContains(t, body, `value="approve"`, "a colleague holds it")
}

func TestABlindItemStaysBlindAhead(t *testing.T) {
	t.Parallel()
	site := webtest.NewBlindSite(t)
	item := site.PostAttack(webtest.Home, "one").Item.ID
	body := page(t, site.Person(review.RoleAnalyst).Get("/items/"+item+"?ahead=1"), http.StatusOK)
	webtest.Conceals(t, body, "injection.override")
	require.Contains(t, body, "is-blind")
}
