package textview

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// maxPieces bounds how many blobs of one encoding make up a view.
const maxPieces = 64

// blobs decodes what stands in the text as base64, base32 or hexadecimal digits, one
// view for each encoding with the pieces on lines of their own. What does not read
// as text is left out.
func blobs(v *View, limit int) []*View {
	d := blobDecoder{view: v, limit: limit}
	text := v.Text
	for i := 0; i < len(text); {
		if asciiClass[text[i]]&asBlob == 0 {
			i++
			continue
		}
		end := i
		for end < len(text) && asciiClass[text[end]]&asBlob != 0 {
			end++
		}
		if end-i >= minBlob {
			end = wrappedEnd(text, i, end)
			d.decode(i, end)
		}
		i = end
	}
	return d.views()
}

// wrappedEnd goes on over line breaks when a blob is wrapped at a fixed width.
func wrappedEnd(text string, start, end int) int {
	const minWidth = 40
	width := end - start
	if width < minWidth {
		return end
	}
	for {
		next := end
		if strings.HasPrefix(text[next:], "\r\n") {
			next++
		}
		if next >= len(text) || text[next] != '\n' {
			return end
		}
		next++
		line := next
		for line < len(text) && line-next <= width && asciiClass[text[line]]&asBlob != 0 {
			line++
		}
		if size := line - next; size == 0 || size > width || (size < width && !endsLine(text, line)) {
			return end
		}
		end = line
		if end-next < width {
			return end
		}
	}
}

func endsLine(text string, i int) bool {
	return i == len(text) || text[i] == '=' || text[i] == '\n' || text[i] == '\r' || text[i] == ' '
}

type blobDecoder struct {
	view             *View
	limit            int
	b64, b32, hexes  *builder
	n64, n32, nHexes int
}

// decode tries the encodings of a blob, the one with the fewest digits first.
func (d *blobDecoder) decode(start, end int) {
	blob := d.view.Text[start:end]
	if strings.ContainsAny(blob, "\r\n") {
		blob = strings.NewReplacer("\r", "", "\n", "").Replace(blob)
	}
	switch {
	case d.add(&d.hexes, &d.nHexes, start, end, fromHex(blob)):
	case d.add(&d.b32, &d.n32, start, end, fromBase32(blob)):
	case d.add(&d.b64, &d.n64, start, end, fromBase64(blob)):
	}
}

// add appends a decoded piece; false when there is none.
func (d *blobDecoder) add(b **builder, n *int, start, end int, piece []byte) bool {
	if piece == nil {
		return false
	}
	*n++
	if *n > maxPieces {
		(*b).full = true
		return true
	}
	if *b == nil {
		*b = newBuilder(len(piece), d.limit)
	} else {
		(*b).put(start, start, "\n")
	}
	(*b).put(start, end, d.fitting(*b, string(piece)))
	return true
}

// fitting cuts a piece to the room that is left, so that the start of a large blob
// is seen whatever its size.
func (d *blobDecoder) fitting(b *builder, piece string) string {
	room := b.limit - len(b.text)
	if len(piece) <= room {
		return piece
	}
	piece = piece[:max(room, 0)]
	for len(piece) > 0 && !validEnd(piece) {
		piece = piece[:len(piece)-1]
	}
	return piece
}

// views returns the views in the order hex, base32, base64.
func (d *blobDecoder) views() (out []*View) {
	for _, x := range []struct {
		b    *builder
		kind Kind
	}{{d.hexes, KindHex}, {d.b32, KindBase32}, {d.b64, KindBase64}} {
		if x.b != nil && len(x.b.text) > 0 {
			out = append(out, x.b.view(x.kind, d.view))
		}
	}
	return out
}

func fromHex(blob string) []byte {
	if len(blob) > 2 && blob[0] == '0' && blob[1]|0x20 == 'x' {
		blob = blob[2:]
	}
	if len(blob)%2 != 0 || !all(blob, asHex) {
		return nil
	}
	return text(hex.DecodeString(blob))
}

func fromBase32(blob string) []byte {
	for i := 0; i < len(blob); i++ {
		if c := blob[i]; (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return nil
		}
	}
	return text(base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(blob))
}

func fromBase64(blob string) []byte {
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(blob, "-_") {
		encoding = base64.RawURLEncoding
	}
	if len(blob)%4 == 1 {
		return nil
	}
	// The first bytes tell images and keys from text without decoding all of them.
	if head := min(len(blob), 64) / 4 * 4; !printable(text64(encoding, blob[:head])) {
		return nil
	}
	return text(encoding.DecodeString(blob))
}

func text64(encoding *base64.Encoding, blob string) []byte {
	decoded, err := encoding.DecodeString(blob)
	if err != nil {
		return nil
	}
	return decoded
}

// printable tells bytes without control characters.
func printable(b []byte) bool {
	for _, c := range b {
		if asciiClass[c]&asControl != 0 {
			return false
		}
	}
	return len(b) > 0
}

// text passes on what reads as text.
func text(decoded []byte, err error) []byte {
	if err != nil || !readable(decoded) {
		return nil
	}
	return decoded
}

func all(s string, bits uint16) bool {
	for i := 0; i < len(s); i++ {
		if asciiClass[s[i]]&bits == 0 {
			return false
		}
	}
	return true
}
