package web

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyOurOwnPagesAreGoneOnTo(t *testing.T) {
	for _, good := range []string{"/queue", "/items/0198?from=kind%3Daudit", "/decisions?mine=1#x", "/", "/export/decisions.csv?app=a"} {
		require.Equal(t, good, localPath(good))
	}
	for _, bad := range []string{
		"", "queue", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/queue",
		"http:/evil", "javascript:alert(1)", "data:text/html,x", "/%2f/evil.example", "/%5cevil.example", "/\tqueue", "/a\nb", "/a%0d%0ab",
		"//evil.example/%2e%2e", "/login", "/login?next=/login", "/logout", "/api/v1/decisions", "@evil.example", "/%zz", "/" + strings.Repeat("a", 3000),
		"/\x00",
	} {
		require.Empty(t, localPath(bad), bad)
	}
}

func FuzzLocalPath(f *testing.F) {
	f.Add("/queue")
	f.Add("//evil.example")
	f.Add("/%2f%2fevil.example")
	f.Fuzz(func(t *testing.T, address string) {
		got := localPath(address)
		if got == "" {
			return
		}
		base, _ := url.Parse("https://guardroom.example/login")
		to, err := base.Parse(got)
		require.NoError(t, err)
		require.Equal(t, "https", to.Scheme)
		require.Equal(t, "guardroom.example", to.Host)
		require.NotContains(t, got, "\n")
	})
}

func TestSignInLeadsBack(t *testing.T) {
	for target, want := range map[string]string{
		"GET /queue":                                       "/login",
		"GET /queue?kind=audit":                            "/login?next=%2Fqueue%3Fkind%3Daudit",
		"GET /items/0198":                                  "/login?next=%2Fitems%2F0198",
		"POST /items/0198/decision":                        "/login?next=%2Fitems%2F0198",
		"POST /items/..%2f..%2fevil/decision":              "/login?next=%2Fitems%2F..",
		"POST /queue/next":                                 "/login",
		"POST /logout":                                     "/login",
		"GET //evil.example/%2e%2e":                        "/login",
		"GET /items/x?peek=1&" + strings.Repeat("a", 3000): "/login",
	} {
		method, path, _ := strings.Cut(target, " ")
		r := httptest.NewRequest(method, "http://guardroom.example/", nil)
		u, err := url.ParseRequestURI(path)
		require.NoError(t, err)
		r.URL = u
		require.Equal(t, want, loginPath(r), target)
	}
}
