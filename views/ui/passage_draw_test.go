package ui

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// readBack reads a drawn passage as a browser does, and puts the original bytes back where an element says that it stands for some.
func readBack(t require.TestingT, page, original string) string {
	doc, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "data-bytes" {
				stands, err := strconv.Atoi(a.Val)
				require.NoError(t, err)
				require.LessOrEqual(t, b.Len()+stands, len(original))
				b.WriteString(original[b.Len() : b.Len()+stands])
				return
			}
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return b.String()
}

func drawn(t require.TestingT, p Passage) string {
	var page bytes.Buffer
	require.NoError(t, Text(p).Render(context.Background(), &page))
	return page.String()
}

func TestWhatIsShownIsTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alphabet := []rune("ab<>&\"' \n\t\r\x00é漢😀\u200b\u202e")
		text := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 60, -1).Draw(t, "text")
		spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Span {
			return Span{Start: rapid.IntRange(0, len(text)).Draw(t, "start"), End: rapid.IntRange(0, len(text)).Draw(t, "end"), Number: rapid.IntRange(1, 9).Draw(t, "number"), Tone: "high", Label: `"<x>`}
		}), 0, 5).Draw(t, "spans")
		require.Equal(t, text, readBack(t, drawn(t, Passage{Segment: "prompt", Text: text, Spans: spans}), text))
	})
}

func TestAFoldedTextIsWhole(t *testing.T) {
	text := strings.Repeat("one two\u200b three\r\n", FoldAbove/10)
	page := drawn(t, Passage{Text: text, Spans: []Span{{Start: 5, End: 15_000, Number: 1}}})
	require.Contains(t, page, "<details")
	require.Equal(t, text, readBack(t, page, text))
}

func TestHostileTextIsEscaped(t *testing.T) {
	page := drawn(t, Passage{Segment: `"><script>`, Text: `<script>alert(1)</script><img onerror=x>`, Spans: []Span{{Start: 0, End: 8, Number: 1, Tone: `"><b>`, Label: `"><i>`}}})
	for _, tag := range []string{"<script", "<img", "<b>", "<i>"} {
		require.NotContains(t, page, tag)
	}
}

func TestMarksAndRefsPointAtEachOther(t *testing.T) {
	page := drawn(t, Passage{Text: "abcdef", Spans: []Span{{Start: 0, End: 3, Number: 2, Tone: "low"}, {Start: 0, End: 6, Number: 1, Tone: "critical"}}})
	require.Contains(t, page, `<mark id="mark-1" data-tone="critical" data-marks="1 2">abc</mark>`)
	require.Contains(t, page, `<mark data-tone="critical" data-marks="1">def</mark>`)
	require.Contains(t, page, `id="mark-2" data-tone="low" href="#card-2"`)
	require.Equal(t, 1, strings.Count(page, `id="mark-1"`))
}
