package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

const (
	homePage    = "https://home.example.org"    // listed by Home
	foreignPage = "https://foreign.example.org" // listed by Foreign
	nobodysPage = "https://nobody.example.org"
)

func withOrigins(t *testing.T) *webtest.Site {
	t.Helper()
	site := webtest.NewSite(t)
	for app, origin := range map[string]string{webtest.Home: homePage, webtest.Foreign: foreignPage} {
		_, err := site.Accounts.ChangeOrigins(t.Context(), webtest.Operator, app, []string{origin}, nil)
		require.NoError(t, err)
	}
	return site
}

func preflight(site *webtest.Site, path, origin, method, fields string) *httptest.ResponseRecorder {
	r := webtest.NewRequest(http.MethodOptions, path, nil)
	r.Header.Set("Origin", origin)
	r.Header.Set("Access-Control-Request-Method", method)
	if fields != "" {
		r.Header.Set("Access-Control-Request-Headers", fields)
	}
	return site.Nobody().Do(r)
}

// TestCORSMatrix asks every route of the table, before a call and in it, as pages of every kind of origin.
func TestCORSMatrix(t *testing.T) {
	t.Parallel()
	site := withOrigins(t)
	origins := []string{homePage, foreignPage, nobodysPage, "null", "*", homePage + "/", "http://home.example.org", homePage + ":8443", "https://home.example.org.evil.example", "https://HOME.example.org", ""}
	asked := 0
	for _, route := range site.Web.Table() {
		path := strings.NewReplacer(":id", "x", ":app", webtest.Home, ":version", "1", ":delivery", "1", "*", "x").Replace(route.Path)
		for _, origin := range origins {
			before := preflight(site, path, origin, route.Method, "authorization, content-type")
			open := route.Door == "key" && (origin == homePage || origin == foreignPage)
			require.Equal(t, open, before.Header().Get("Access-Control-Allow-Origin") != "", "%s %s from %q: %d", route.Method, path, origin, before.Code)
			if open {
				require.Equal(t, http.StatusNoContent, before.Code)
				require.Equal(t, origin, before.Header().Get("Access-Control-Allow-Origin"))
				require.Contains(t, before.Header().Get("Access-Control-Allow-Methods"), route.Method)
				require.Equal(t, "authorization, content-type", before.Header().Get("Access-Control-Allow-Headers"))
				require.Contains(t, before.Header().Get("Vary"), "Origin")
			}
			require.Empty(t, before.Header().Values("Access-Control-Allow-Credentials"))
			require.NotEqual(t, "*", before.Header().Get("Access-Control-Allow-Origin"))
			asked++

			r := webtest.NewRequest(route.Method, path, strings.NewReader("{}"))
			r.Header.Set("Origin", origin)
			answer := site.App(webtest.Home).Do(r)
			open = route.Door == "key" && origin == homePage
			require.Equal(t, open, answer.Header().Get("Access-Control-Allow-Origin") == homePage, "%s %s from %q: %d", route.Method, path, origin, answer.Code)
			require.Equal(t, open, len(answer.Header().Values("Access-Control-Allow-Origin")) > 0)
			require.Empty(t, answer.Header().Values("Access-Control-Allow-Credentials"))
			if route.Door == "key" && origin != homePage && origin != "" {
				require.Equal(t, http.StatusForbidden, answer.Code, "%s %s from %q", route.Method, path, origin)
			}
			asked++
		}
	}
	require.Equal(t, 2*len(site.Web.Table())*len(origins), asked)
	t.Logf("%d requests: %d routes × %d origins, before and in the call", asked, len(site.Web.Table()), len(origins))
}

func TestNoOriginByDefault(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	require.Equal(t, http.StatusForbidden, preflight(site, "/api/v1/interactions", homePage, "POST", "").Code)
	plain := site.Nobody().Do(webtest.NewRequest(http.MethodOptions, "/api/v1/interactions", nil))
	require.Equal(t, http.StatusNoContent, plain.Code)
	require.Equal(t, "OPTIONS, POST", plain.Header().Get("Allow"))
	for name := range preflight(site, "/queue", homePage, "GET", "").Header() {
		require.NotContains(t, name, "Access-Control")
	}
}

func TestWhatPagesMaySendAndRead(t *testing.T) {
	t.Parallel()
	site := withOrigins(t)
	fields := func(asked string) string {
		return preflight(site, "/openai/v1/chat/completions", homePage, "POST", asked).Header().Get("Access-Control-Allow-Headers")
	}
	require.Equal(t, "authorization, x-stainless-os, x-guardroom-mode", fields("Authorization,X-Stainless-OS , x-guardroom-mode, cookie, x-evil"))
	require.Empty(t, fields("x-guardroom-a b, x-guardroom-\u00e9, x-guardroom-a\tb"))
	require.Equal(t, http.StatusForbidden, preflight(site, "/api/v1/interactions", homePage, "DELETE", "").Code, "no such method there")

	r := webtest.NewRequest("POST", "/api/v1/interactions", strings.NewReader(`{"prompt":"Hello"}`))
	r.Header.Set("Origin", homePage)
	answer := site.App(webtest.Home).Do(r)
	require.Equal(t, http.StatusCreated, answer.Code)
	require.Contains(t, answer.Header().Get("Access-Control-Expose-Headers"), "Location")
	require.Contains(t, answer.Header().Get("Vary"), "Origin")

	r = webtest.NewRequest("POST", "/api/v1/interactions", strings.NewReader(`{`))
	r.Header.Set("Origin", homePage)
	refused := site.App(webtest.Home).Do(r)
	require.Equal(t, http.StatusBadRequest, refused.Code)
	require.Equal(t, homePage, refused.Header().Get("Access-Control-Allow-Origin"), "a page learns what was wrong")

	r = webtest.NewRequest("POST", "/api/v1/interactions", strings.NewReader(`{"prompt":"Hello"}`))
	r.Header.Set("Origin", "http://"+r.Host)
	require.Equal(t, http.StatusCreated, site.App(webtest.Home).Do(r).Code, "our own pages are not other ones")
}

func TestOriginsAreListedByLeads(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead := site.Person(review.RoleLead)
	page := "/apps/" + webtest.Home + "/origins"
	require.Equal(t, 200, lead.Get(page).Code)
	webtest.Says(t, lead.Get("/policies/"+webtest.Home).Body.String(), "Calls from browsers")
	refused := lead.Post(page, url.Values{"origins": {"https://*.example.org\n<script>"}})
	require.Equal(t, 422, refused.Code)
	webtest.Says(t, refused.Body.String(), "an origin is scheme and host")
	require.Contains(t, refused.Body.String(), "https://*.example.org\n&lt;script&gt;", "what was typed")
	require.Equal(t, http.StatusForbidden, preflight(site, "/api/v1/decisions", homePage, "GET", "").Code)

	require.Equal(t, http.StatusSeeOther, lead.Post(page, url.Values{"origins": {homePage + "\r\n" + homePage + "\r\n\r\n" + nobodysPage}}).Code)
	require.Contains(t, lead.Get(page).Body.String(), homePage+"\n"+nobodysPage)
	require.Equal(t, http.StatusNoContent, preflight(site, "/api/v1/decisions", homePage, "GET", "").Code)
	require.Equal(t, http.StatusSeeOther, lead.Post(page, url.Values{"origins": {""}}).Code)
	require.Equal(t, http.StatusForbidden, preflight(site, "/api/v1/decisions", homePage, "GET", "").Code, "from the next call on")
	require.Equal(t, http.StatusForbidden, site.Person(review.RoleAnalyst).Get(page).Code)
	require.Equal(t, http.StatusNotFound, lead.Post("/apps/"+webtest.Foreign+"/origins", url.Values{"origins": {homePage}}).Code)
	log := trail(t, site)
	require.Equal(t, 2, strings.Count(log, "app.origins_changed"))
	require.Contains(t, log, `"forbidden":["`+homePage+`"`)
}
