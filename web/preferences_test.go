package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestPreferencesAreKeptAndUsed(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	first, second := site.PostAttack(webtest.Home, "one"), site.PostAttack(webtest.Home, "two")
	analyst := site.Person(review.RoleAnalyst)
	wanted := url.Values{"language": {"de"}, "theme": {"dark"}, "stay": {"on"}, "blur": {"on"}, "keys.approve": {"y"}}
	require.Equal(t, "/account", seen(t, analyst.Post("/account/preferences", wanted)))
	body := page(t, analyst.Get("/account"), http.StatusOK)
	for _, part := range []string{`lang="de"`, `data-theme="dark"`, "data-blur", "Gespeichert.", `name="keys.approve" value="y"`} {
		require.Contains(t, body, part)
	}
	at := "/items/" + first.Item.ID
	body = page(t, analyst.Get(at), http.StatusOK)
	require.Contains(t, body, `data-key="y"`)
	form := hidden(t, body)
	decision := url.Values{"token": {form["token"]}, "version": {form["version"]}, "decision": {"approve"}}
	require.Equal(t, at, seen(t, analyst.Post(at+"/decision", decision)), "the decided item stays")
	require.Empty(t, holder(t, site, second.Item.ID), "and no other is taken")

	other := page(t, site.Person(review.RoleLead).Get("/queue"), http.StatusOK)
	require.Contains(t, other, `lang="en"`, "it is one person's wish")
}

func TestPreferencesAreRefusedWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	viewer := site.Person(review.RoleViewer)
	body := page(t, viewer.Post("/account/preferences", url.Values{"theme": {"dark"}, "keys.approve": {"b"}}), http.StatusUnprocessableEntity)
	require.Contains(t, body, "is taken: Block")
	require.Contains(t, body, `name="keys.approve" value="b"`)
	require.NotContains(t, body, `data-theme="dark"`, "nothing was kept")
	page(t, viewer.Post("/account/preferences", url.Values{"language": {"tlh"}}), http.StatusUnprocessableEntity)
	page(t, viewer.Post("/account/preferences", url.Values{"theme": {"sepia"}}), http.StatusUnprocessableEntity)
	require.Contains(t, page(t, viewer.Get("/account"), http.StatusOK), `lang="en"`)
}
