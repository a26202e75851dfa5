package webtest

import (
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// Contract is the OpenAPI document that a Site serves, for holding answers to it.
type Contract struct {
	document any
	paths    map[string]*regexp.Regexp
	unseen   map[string]bool // the answers that it tells of: method, path and status
	seen     int
	compiler *jsonschema.Compiler
}

const contractURL = "https://guardroom.test/openapi.json"

var parameterOfPath = regexp.MustCompile(`\\\{[a-z]+\\\}`)

// Contract reads the document. In its answers no field may be missing in the document, whether or not it says so itself.
func (s *Site) Contract(t testing.TB) *Contract {
	t.Helper()
	answer := s.Nobody().Get("/api/openapi.json")
	require.Equal(t, http.StatusOK, answer.Code)
	document, err := jsonschema.UnmarshalJSON(answer.Body)
	require.NoError(t, err)
	closeObjects(document)
	c := &Contract{document: document, paths: map[string]*regexp.Regexp{}, unseen: map[string]bool{}, compiler: jsonschema.NewCompiler()}
	require.NoError(t, c.compiler.AddResource(contractURL, document))
	for path, operations := range document.(map[string]any)["paths"].(map[string]any) {
		for method, operation := range operations.(map[string]any) {
			for status := range operation.(map[string]any)["responses"].(map[string]any) {
				c.unseen[answerKey(method, path, status)] = true
			}
		}
		c.paths[path] = regexp.MustCompile("^" + parameterOfPath.ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
	}
	return c
}

func answerKey(method, path, status string) string {
	return strings.ToUpper(method) + " " + path + " " + status
}

// Unseen lists the answers that the document tells of and that Check has not met.
func (c *Contract) Unseen() []string { return slices.Sorted(maps.Keys(c.unseen)) }

// Seen is how many different answers Check has met.
func (c *Contract) Seen() int { return c.seen }

// closeObjects refuses fields that the document does not tell of.
func closeObjects(node any) {
	switch node := node.(type) {
	case []any:
		for _, below := range node {
			closeObjects(below)
		}
	case map[string]any:
		if _, ok := node["properties"].(map[string]any); ok && node["type"] == "object" && node["additionalProperties"] == nil {
			node["additionalProperties"] = false
		}
		for _, below := range node {
			closeObjects(below)
		}
	}
}

// Check fails unless the document tells of such an answer.
func (c *Contract) Check(t testing.TB, method, path string, status int, header http.Header, body []byte) {
	t.Helper()
	answer, where := c.at("/paths/" + escapePointer(c.documented(path)) + "/" + strings.ToLower(method) + "/responses/" + strconv.Itoa(status))
	require.NotNil(t, answer, "%s %s: %d is not documented", method, path, status)
	if key := answerKey(method, c.documented(path), strconv.Itoa(status)); c.unseen[key] {
		delete(c.unseen, key)
		c.seen++
	}
	content, _ := answer.(map[string]any)["content"].(map[string]any)
	if content == nil {
		require.Empty(t, body, "%s %s: %d", method, path, status)
		return
	}
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	require.NoError(t, err)
	require.Contains(t, content, kind, "%s %s: %d", method, path, status)
	c.validate(t, where+"/content/"+escapePointer(kind)+"/schema", body)
}

// documented is what a path is called in the document; one without parameters comes first.
func (c *Contract) documented(path string) string {
	if _, exact := c.paths[path]; exact {
		return path
	}
	for documented, pattern := range c.paths {
		if pattern.MatchString(path) {
			return documented
		}
	}
	return path
}

func (c *Contract) validate(t testing.TB, pointer string, body []byte) {
	t.Helper()
	schema, err := c.compiler.Compile(contractURL + "#" + pointer)
	require.NoError(t, err)
	var value any
	require.NoError(t, json.Unmarshal(body, &value), "%s", body)
	require.NoError(t, schema.Validate(value), "%s", body)
}

// at follows a JSON pointer, and the reference that it leads to.
func (c *Contract) at(pointer string) (node any, where string) {
	node = c.document
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		object, ok := node.(map[string]any)
		if !ok {
			return nil, ""
		}
		node = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	if object, ok := node.(map[string]any); ok {
		if to, ok := object["$ref"].(string); ok {
			return c.at(strings.TrimPrefix(to, "#"))
		}
	}
	return node, pointer
}

func escapePointer(part string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(part)
}
