package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/httpsig"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// signing is a program that signs.
type signing struct {
	site  *webtest.Site
	key   review.MintedKey
	count atomic.Int64
}

func newSigning(t testing.TB, site *webtest.Site, scopes ...review.Scope) *signing {
	t.Helper()
	key, err := site.Accounts.MintKey(t.Context(), webtest.Operator, review.NewKey{App: webtest.Home, Name: "signs", Scopes: scopes, Signs: true})
	require.NoError(t, err)
	return &signing{site: site, key: key}
}

func (s *signing) request(t testing.TB, method, target, body string) *http.Request {
	t.Helper()
	r := webtest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	nonce := fmt.Sprintf("nonce-%010d", s.count.Add(1))
	require.NoError(t, httpsig.Sign(r, []byte(body), s.key.Prefix, []byte(s.key.Secret), nonce, s.site.Clock.Now()))
	return r
}

func (s *signing) do(r *http.Request) *httptest.ResponseRecorder { return s.site.Nobody().Do(r) }

// again is the same request once more.
func again(r *http.Request, body string) *http.Request {
	same := webtest.NewRequest(r.Method, r.URL.RequestURI(), strings.NewReader(body))
	same.Header = r.Header.Clone()
	return same
}

func TestSignedRequests(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	app := newSigning(t, site, review.ScopeSubmit, review.ScopeRead)
	const body = `{"prompt":"Hello","external_id":"e-1"}`

	r := app.request(t, "POST", "/api/v1/interactions?redactions=map", body)
	answer := app.do(r)
	require.Equal(t, http.StatusCreated, answer.Code, answer.Body.String())
	replayed := app.do(again(r, body))
	require.Equal(t, http.StatusUnauthorized, replayed.Code)
	require.Contains(t, replayed.Body.String(), "came before")
	require.Equal(t, http.StatusOK, app.do(app.request(t, "GET", "/api/v1/decisions", "")).Code)
	require.Equal(t, http.StatusForbidden, app.do(app.request(t, "GET", "/api/v1/webhooks", "")).Code, "scopes count for it as for any key")

	sent := site.With(app.key.Secret).Get("/api/v1/decisions")
	require.Equal(t, http.StatusUnauthorized, sent.Code)
	require.Contains(t, sent.Body.String(), "never sent")

	refused := 0
	for name, c := range map[string]struct {
		change func(*http.Request)
		body   string
		says   string
	}{
		"another body":    {func(*http.Request) {}, `{"prompt":"Another"}`, "the body is not the one"},
		"no body":         {func(*http.Request) {}, ``, "the body is not the one"},
		"another query":   {func(r *http.Request) { r.URL.RawQuery = "" }, body, "was not made by"},
		"another path":    {func(r *http.Request) { r.URL.Path = "/api/v1/interactions/batch" }, body, "was not made by"},
		"another method":  {func(r *http.Request) { r.Method = "GET"; r.URL.Path = "/api/v1/interactions/x" }, body, "was not made by"},
		"another digest":  {func(r *http.Request) { r.Header.Set("Content-Digest", "sha-256=:AAAA:") }, body, "was not made by"},
		"nonsense":        {func(r *http.Request) { r.Header.Set("Signature-Input", "((") }, body, "not a dictionary"},
		"without its MAC": {func(r *http.Request) { r.Header.Del("Signature") }, body, "are missing"},
		"its input alone, and another's key": {func(r *http.Request) {
			r.Header.Del("Signature")
			r.Header.Set("Authorization", "Bearer "+site.Keys[webtest.Home])
		}, body, "are missing"},
	} {
		r := app.request(t, "POST", "/api/v1/interactions?redactions=map", body)
		changed := again(r, c.body)
		c.change(changed)
		answer := app.do(changed)
		require.Equal(t, http.StatusUnauthorized, answer.Code, name)
		webtest.Says(t, answer.Body.String(), c.says)
		refused++
	}
	require.Equal(t, 9, refused)
	require.NotContains(t, trail(t, site)+site.Log.String(), app.key.Secret)
	require.Contains(t, trail(t, site), `"signs":true`)
}

func TestASignatureIsGoodForFiveMinutes(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	app := newSigning(t, site, review.ScopeRead)
	for late, status := range map[time.Duration]int{
		review.SignatureWindow - time.Second: http.StatusOK,
		review.SignatureWindow:               http.StatusUnauthorized,
	} {
		r := app.request(t, "GET", "/api/v1/decisions", "")
		site.Clock.Advance(late)
		answer := app.do(r)
		require.Equal(t, status, answer.Code)
		if status != http.StatusOK {
			require.Contains(t, answer.Body.String(), "more than 5 minutes from now")
		}
	}
}

func TestAKeyThatSignsIsMadeOnThePage(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	admin := site.Person(review.RoleAdmin)
	page := "/apps/" + webtest.Home
	made := admin.Post(page+"/keys", url.Values{"scopes": {"read"}, "signs": {"on"}})
	require.Equal(t, http.StatusCreated, made.Code)
	webtest.Says(t, made.Body.String(), "Never send it")
	secret := secretOf(t, made)
	listed := admin.Get(page).Body.String()
	webtest.Says(t, listed, "· signs")
	webtest.Conceals(t, listed, secret)
	app := &signing{site: site, key: review.MintedKey{APIKey: review.APIKey{Prefix: secret[3:11]}, Secret: secret}}
	require.Equal(t, http.StatusOK, app.do(app.request(t, "GET", "/api/v1/decisions", "")).Code)

	id := keyBySecret(t, site, secret).ID
	fresh := secretOf(t, admin.Post(page+"/keys/"+id+"/rotation", nil))
	require.Equal(t, http.StatusUnauthorized, app.do(app.request(t, "GET", "/api/v1/decisions", "")).Code, "without an overlap it ends at once")
	app = &signing{site: site, key: review.MintedKey{APIKey: review.APIKey{Prefix: fresh[3:11]}, Secret: fresh}}
	require.Equal(t, http.StatusOK, app.do(app.request(t, "GET", "/api/v1/decisions", "")).Code)
}

func TestASignedBodyIsBounded(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--max-body", "1KiB", "--max-batch-body", "2KiB")
	app := newSigning(t, site, review.ScopeSubmit)
	for size, status := range map[int]int{1_500: http.StatusRequestEntityTooLarge, 3_000: http.StatusRequestEntityTooLarge} {
		answer := app.do(app.request(t, "POST", "/api/v1/interactions", `{"prompt":"`+strings.Repeat("a", size)+`"}`))
		require.Equal(t, status, answer.Code, size)
	}
}
