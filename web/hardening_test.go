package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/web/webtest"
)

func TestHSTSIsForHTTPSOnly(t *testing.T) {
	t.Parallel()
	require.Empty(t, webtest.NewSite(t).Nobody().Get("/login").Header().Values("Strict-Transport-Security"))
	for flag, want := range map[string]string{"--hsts=subdomains": "max-age=31536000; includeSubDomains", "--hsts=host": "max-age=31536000"} {
		site := webtest.NewSite(t, "--public-url=https://guard.example", flag)
		for _, target := range []string{"/login", "/nowhere", "/api/v1/decisions"} {
			require.Equal(t, want, site.Nobody().Get(target).Header().Get("Strict-Transport-Security"), target)
		}
	}
}

func TestSecurityText(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--security-contact=mailto:security@example.com,https://example.com/report", "--public-url=https://guard.example")
	webtest.Run(t, site, []webtest.Scenario{{
		Name: "says whom to tell", URL: "/.well-known/security.txt", Status: 200, Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"},
		Content:   []string{"Contact: mailto:security@example.com\nContact: https://example.com/report\nExpires: ", "Canonical: https://guard.example/.well-known/security.txt"},
		Forbidden: without(),
	}})
}

// TestNobodyLeavesTheFolder asks for files beside the assets in every way to write it.
func TestNobodyLeavesTheFolder(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	asked := 0
	for _, prefix := range []string{"/static/", "/static/js/", "/items/", "/policies/", "/"} {
		for _, way := range []string{"../go.mod", "..%2fgo.mod", "%2e%2e/go.mod", "....//go.mod", "..%5cgo.mod", "%252e%252e%252fgo.mod", "..%00/go.mod", "%c0%ae%c0%ae/go.mod",
			"/etc/passwd", "file:///etc/passwd", "guardroom.db", "../guardroom.db", "search.key", ".env", ".git/config"} {
			r := webtest.NewRequest(http.MethodGet, "/", nil)
			r.URL.Path, r.URL.RawPath = prefix+way, prefix+way
			if unescaped, err := url.PathUnescape(prefix + way); err == nil {
				r.URL.Path = unescaped
			}
			answer := site.Nobody().Do(r)
			asked++
			require.Contains(t, []int{http.StatusNotFound, http.StatusSeeOther, http.StatusBadRequest}, answer.Code, prefix+way)
			for _, secret := range []string{"module github.com", "root:", "SQLite format"} {
				require.NotContains(t, answer.Body.String(), secret)
			}
		}
	}
	require.Equal(t, 75, asked)
}

// TestBodiesThatUnpackAreRefused: nothing that was sent is ever unpacked.
func TestBodiesThatUnpackAreRefused(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	codings := []string{"gzip", "deflate", "br", "zstd", "compress", "identity, gzip", "x-gzip"}
	for _, coding := range codings {
		r := webtest.NewRequest(http.MethodPost, interactions, strings.NewReader("\x1f\x8b\x08\x00"))
		r.Header.Set("Content-Encoding", coding)
		answer := home(site).Do(r)
		require.Equal(t, http.StatusUnsupportedMediaType, answer.Code, coding)
		require.Equal(t, "identity", answer.Header().Get("Accept-Encoding"))
	}
}

// TestDeepJSONIsRefused: a nesting that would exhaust the stack is an error, not a crash.
func TestDeepJSONIsRefused(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	for _, open := range []string{"[", `{"a":`} {
		body := `{"prompt":"x","context":` + strings.Repeat(open, 200_000)
		answer := home(site).PostJSON(interactions, body)
		require.GreaterOrEqual(t, answer.Code, 400)
		require.Less(t, answer.Code, 500)
	}
}

// TestWhatIsSentReachesNoHeader sends line breaks wherever a header might be made of it.
func TestWhatIsSentReachesNoHeader(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	evil := "x\r\nSet-Cookie: admin=1\r\nLocation: https://evil.example"
	q := "?" + url.Values{"next": {evil}, "from": {evil}, "app": {evil}, "format": {evil}, "kind": {evil}}.Encode()
	for _, target := range []string{"/login", "/queue", "/export/decisions.csv", "/audit/export", "/nowhere"} {
		r := webtest.NewRequest(http.MethodGet, target+q, nil)
		r.Header.Set("X-Request-Id", evil)
		r.Header.Set("Accept-Language", evil)
		r.Host = "evil.example"
		answer := site.Nobody().Do(r)
		require.Empty(t, answer.Header().Values("Set-Cookie"), target)
		for name, values := range answer.Header() {
			for _, value := range values {
				require.False(t, strings.ContainsAny(value, "\r\n"), name)
			}
		}
		require.NotContains(t, answer.Header().Get("Location"), "//evil.example")
	}
}
