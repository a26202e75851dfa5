package views_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// What is worded otherwise waits for somebody who looks at it: the form begins with the others chosen.
func TestWhatIsOnlyNearIsNotChosenByItself(t *testing.T) {
	near, others := 0, 0
	for _, s := range stories(t) {
		if s.Name != "alike" {
			continue
		}
		var b strings.Builder
		require.NoError(t, s.Page.Render(t.Context(), &b))
		doc, err := html.Parse(strings.NewReader(b.String()))
		require.NoError(t, err)
		walk(doc, func(n *html.Node) {
			if n.Data != "tr" {
				return
			}
			line := textOf(n)
			walk(n, func(box *html.Node) {
				if attr(box, "type") != "checkbox" {
					return
				}
				_, checked := attrs(box)["checked"]
				require.Equal(t, !strings.Contains(line, "worded otherwise"), checked, line)
				if checked {
					others++
				} else {
					near++
				}
			})
		})
	}
	require.Positive(t, near)
	require.Positive(t, others)
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	said := ""
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		said += " " + textOf(c)
	}
	return said
}

func attrs(n *html.Node) map[string]string {
	out := map[string]string{}
	for _, a := range n.Attr {
		out[a.Key] = a.Val
	}
	return out
}
