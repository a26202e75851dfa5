package views_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/guardroom/guardroom/static"
	"github.com/guardroom/guardroom/views/storybook"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fingerprint is the part of an asset's name that changes with every edit of a style sheet.
var fingerprint = regexp.MustCompile(`(/static/[a-z]+)\.[0-9a-f]{16}\.`)

func stories(t *testing.T) []storybook.Story {
	t.Helper()
	assets, err := static.New()
	require.NoError(t, err)
	all := storybook.Stories(assets)
	require.Greater(t, len(all), 40)
	return all
}

func render(t *testing.T, s storybook.Story) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, s.Page.Render(context.Background(), &b))
	return b.String()
}

// A golden file has one tag a line, and neither fingerprints nor the bundle, which is there only where it was built.
func golden(page string) string {
	page = fingerprint.ReplaceAllString(page, "$1.")
	page = strings.Replace(page, `<script src="/static/app.js" defer></script>`, "", 1)
	return strings.ReplaceAll(page, "><", ">\n<") + "\n"
}

func TestGolden(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range stories(t) {
		require.Regexp(t, `^[a-z0-9-]+$`, s.Name)
		require.False(t, seen[s.Name], "two stories are named %s", s.Name)
		seen[s.Name] = true
		t.Run(s.Name, func(t *testing.T) {
			got := golden(render(t, s))
			path := filepath.Join("testdata", s.Name+".golden.html")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
				return
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err, "look at the page, then write the golden file with: go test ./views -update")
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Fatalf("the page changed (-want +got); if it is meant, go test ./views -update\n%s", diff)
			}
		})
	}
	files, err := filepath.Glob("testdata/*.golden.html")
	require.NoError(t, err)
	require.Len(t, files, len(seen), "a golden file without a story")
}

// What every page must keep, whatever it shows.
func TestPagesKeepTheRules(t *testing.T) {
	for _, s := range stories(t) {
		t.Run(s.Name, func(t *testing.T) {
			page := render(t, s)
			require.True(t, strings.HasPrefix(page, "<!doctype html>"), "no doctype")
			doc, err := html.Parse(strings.NewReader(page))
			require.NoError(t, err)
			ids := map[string]bool{}
			walk(doc, func(n *html.Node) {
				checkPolicy(t, n)
				checkForm(t, n)
				if id := attr(n, "id"); id != "" {
					require.False(t, ids[id], "the id %q stands twice", id)
					ids[id] = true
				}
			})
			walk(doc, func(n *html.Node) { checkReferences(t, n, ids) })
		})
	}
}

func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// checkPolicy holds a page to the Content-Security-Policy: it allows no inline script and no inline style.
func checkPolicy(t *testing.T, n *html.Node) {
	t.Helper()
	require.NotEqual(t, "style", n.Data)
	if n.Data == "script" {
		require.NotEmpty(t, attr(n, "src"))
		require.Nil(t, n.FirstChild)
	}
	for _, a := range n.Attr {
		require.NotEqual(t, "style", a.Key, "%s has an inline style", n.Data)
		require.False(t, strings.HasPrefix(a.Key, "on"), "%s has an inline handler %s", n.Data, a.Key)
		require.False(t, strings.HasPrefix(a.Key, "hx-on"), "%s runs a script from an attribute", n.Data)
		require.False(t, strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:"), "%s has a script for an address", n.Data)
	}
}

// checkForm holds every action to what works without a script.
func checkForm(t *testing.T, n *html.Node) {
	t.Helper()
	if n.Data != "form" || attr(n, "method") == "dialog" {
		return
	}
	require.Contains(t, []string{"get", "post"}, attr(n, "method"))
	require.True(t, strings.HasPrefix(attr(n, "action"), "/"), "a form posts to %q", attr(n, "action"))
}

// checkReferences holds labels, descriptions and links within the page to what is there.
func checkReferences(t *testing.T, n *html.Node, ids map[string]bool) {
	t.Helper()
	for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "form"} {
		for ref := range strings.FieldsSeq(attr(n, name)) {
			require.True(t, ids[ref], "%s %s=%q points nowhere", n.Data, name, ref)
		}
	}
	if href := attr(n, "href"); n.Data == "a" && strings.HasPrefix(href, "#") {
		require.True(t, ids[href[1:]], "a link to %s points nowhere", href)
	}
}
