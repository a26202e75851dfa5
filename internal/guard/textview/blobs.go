package textview

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// maxPieces bounds how many blobs of one encoding make up a view.
const maxPieces = 64

// blobs decodes what stands in the text as base64, base32, base58 or hexadecimal digits,
// one view for each encoding with the pieces on lines of their own. What does not read
// as text is left out.
func blobs(v *View, limit int) []*View {
	d := blobDecoder{view: v, limit: limit}
	text := v.Text
	tried := 0 // up to where tokens were tried together
	for i := 0; i < len(text); {
		if asciiClass[text[i]]&asBlob == 0 {
			i++
			continue
		}
		end := i
		for end < len(text) && asciiClass[text[end]]&asBlob != 0 {
			end++
		}
		if i >= tried {
			var done int
			if done, tried = d.row(i, end); done > end {
				i = done
				continue
			}
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
	view   *View
	limit  int
	out    [blobKinds]*builder
	pieces [blobKinds]int
	tries  int // of base58, which is not linear
}

// The encodings of blobs, in the order of their views.
const (
	blobHex = iota
	blobBase32
	blobBase58
	blobBase64
	blobKinds
)

// decode tries the encodings of a blob, the one with the fewest digits first.
func (d *blobDecoder) decode(start, end int) bool {
	blob := d.view.Text[start:end]
	if strings.ContainsAny(blob, "\r\n ") {
		blob = strings.NewReplacer("\r", "", "\n", "", " ", "").Replace(blob)
	}
	return d.add(blobHex, start, end, fromHex(blob)) ||
		d.add(blobBase32, start, end, fromBase32(blob)) ||
		d.add(blobBase64, start, end, fromBase64(blob)) ||
		d.add(blobBase58, start, end, d.fromBase58(blob))
}

// add appends a decoded piece; false when there is none.
func (d *blobDecoder) add(kind, start, end int, piece []byte) bool {
	if piece == nil {
		return false
	}
	b := d.out[kind]
	if d.pieces[kind]++; d.pieces[kind] > maxPieces {
		b.full = true
		return true
	}
	if b == nil {
		b = newBuilder(len(piece), d.limit)
		d.out[kind] = b
	} else {
		b.put(start, start, "\n")
	}
	b.put(start, end, d.fitting(b, string(piece)))
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

// views returns what came out, one view for each encoding.
func (d *blobDecoder) views() (out []*View) {
	for i, kind := range [blobKinds]Kind{KindHex, KindBase32, KindBase58, KindBase64} {
		if b := d.out[i]; b != nil && len(b.text) > 0 {
			out = append(out, b.view(kind, d.view))
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

// fromBase32 reads both alphabets of RFC 4648, in capitals or small letters.
func fromBase32(blob string) []byte {
	head := strings.ToUpper(blob[:min(len(blob), 64)/8*8])
	for _, encoding := range []*base32.Encoding{base32.StdEncoding, base32.HexEncoding} {
		encoding = encoding.WithPadding(base32.NoPadding)
		if first, err := encoding.DecodeString(head); err != nil || !plausible(first) {
			continue
		}
		if decoded := text(encoding.DecodeString(strings.ToUpper(blob))); decoded != nil {
			return decoded
		}
	}
	return nil
}

// fromBase64 reads both alphabets of RFC 4648, what UTF-7 makes of it, and what is
// written from its end or moved by rot13.
func fromBase64(blob string) []byte {
	if decoded := base64Text(blob); decoded != nil {
		return decoded
	}
	if decoded := base64Text(strings.Trim(blob, "+-")); decoded != nil {
		return decoded
	}
	const head = 64
	if turned := reversed(blob[max(len(blob)-head, 0):]); plausible(base64Head(turned)) {
		if decoded := base64Text(reversed(blob)); decoded != nil {
			return decoded
		}
	}
	if plausible(base64Head(rotated(blob[:min(len(blob), head)]))) {
		return base64Text(rotated(blob))
	}
	return nil
}

func rotated(s string) string {
	out := []byte(s)
	for i, c := range out {
		out[i] = rot13(c)
	}
	return string(out)
}

func base64Text(blob string) []byte {
	// The first bytes tell images and keys from text without decoding all of them.
	if len(blob)%4 == 1 || !plausible(base64Head(blob)) {
		return nil
	}
	return text(base64Alphabet(blob).DecodeString(blob))
}

func base64Alphabet(blob string) *base64.Encoding {
	if strings.ContainsAny(blob, "-_") {
		return base64.RawURLEncoding
	}
	return base64.RawStdEncoding
}

func base64Head(blob string) []byte {
	blob = blob[:min(len(blob), 64)/4*4]
	decoded, err := base64Alphabet(blob).DecodeString(blob)
	if err != nil {
		return nil
	}
	return decoded
}

// plausible tells whether the first bytes of a text may be those of one that can be read.
func plausible(head []byte) bool { return printable(head) || fromUTF16(head) != nil }

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
	switch {
	case err != nil:
		return nil
	case readable(decoded):
		return decoded
	}
	if wide := fromUTF16(decoded); readable(wide) {
		return wide
	}
	return nil
}

func all(s string, bits uint32) bool {
	for i := 0; i < len(s); i++ {
		if asciiClass[s[i]]&bits == 0 {
			return false
		}
	}
	return true
}
