package ui

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// draw writes pieces one after the other. It is written by hand because a template may put white space between elements, and here every
// character counts: what is shown must be the text and nothing else.
func (p Passage) draw(pieces []Piece) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, piece := range pieces {
			p.drawPiece(&b, piece)
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func (p Passage) drawPiece(b *strings.Builder, piece Piece) {
	if len(piece.Marks) == 0 {
		drawText(b, piece)
		return
	}
	for i, s := range piece.Opens {
		p.drawRef(b, p.Spans[s], i > 0)
	}
	b.WriteString("<mark")
	if len(piece.Opens) > 0 {
		attribute(b, "id", MarkID(p.Spans[piece.Opens[0]].Number))
	}
	attribute(b, "data-tone", p.tone(piece))
	attribute(b, "data-marks", p.numbers(piece))
	b.WriteString(">")
	drawText(b, piece)
	b.WriteString("</mark>")
}

// drawRef writes the small number before a mark, which leads to its card. A mark is named after the first card that begins at it; for the
// others the number bears the name.
func (p Passage) drawRef(b *strings.Builder, s Span, named bool) {
	b.WriteString(`<a class="ref"`)
	if named {
		attribute(b, "id", MarkID(s.Number))
	}
	attribute(b, "data-tone", s.Tone)
	attribute(b, "href", "#"+CardID(s.Number))
	attribute(b, "aria-label", s.Label)
	attribute(b, "data-marks", strconv.Itoa(s.Number))
	b.WriteString(` data-bytes="0">` + strconv.Itoa(s.Number) + `</a>`)
}

// drawText writes the text of a piece. What does not stand for itself says for how many bytes it stands.
func drawText(b *strings.Builder, piece Piece) {
	if piece.Verbatim() {
		b.WriteString(templ.EscapeString(piece.Text))
		return
	}
	b.WriteString("<span")
	switch {
	case piece.Crowded:
		attribute(b, "class", "crowded")
		attribute(b, "title", "Too many hidden characters to name each: ▯ stands for them from here on")
	case piece.Text != "":
		attribute(b, "class", "hid")
		attribute(b, "title", piece.Name)
		attribute(b, "role", "img")
		attribute(b, "aria-label", strings.ToLower(piece.Name))
	}
	attribute(b, "data-bytes", strconv.Itoa(piece.Bytes()))
	b.WriteString(">" + templ.EscapeString(piece.Text) + "</span>")
}

func attribute(b *strings.Builder, name, value string) {
	b.WriteString(" " + name + `="` + templ.EscapeString(value) + `"`)
}
