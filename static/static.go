// Package static holds everything a browser fetches beside the pages: the style sheet, the scripts and the icon. It embeds them,
// joins the style sheets in their declared order, and serves each file under a name that contains the hash of its content, so that a browser
// may keep it for ever. It knows nothing of the pages that use it, and imports nothing of ours.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The bundle dist/app.js exists only where the front end has been built; dist/.gitkeep lets a clean clone compile.
//
//go:embed css/*.css js/theme.js icon.svg all:dist
var files embed.FS

// sheets is the order in which the style sheets are joined. Layers decide who wins, so the order matters only for reading.
var sheets = []string{
	"layers", "reset", "tokens", "base", "layout", "marks", "readings", "controls", "components", "queue", "item", "policy", "palette", "preferences", "insight", "reference", "pages", "print",
}

// Prefix is the path below which every asset is served.
const Prefix = "/static/"

const bundle = "app.js"

type asset struct {
	body     []byte
	packed   []byte // gzip of body; nil where it would not be smaller
	mime     string
	etag     string
	servedAs string
}

// Assets is the set of embedded files, ready to be served. It never changes after New and may be used by many goroutines.
type Assets struct {
	byName map[string]asset
	byPath map[string]asset
}

// New reads, joins and fingerprints the embedded files. It fails when a style sheet is missing or not declared.
func New() (*Assets, error) { return load(files) }

func load(fsys fs.FS) (*Assets, error) {
	css, err := joinSheets(fsys)
	if err != nil {
		return nil, err
	}
	a := &Assets{byName: map[string]asset{}, byPath: map[string]asset{}}
	a.add("app.css", "text/css; charset=utf-8", css)
	required := []struct{ name, source, mime string }{
		{"theme.js", "js/theme.js", "text/javascript; charset=utf-8"},
		{"icon.svg", "icon.svg", "image/svg+xml"},
	}
	for _, r := range required {
		body, err := fs.ReadFile(fsys, r.source)
		if err != nil {
			return nil, fmt.Errorf("static: read %s: %w", r.source, err)
		}
		a.add(r.name, r.mime, body)
	}
	body, err := fs.ReadFile(fsys, "dist/"+bundle)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return a, nil
	case err != nil:
		return nil, fmt.Errorf("static: read the bundle: %w", err)
	}
	a.add(bundle, "text/javascript; charset=utf-8", body)
	return a, nil
}

func joinSheets(fsys fs.FS) ([]byte, error) {
	found, err := fs.Glob(fsys, "css/*.css")
	if err != nil {
		return nil, fmt.Errorf("static: list the style sheets: %w", err)
	}
	for _, file := range found {
		if name := strings.TrimSuffix(path.Base(file), ".css"); !slices.Contains(sheets, name) {
			return nil, fmt.Errorf("static: style sheet %q is not in the declared order", file)
		}
	}
	var all bytes.Buffer
	for _, name := range sheets {
		body, err := fs.ReadFile(fsys, "css/"+name+".css")
		if err != nil {
			return nil, fmt.Errorf("static: read a declared style sheet: %w", err)
		}
		all.Write(body)
		all.WriteByte('\n')
	}
	return all.Bytes(), nil
}

func (a *Assets) add(name, mime string, body []byte) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:8])
	ext := path.Ext(name)
	as := asset{
		body:     body,
		packed:   pack(body),
		mime:     mime,
		etag:     `"` + hash + `"`,
		servedAs: Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext,
	}
	a.byName[name] = as
	a.byPath[as.servedAs] = as
}

func pack(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid constant, and a bytes.Buffer never fails
	_, _ = w.Write(body)
	_ = w.Close()
	if out.Len() >= len(body) {
		return nil
	}
	return out.Bytes()
}

// Path is where the named asset ("app.css", "theme.js", "icon.svg") is served. An unknown name gives "": a page then
// links to nothing, which the golden tests show.
func (a *Assets) Path(name string) string { return a.byName[name].servedAs }

// Script is the path of the script bundle, or "" where the front end has not been built: every page works without it.
func (a *Assets) Script() string { return a.byName[bundle].servedAs }

// ServeHTTP serves one asset by the path that Path gave. It answers nothing else: no listing, no source.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		return
	}
	as, ok := a.byPath[r.URL.Path]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "there is no such asset", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", as.etag)
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	if strings.Contains(r.Header.Get("If-None-Match"), as.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := as.body
	if as.packed != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body = as.packed
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", as.mime)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the browser went away: nobody is left to tell
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q := strings.TrimPrefix(strings.ReplaceAll(quality, " ", ""), "q=")
			return strings.Trim(q, "0.") != "" || q == ""
		}
	}
	return false
}
