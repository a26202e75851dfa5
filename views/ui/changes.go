package ui

import (
	"context"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/guardroom/guardroom/views/text"
)

// Change is a part of a text and what stands in its place: byte offsets, half open.
type Change struct {
	Start, End int
	With       string
}

// Bounds on the drawing of changes.
const (
	maxChanges    = 400
	aroundChanges = 160 // bytes of what stays that are drawn on either side
)

// Changes draws a text with what was taken out and what was put in. Of long stretches that stay the length is said.
func Changes(s string, changes []Change) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b strings.Builder
		b.WriteString(`<div class="passage is-changes" dir="auto">`)
		c := changer{ctx: ctx, b: &b, text: s}
		c.draw(changes)
		b.WriteString(`</div>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

type changer struct {
	ctx  context.Context
	b    *strings.Builder
	text string
}

func (c changer) draw(changes []Change) {
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b Change) int { return a.Start - b.Start })
	at, drawn := 0, 0
	for _, ch := range changes {
		start, end := clamp(c.text, ch.Start, ch.End)
		if start >= end || start < at || drawn == maxChanges {
			continue
		}
		c.stays(at, start, drawn > 0, true)
		c.change("del", text.T(c.ctx, "taken out:"), c.text[start:end])
		c.change("ins", text.T(c.ctx, "put in:"), ch.With)
		at = end
		drawn++
	}
	c.stays(at, len(c.text), drawn > 0, false)
	if left := len(changes) - drawn; drawn == maxChanges && left > 0 {
		c.note(text.T(c.ctx, "%d more changes are not drawn", left))
	}
}

func (c changer) change(element, says, s string) {
	c.b.WriteString("<" + element + `><span class="vh">` + templ.EscapeString(says) + ` </span>`)
	drawPlain(c.b, cutText(s, maxJSONText))
	c.b.WriteString("</" + element + ">")
}

// stays draws a stretch that did not change: its ends, where there is a change beside them.
func (c changer) stays(from, to int, before, after bool) {
	stretch := c.text[from:to]
	head, tail := 0, 0
	if before {
		head = aroundChanges
	}
	if after {
		tail = aroundChanges
	}
	if len(stretch) <= head+tail+aroundChanges {
		drawPlain(c.b, stretch)
		return
	}
	first := cutText(stretch, head)
	last := stretch[max(len(first), len(stretch)-tail):]
	for len(last) > 0 && !utf8.RuneStart(last[0]) {
		last = last[1:]
	}
	drawPlain(c.b, first)
	c.note(text.T(c.ctx, "%s stay as they are", Bytes(len(stretch)-len(first)-len(last))))
	drawPlain(c.b, last)
}

func (c changer) note(s string) {
	c.b.WriteString(` <span class="stays">⋯ ` + templ.EscapeString(s) + ` ⋯</span> `)
}
