package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

var viewID = regexp.MustCompile(`id="view-([0-9a-f-]{36})"`)

func TestAListIsNamedAndGoneTo(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	site.PostAttack(webtest.Home, "a")
	analyst := site.Person(review.RoleAnalyst)
	list := "/queue?severity=high&sort=oldest"
	require.Equal(t, list, seen(t, analyst.Post("/queue/views", url.Values{"name": {"Grave & old"}, "from": {"sort=oldest&severity=high&unheard=of"}})))
	body := page(t, analyst.Get(list), http.StatusOK)
	webtest.Says(t, body, `<h1 dir="auto">Grave &amp; old</h1>`)
	require.Contains(t, body, `data-key="g 1"`)
	require.NotContains(t, body, `id="view-name"`, "it has a name already")
	require.Contains(t, page(t, analyst.Get("/commands?q=grave"), http.StatusOK), "Grave &amp; old")

	all := page(t, analyst.Get("/queue/views"), http.StatusOK)
	id := viewID.FindStringSubmatch(all)[1]
	require.NotContains(t, all, `action="/queue/views/sharing"`, "who may not share is not offered it")
	require.Equal(t, "/queue/views", seen(t, analyst.Post("/queue/views/start", url.Values{"view": {id}})))
	require.Equal(t, list, seen(t, analyst.Get("/")))
	require.Contains(t, page(t, analyst.Get("/account"), http.StatusOK), `class="brand" href="/queue?severity=high&amp;sort=oldest"`)
	require.Equal(t, "/account", seen(t, analyst.Post("/account/preferences", url.Values{"theme": {"dark"}})))
	require.Equal(t, list, seen(t, analyst.Get("/")), "other preferences leave it alone")
	require.Equal(t, "/queue/views", seen(t, analyst.Post("/queue/views/name", url.Values{"view": {id}, "name": {"Old"}})))
	require.Equal(t, "/queue/views", seen(t, analyst.Post("/queue/views/deletion", url.Values{"view": {id}})))
	require.Equal(t, "/queue", seen(t, analyst.Get("/")), "what is gone is the queue")
	require.NotContains(t, page(t, analyst.Get("/queue/views"), http.StatusOK), "Old")
}

func TestANameIsRefusedWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	analyst := site.Person(review.RoleAnalyst)
	form := url.Values{"name": {"Mine"}, "from": {"kind=audit"}}
	seen(t, analyst.Post("/queue/views", form))
	body := page(t, analyst.Post("/queue/views", form), http.StatusConflict)
	webtest.Says(t, body, "There is a view of this name already.")
	require.Contains(t, body, `value="Mine"`)
	require.Contains(t, body, `value="kind=audit"`)
	page(t, analyst.Post("/queue/views", url.Values{"name": {" "}, "from": {"kind=audit"}}), http.StatusUnprocessableEntity)
	for _, none := range []string{"kind=nonsense", "severity=%zz"} {
		require.Contains(t, []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, analyst.Post("/queue/views", url.Values{"name": {"Bad"}, "from": {none}}).Code, none)
	}
	require.NotContains(t, page(t, analyst.Get("/queue/views"), http.StatusOK), "Bad")
}

func TestALeadSharesAViewWithTheAppsPeople(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead, analyst := site.Person(review.RoleLead), site.Person(review.RoleAnalyst)
	seen(t, lead.Post("/queue/views", url.Values{"name": {"House list"}, "from": {"app=" + webtest.Home + "&overdue=1"}}))
	id := viewID.FindStringSubmatch(page(t, lead.Get("/queue/views"), http.StatusOK))[1]
	require.NotContains(t, page(t, analyst.Get("/queue"), http.StatusOK), "House list")
	require.Equal(t, http.StatusForbidden, analyst.Post("/queue/views/sharing", url.Values{"view": {id}, "app": {webtest.Home}}).Code)
	page(t, lead.Post("/queue/views/sharing", url.Values{"view": {id}, "app": {webtest.Foreign}}), http.StatusUnprocessableEntity)
	require.Equal(t, "/queue/views", seen(t, lead.Post("/queue/views/sharing", url.Values{"view": {id}, "app": {webtest.Home}})))
	body := page(t, analyst.Get("/queue/views"), http.StatusOK)
	webtest.Says(t, body, "House list")
	webtest.Says(t, body, "shared by lead with everybody of "+webtest.Home)
	require.NotContains(t, body, `action="/queue/views/deletion"`)
	require.Equal(t, http.StatusForbidden, analyst.Post("/queue/views/deletion", url.Values{"view": {id}}).Code)
	require.Equal(t, "/queue/views", seen(t, analyst.Post("/queue/views/start", url.Values{"view": {id}})), "it can be begun with")
	require.Equal(t, "/queue/views", seen(t, lead.Post("/queue/views/sharing", url.Values{"view": {id}, "app": {""}})))
	require.NotContains(t, page(t, analyst.Get("/queue"), http.StatusOK), "House list")
	require.Equal(t, "/queue", seen(t, analyst.Get("/")))
}

// A filter of an older Guardroom may ask for what there is no more.
func TestAViewThatCannotBeReadSaysSo(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	analyst := site.Person(review.RoleAnalyst)
	for name, query := range map[string]string{"Broken": "severity=apocalyptic", "Elsewhere": "app=" + webtest.Foreign} {
		_, err := site.Service.SaveView(t.Context(), site.Viewer(t, review.RoleAnalyst), name, query)
		require.NoError(t, err)
	}
	body := page(t, analyst.Get("/queue/views"), http.StatusOK)
	webtest.Says(t, body, "Its filter can no longer be read")
	webtest.Says(t, body, "Its App is none of yours any longer.")
	require.NotContains(t, body, "apocalyptic")
	require.Contains(t, page(t, analyst.Get("/queue"), http.StatusOK), `href="/queue/views#view-`, "the menu leads to the reason")
}
