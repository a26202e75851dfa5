package ui

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Span is a part of a text that is marked: byte offsets into its UTF-8, half open.
type Span struct {
	Start, End int
	Tone       string // low, medium, high, critical or think: how it is drawn
	Number     int    // the number of the card that it belongs to
	Label      string // says the card in words, for screen readers
}

// Bounds on what one text may cost the browser.
const (
	maxSpans   = 400    // marks drawn in one text; the cards name all
	maxPieces  = 12_000 // pieces drawn one by one; what follows is one piece
	maxOverlap = 12     // marks over one place
	longRun    = 8      // hidden characters in a row that are drawn one by one
)

// Piece is a stretch of a text that is drawn alike. The pieces of a text tile it: every byte belongs to exactly one.
type Piece struct {
	Start, End int    // byte offsets into the text
	Text       string // what is drawn
	Name       string // not "" when Text is a label that stands for characters nobody sees: what they are
	Crowded    bool   // the rest of a text with too many pieces: hidden characters are drawn as ▯
	Marks      []int  // the spans over it, as indexes, in the order of their numbers
	Opens      []int  // those of them that begin here
}

// Bytes is how many bytes of the text the piece stands for.
func (p Piece) Bytes() int { return p.End - p.Start }

// Verbatim tells whether the piece draws exactly the bytes that it stands for.
func (p Piece) Verbatim() bool { return p.Name == "" && !p.Crowded }

// Pieces cuts a text where what is drawn changes: at the edges of spans and around characters that nobody sees. Spans may overlap,
// lie partly or wholly outside, be empty or begin in the middle of a character: they are clamped and widened to whole characters, and those without
// any text are left out.
func Pieces(text string, spans []Span) []Piece {
	spans = clampAll(text, spans)
	c := cutter{text: text, spans: spans, edges: edges(spans), sight: sight{text: text}}
	return c.run()
}

// Edges of a span: where it begins and ends.
type edge struct {
	at    int
	span  int
	opens bool
}

func clampAll(text string, spans []Span) []Span {
	out := slices.Clone(spans)
	for i := range out {
		out[i].Start, out[i].End = clamp(text, out[i].Start, out[i].End)
	}
	return out
}

func clamp(text string, start, end int) (int, int) {
	start, end = max(0, min(start, len(text))), max(0, min(end, len(text)))
	if start >= end {
		return start, start
	}
	for start > 0 && !boundary(text, start) {
		start--
	}
	for end < len(text) && !boundary(text, end) {
		end++
	}
	return start, end
}

// boundary tells whether a character begins at the offset. Stray continuation bytes, of which invalid text may hold many, each count as one
// character; a valid character is at most four bytes, so looking back three is enough.
func boundary(text string, at int) bool {
	if at >= len(text) || utf8.RuneStart(text[at]) {
		return true
	}
	for back := at - 1; back >= 0 && back > at-utf8.UTFMax; back-- {
		if !utf8.RuneStart(text[back]) {
			continue
		}
		_, size := utf8.DecodeRuneInString(text[back:])
		return back+size <= at
	}
	return true
}

func edges(spans []Span) []edge {
	var out []edge
	for i, s := range spans {
		if s.Start == s.End || len(out) >= 2*maxSpans {
			continue
		}
		out = append(out, edge{s.Start, i, true}, edge{s.End, i, false})
	}
	slices.SortStableFunc(out, func(a, b edge) int { return a.at - b.at })
	return out
}

type cutter struct {
	text   string
	spans  []Span
	edges  []edge // those still ahead, nearest first
	active []int
	opens  []int
	sight  sight
	out    []Piece
	at     int
	prev   rune
}

func (c *cutter) run() []Piece {
	c.prev = utf8.RuneError
	for c.at < len(c.text) {
		c.crossEdges()
		if len(c.out) >= maxPieces {
			c.rest()
			break
		}
		limit := len(c.text)
		if len(c.edges) > 0 {
			limit = c.edges[0].at
		}
		if end := c.visibleUntil(limit); end > c.at {
			c.emit(Piece{Start: c.at, End: end, Text: c.text[c.at:end]})
			continue
		}
		c.emit(c.hiddenUntil(limit))
	}
	return c.out
}

func (c *cutter) crossEdges() {
	for len(c.edges) > 0 && c.edges[0].at <= c.at {
		e := c.edges[0]
		c.edges = c.edges[1:]
		if e.opens && len(c.active) == maxOverlap {
			continue
		}
		if e.opens {
			c.active = append(c.active, e.span)
			c.opens = append(c.opens, e.span)
			continue
		}
		c.active = slices.DeleteFunc(c.active, func(i int) bool { return i == e.span })
		c.opens = slices.DeleteFunc(c.opens, func(i int) bool { return i == e.span })
	}
}

func (c *cutter) emit(p Piece) {
	p.Marks, p.Opens = c.inOrder(c.active), c.inOrder(c.opens)
	c.opens = nil
	c.out = append(c.out, p)
	c.prev, _ = utf8.DecodeLastRuneInString(c.text[:p.End])
	c.at = p.End
}

func (c *cutter) inOrder(spans []int) []int {
	if len(spans) == 0 {
		return nil
	}
	out := slices.Clone(spans)
	slices.SortFunc(out, func(a, b int) int { return c.spans[a].Number - c.spans[b].Number })
	return out
}

// rest draws everything that is left as one piece.
func (c *cutter) rest() {
	var b strings.Builder
	prev := c.prev
	for i := c.at; i < len(c.text); {
		r, size := utf8.DecodeRuneInString(c.text[i:])
		if c.sight.hidden(prev, r, i, size) {
			r = '▯'
		}
		b.WriteRune(r)
		prev = r
		i += size
	}
	c.emit(Piece{Start: c.at, End: len(c.text), Text: b.String(), Crowded: true})
}

func (c *cutter) visibleUntil(limit int) int {
	prev := c.prev
	for i := c.at; i < limit; {
		r, size := utf8.DecodeRuneInString(c.text[i:])
		if c.sight.hidden(prev, r, i, size) {
			return i
		}
		prev = r
		i += size
	}
	return limit
}

// hiddenUntil makes the piece that begins with the hidden character at c.at. A carriage return before a line feed is part of the line
// break; tags are spelt out, because they spell a message; equal characters are counted, and a long mixed run is one piece.
func (c *cutter) hiddenUntil(limit int) Piece {
	first, size := utf8.DecodeRuneInString(c.text[c.at:])
	if first == '\r' && c.at+1 < limit && c.text[c.at+1] == '\n' {
		return Piece{Start: c.at, End: c.at + 1, Name: "CARRIAGE RETURN U+000D"}
	}
	if first == utf8.RuneError && size == 1 {
		return Piece{Start: c.at, End: c.at + 1, Text: fmt.Sprintf("0x%02X", c.text[c.at]), Name: "NOT UTF-8"}
	}
	end, count, mixed := c.at, 0, false
	sameEnd, same := c.at, 0
	var tags strings.Builder
	prev := c.prev
	for end < limit {
		r, n := utf8.DecodeRuneInString(c.text[end:])
		if !c.sight.hidden(prev, r, end, n) || isTag(r) != isTag(first) || r == '\r' && end > c.at {
			break
		}
		if r >= tagSpace && r < tagCancel {
			tags.WriteByte(byte(r - tagFirst))
		}
		mixed = mixed || r != first
		end += n
		count++
		if !mixed {
			sameEnd, same = end, count
		}
		prev = r
	}
	switch {
	case isTag(first):
		return Piece{Start: c.at, End: end, Text: "TAG:" + strings.TrimSpace(tags.String()), Name: fmt.Sprintf("%d TAG CHARACTERS", count)}
	case mixed && count > longRun:
		return Piece{Start: c.at, End: end, Text: fmt.Sprintf("HIDDEN×%d", count), Name: fmt.Sprintf("%d HIDDEN CHARACTERS", count)}
	}
	n := nameHidden(first)
	if same > 1 {
		return Piece{Start: c.at, End: sameEnd, Text: fmt.Sprintf("%s×%d", n.label, same), Name: fmt.Sprintf("%d × %s", same, n.name)}
	}
	return Piece{Start: c.at, End: sameEnd, Text: n.label, Name: n.name}
}

// HasHidden tells whether a text holds a character that nobody would see.
func HasHidden(text string) bool {
	s, prev := sight{text: text}, utf8.RuneError
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if s.hidden(prev, r, i, size) && !(r == '\r' && strings.HasPrefix(text[i+1:], "\n")) {
			return true
		}
		prev = r
		i += size
	}
	return false
}

// Escaped writes a text with every hidden character as its code point, \u{200b}, and every byte that is not UTF-8 as \xff.
func Escaped(text string) string {
	var b strings.Builder
	s, prev := sight{text: text}, utf8.RuneError
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case s.hidden(prev, r, i, size):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteString(text[i : i+size])
		}
		prev = r
		i += size
	}
	return b.String()
}

// Fold cuts pieces in two at about a byte offset, so that a long text can begin folded. A piece is cut at the last line break or blank before the
// offset, or at a whole character.
func Fold(pieces []Piece, at int) (head, tail []Piece) {
	for i, p := range pieces {
		if p.End < at {
			continue
		}
		cut := foldPoint(p, at)
		if cut <= p.Start {
			return pieces[:i], pieces[i:]
		}
		if cut >= p.End {
			return pieces[:i+1], pieces[i+1:]
		}
		left, right := p, p
		left.End, left.Text = cut, p.Text[:cut-p.Start]
		right.Start, right.Text, right.Opens = cut, p.Text[cut-p.Start:], nil
		head = append(slices.Clone(pieces[:i]), left)
		return head, append([]Piece{right}, pieces[i+1:]...)
	}
	return pieces, nil
}

func foldPoint(p Piece, at int) int {
	if !p.Verbatim() {
		return p.Start
	}
	upTo := min(at-p.Start, len(p.Text))
	near := p.Text[max(0, upTo-200):upTo]
	for _, stop := range []string{"\n", " "} {
		if i := strings.LastIndex(near, stop); i >= 0 {
			return p.Start + upTo - len(near) + i + len(stop)
		}
	}
	for upTo > 0 && upTo < len(p.Text) && !utf8.RuneStart(p.Text[upTo]) {
		upTo--
	}
	return p.Start + upTo
}
