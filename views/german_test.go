package views_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/text/language"

	"github.com/guardroom/guardroom/views/text"
)

// Whatever the catalogue has in German, no page says in English to somebody who reads German.
func TestNoPageMixesLanguages(t *testing.T) {
	german := text.With(t.Context(), language.German)
	for _, s := range stories(t) {
		t.Run(s.Name, func(t *testing.T) {
			var b strings.Builder
			require.NoError(t, s.Page.Render(german, &b))
			doc, err := html.Parse(strings.NewReader(b.String()))
			require.NoError(t, err)
			walk(doc, func(n *html.Node) {
				for c := n.FirstChild; c != nil; c = c.NextSibling {
					if c.Type == html.TextNode && !hasUserText(n) {
						speaksGerman(t, strings.TrimSpace(c.Data))
					}
				}
				for _, name := range []string{"aria-label", "title", "placeholder"} {
					speaksGerman(t, attr(n, name))
				}
			})
		})
	}
}

func speaksGerman(t *testing.T, said string) {
	t.Helper()
	if translated := text.Word(text.With(t.Context(), language.German), said); translated != said {
		t.Errorf("%q is said in English; German is %q", said, translated)
	}
}

// hasUserText: what people and models wrote is in whatever language they wrote it, a document in English says so, and an identifier, which is
// in the type of code, is no word.
func hasUserText(n *html.Node) bool {
	for up := n; up != nil; up = up.Parent {
		if attr(up, "lang") == "en" {
			return true
		}
	}
	return attr(n, "dir") == "auto" || slices.Contains(strings.Fields(attr(n, "class")), "mono")
}
