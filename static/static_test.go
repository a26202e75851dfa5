package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func fixture() fstest.MapFS {
	fsys := fstest.MapFS{
		"js/theme.js": {Data: []byte("// theme")},
		"icon.svg":    {Data: []byte("<svg/>")},
	}
	for _, name := range sheets {
		fsys["css/"+name+".css"] = &fstest.MapFile{Data: []byte("/* " + name + " */")}
	}
	return fsys
}

func get(t *testing.T, a *Assets, target string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for k, v := range header {
		r.Header[k] = v
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(b)
}

func TestEmbeddedAssetsLoad(t *testing.T) {
	a, err := New()
	require.NoError(t, err)
	for _, name := range []string{"app.css", "theme.js", "icon.svg"} {
		require.Regexp(t, regexp.MustCompile(`^/static/[a-z]+\.[0-9a-f]{16}\.(css|js|svg)$`), a.Path(name))
		require.Equal(t, http.StatusOK, get(t, a, a.Path(name), nil).StatusCode)
	}
	require.Empty(t, a.Path("secrets.txt"))
}

func TestSheetsAreJoinedInTheDeclaredOrder(t *testing.T) {
	a, err := load(fixture())
	require.NoError(t, err)
	css := body(t, get(t, a, a.Path("app.css"), nil))
	last := -1
	for _, name := range sheets {
		at := strings.Index(css, "/* "+name+" */")
		require.Greater(t, at, last, name)
		last = at
	}
}

func TestASheetThatIsMissingOrUndeclaredIsAnError(t *testing.T) {
	missing := fixture()
	delete(missing, "css/tokens.css")
	_, err := load(missing)
	require.ErrorContains(t, err, "css/tokens.css")

	extra := fixture()
	extra["css/stray.css"] = &fstest.MapFile{}
	_, err = load(extra)
	require.ErrorContains(t, err, "css/stray.css")
}

func TestTheBundleIsOptional(t *testing.T) {
	without, err := load(fixture())
	require.NoError(t, err)
	require.Empty(t, without.Script())

	built := fixture()
	built["dist/app.js"] = &fstest.MapFile{Data: []byte("let a")}
	with, err := load(built)
	require.NoError(t, err)
	require.Equal(t, "let a", body(t, get(t, with, with.Script(), nil)))
}

func TestTheNameFollowsTheContent(t *testing.T) {
	one, err := load(fixture())
	require.NoError(t, err)
	changed := fixture()
	changed["css/tokens.css"] = &fstest.MapFile{Data: []byte("/* tokens */ :root{}")}
	two, err := load(changed)
	require.NoError(t, err)
	require.NotEqual(t, one.Path("app.css"), two.Path("app.css"))
	require.Equal(t, one.Path("icon.svg"), two.Path("icon.svg"))
}

func TestServing(t *testing.T) {
	a, err := New()
	require.NoError(t, err)
	css := a.Path("app.css")

	plain := get(t, a, css, nil)
	require.Equal(t, "public, max-age=31536000, immutable", plain.Header.Get("Cache-Control"))
	require.Equal(t, "text/css; charset=utf-8", plain.Header.Get("Content-Type"))
	require.Equal(t, "nosniff", plain.Header.Get("X-Content-Type-Options"))
	want := body(t, plain)
	require.NotEmpty(t, want)

	packed := get(t, a, css, http.Header{"Accept-Encoding": {"br, gzip;q=0.8"}})
	require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
	zr, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	got, err := io.ReadAll(zr)
	require.NoError(t, err)
	require.Equal(t, want, string(got))

	refused := get(t, a, css, http.Header{"Accept-Encoding": {"gzip;q=0"}})
	require.Empty(t, refused.Header.Get("Content-Encoding"))

	again := get(t, a, css, http.Header{"If-None-Match": {plain.Header.Get("ETag")}})
	require.Equal(t, http.StatusNotModified, again.StatusCode)

	r := httptest.NewRequest(http.MethodPost, css, nil)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

func TestNothingElseIsServed(t *testing.T) {
	a, err := New()
	require.NoError(t, err)
	for _, target := range []string{"/static/", "/static/css/", "/static/app.css", "/static/dist/.gitkeep", "/static/js/theme.js", "/static/%2e%2e/go.mod", path.Dir(a.Path("app.css"))} {
		res := get(t, a, target, nil)
		require.Equal(t, http.StatusNotFound, res.StatusCode, target)
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"), target)
	}
}
