package ui

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/guardroom/guardroom/views/text"
)

// Bounds on what one JSON text may cost the browser.
const (
	maxJSONBytes = 1 << 20
	maxJSONNodes = 1_000 // values drawn; of what follows the number is said
	maxJSONDepth = 24
	openJSONTo   = 2   // how deep it begins unfolded
	maxJSONText  = 400 // bytes of one text that are drawn
)

// JSON is a JSON document that can be drawn folded.
type JSON struct {
	root jsonNode
	size int // bytes of the text
}

// jsonNode is one value of it.
type jsonNode struct {
	key      string
	named    bool
	kind     byte   // '{', '[', '"', or 0 for numbers, true, false and null
	text     string // of what is no container
	children []jsonNode
	count    int // of children, drawn or not
}

// ParseJSON reads an object or a list. What is neither, or is too long to be drawn as one, is not ok.
func ParseJSON(s string) (JSON, bool) {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if trimmed == "" || len(s) > maxJSONBytes || trimmed[0] != '{' && trimmed[0] != '[' || !json.Valid([]byte(s)) {
		return JSON{}, false
	}
	r := jsonReader{Decoder: json.NewDecoder(strings.NewReader(s)), left: maxJSONNodes}
	r.UseNumber()
	return JSON{root: r.value(0), size: len(s)}, true
}

// jsonReader reads text that is known to be valid.
type jsonReader struct {
	*json.Decoder
	left int // how many more values are kept
}

func (r *jsonReader) next() json.Token {
	t, _ := r.Token() // the text is valid
	return t
}

func (r *jsonReader) value(depth int) jsonNode {
	r.left--
	switch t := r.next().(type) {
	case json.Delim:
		n := jsonNode{kind: byte(t)}
		for r.More() {
			n.count++
			r.child(&n, depth)
		}
		r.next()
		return n
	case string:
		return jsonNode{kind: '"', text: t}
	case json.Number:
		return jsonNode{text: t.String()}
	case bool:
		return jsonNode{text: strconv.FormatBool(t)}
	default:
		return jsonNode{text: "null"}
	}
}

func (r *jsonReader) child(n *jsonNode, depth int) {
	key := ""
	if n.kind == '{' {
		key, _ = r.next().(string)
	}
	if r.left <= 0 || depth == maxJSONDepth {
		r.skip()
		return
	}
	c := r.value(depth + 1)
	c.key, c.named = key, n.kind == '{'
	n.children = append(n.children, c)
}

// skip reads over one value.
func (r *jsonReader) skip() {
	for depth := 0; ; {
		if t, ok := r.next().(json.Delim); ok {
			if t == '{' || t == '[' {
				depth++
			} else {
				depth--
			}
		}
		if depth == 0 {
			return
		}
	}
}

// Tree draws the document: what holds something folds, and what is long is cut with a word on how long it is.
func Tree(j JSON) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b strings.Builder
		b.WriteString(`<ul class="json" dir="ltr">`)
		drawJSON(ctx, &b, j.root, 0)
		b.WriteString(`</ul>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func drawJSON(ctx context.Context, b *strings.Builder, n jsonNode, depth int) {
	b.WriteString("<li>")
	defer b.WriteString("</li>")
	if n.kind != '{' && n.kind != '[' {
		drawJSONKey(b, n)
		drawJSONText(ctx, b, n)
		return
	}
	if n.count == 0 {
		drawJSONKey(b, n)
		b.WriteString(map[byte]string{'{': "{ }", '[': "[ ]"}[n.kind])
		return
	}
	b.WriteString("<details")
	if depth < openJSONTo {
		b.WriteString(" open")
	}
	b.WriteString("><summary>")
	drawJSONKey(b, n)
	b.WriteString(`<span class="json-size">` + templ.EscapeString(sizeOfJSON(ctx, n)) + `</span></summary><ul>`)
	for _, c := range n.children {
		drawJSON(ctx, b, c, depth+1)
	}
	if hidden := n.count - len(n.children); hidden > 0 {
		b.WriteString(`<li class="json-more">` + templ.EscapeString(text.T(ctx, "%d more are not drawn", hidden)) + `</li>`)
	}
	b.WriteString("</ul></details>")
}

func sizeOfJSON(ctx context.Context, n jsonNode) string {
	if n.kind == '{' {
		return text.T(ctx, "{ %d fields }", n.count)
	}
	return text.T(ctx, "[ %d entries ]", n.count)
}

func drawJSONKey(b *strings.Builder, n jsonNode) {
	if !n.named {
		return
	}
	b.WriteString(`<span class="json-key" dir="auto">`)
	drawPlain(b, cutText(n.key, maxJSONText))
	b.WriteString(`:</span> `)
}

func drawJSONText(ctx context.Context, b *strings.Builder, n jsonNode) {
	if n.kind != '"' {
		b.WriteString(`<span class="json-value">` + templ.EscapeString(cutText(n.text, maxJSONText)) + `</span>`)
		return
	}
	head := cutText(n.text, maxJSONText)
	b.WriteString(`<span class="json-text" dir="auto">&#34;`)
	drawPlain(b, head)
	b.WriteString(`&#34;</span>`)
	if left := len(n.text) - len(head); left > 0 {
		b.WriteString(` <span class="json-more">` + templ.EscapeString(text.T(ctx, "… and %s more", Bytes(left))) + `</span>`)
	}
}

// drawPlain writes a text without marks, with what is hidden in it made visible.
func drawPlain(b *strings.Builder, s string) {
	for _, piece := range Pieces(s, nil) {
		drawText(b, piece)
	}
}

// cutText is the start of a text, cut between characters.
func cutText(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
