package web_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

type operation struct {
	OperationID string         `json:"operationId"`
	Summary     string         `json:"summary"`
	Responses   map[string]any `json:"responses"`
	Parameters  []struct{ Name, In string }
}

func description(t testing.TB, site *webtest.Site) map[string]map[string]operation {
	t.Helper()
	answer := site.Nobody().Get("/api/openapi.json")
	require.Equal(t, http.StatusOK, answer.Code)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]operation
	}
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &doc))
	require.Equal(t, "3.1.0", doc.OpenAPI)
	return doc.Paths
}

// TestOpenAPI holds the routes of Apps and the document together, both ways.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	named := regexp.MustCompile(`\{[a-z]+\}`)
	var documented, served []string
	ids := map[string]bool{}
	for path, operations := range description(t, site) {
		for method, o := range operations {
			documented = append(documented, strings.ToUpper(method)+" "+named.ReplaceAllString(path, "*"))
			require.NotEmpty(t, o.Summary, path)
			require.Contains(t, o.Responses, "401", path)
			require.False(t, ids[o.OperationID] || o.OperationID == "", "%s %s", method, path)
			ids[o.OperationID] = true
			inPath := 0
			for _, p := range o.Parameters {
				if p.In == "path" {
					inPath++
					require.Contains(t, path, "{"+p.Name+"}")
				}
			}
			require.Equal(t, len(named.FindAllString(path, -1)), inPath, path)
		}
	}
	parameter := regexp.MustCompile(`:[a-z]+`)
	for _, r := range site.Web.Table() {
		if r.Door == "key" {
			served = append(served, r.Method+" "+parameter.ReplaceAllString(r.Path, "*"))
		}
	}
	slices.Sort(documented)
	slices.Sort(served)
	require.Equal(t, served, documented)
}

// TestOpenAPIReferences: each $ref of the document leads somewhere.
func TestOpenAPIReferences(t *testing.T) {
	t.Parallel()
	var doc any
	require.NoError(t, json.Unmarshal(webtest.NewSite(t).Nobody().Get("/api/openapi.json").Body.Bytes(), &doc))
	followed := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			if to, ok := v["$ref"].(string); ok {
				followed++
				at := doc
				for _, part := range strings.Split(strings.TrimPrefix(to, "#/"), "/") {
					at = at.(map[string]any)[part]
				}
				require.NotNil(t, at, to)
			}
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(doc)
	require.Greater(t, followed, 50)
}

// TestBodiesAreDocumented: the document names the fields that the server reads, all of them and no others.
func TestBodiesAreDocumented(t *testing.T) {
	t.Parallel()
	var doc struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	require.NoError(t, json.Unmarshal(webtest.NewSite(t).Nobody().Get("/api/openapi.json").Body.Bytes(), &doc))
	for name, body := range map[string]reflect.Type{
		"Submission":     reflect.TypeFor[review.Submission](),
		"Feedback":       reflect.TypeFor[review.Feedback](),
		"Verification":   reflect.TypeFor[review.Verification](),
		"Question":       reflect.TypeFor[review.ApprovalRequest](),
		"WebhookRequest": reflect.TypeFor[review.WebhookRequest](),
		"ErasureRequest": reflect.TypeFor[review.ErasureRequest](),
		"Document":       reflect.TypeFor[review.Document](),
		"ToolCall":       reflect.TypeFor[review.ToolCall](),
		"Usage":          reflect.TypeFor[review.Usage](),
	} {
		var fields []string
		for _, f := range reflect.VisibleFields(body) {
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" && tag != "-" {
				fields = append(fields, tag)
			}
		}
		require.ElementsMatch(t, fields, slices.Collect(maps.Keys(doc.Components.Schemas[name].Properties)), name)
	}
}

// TestReference: the page shows every call, every type and every field of the document, and leads nowhere that is not there.
func TestReference(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	page := site.Nobody().Get("/api")
	require.Equal(t, http.StatusOK, page.Code)
	text := page.Body.String()
	for path, operations := range description(t, site) {
		for _, o := range operations {
			require.Contains(t, text, `id="`+o.OperationID+`"`, path)
			require.Contains(t, text, path)
		}
	}
	ids, links := map[string]bool{}, 0
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		require.False(t, ids[m[1]], m[1])
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` href="#([^"]+)"`).FindAllStringSubmatch(text, -1) {
		links++
		require.True(t, ids[m[1]], m[1])
	}
	require.Greater(t, links, 100)
	require.Contains(t, text, "screening_us")
	require.Contains(t, text, "curl -sS")
}
