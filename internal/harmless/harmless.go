// Package harmless keeps text from doing anything but being read: in a terminal, in a log,
// in a line of a file. It knows characters, not what they are about.
package harmless

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Acts tells whether a character does something to what stands around it: it steers a
// terminal (C0, DEL, C1), turns the order of a line around (bidirectional controls),
// ends one (U+2028, U+2029), or cannot be seen and hides text (tags).
func Acts(r rune) bool {
	switch {
	case r < 0x20, 0x7f <= r && r < 0xa0, r == 0x2028, r == 0x2029:
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return true
	case 0xe0000 <= r && r < 0xe0080:
		return true
	}
	return false
}

// Visible puts a picture (U+2400 ff.) in the place of each character that Acts, or its
// number where there is no picture. The result is valid UTF-8.
func Visible(text string) string { return visible(text, "") }

// Lines is Visible, and leaves line feeds and tabs alone.
func Lines(text string) string { return visible(text, "\n\t") }

func visible(text, kept string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r == utf8.RuneError || Acts(r) && !strings.ContainsRune(kept, r) }) {
		return text
	}
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case !Acts(r) || strings.ContainsRune(kept, r):
			b.WriteRune(r)
		case r < 0x20:
			b.WriteRune(0x2400 + r)
		case r == 0x7f:
			b.WriteRune(0x2421)
		default:
			fmt.Fprintf(&b, "\\u{%x}", r)
		}
	}
	return b.String()
}

// JSON escapes, inside the texts of a JSON document, the characters that Act and that
// JSON does not make its writer escape. The document means what it meant. Line feeds
// between values stay.
func JSON(document []byte) []byte {
	if !bytes.ContainsFunc(document, actsInJSON) {
		return document
	}
	out := make([]byte, 0, len(document)+64)
	for len(document) > 0 {
		r, size := utf8.DecodeRune(document)
		switch {
		case !actsInJSON(r):
			out = append(out, document[:size]...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		document = document[size:]
	}
	return out
}

// actsInJSON: what is below U+0020 is escaped already, or stands between values.
func actsInJSON(r rune) bool { return r >= 0x7f && Acts(r) }

// JSONWriter hands on what is written, by JSON. Each call of Write has whole characters.
func JSONWriter(w io.Writer) io.Writer { return jsonWriter{w} }

type jsonWriter struct{ w io.Writer }

func (j jsonWriter) Write(b []byte) (int, error) {
	if _, err := j.w.Write(JSON(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}
