package textview

import (
	"encoding/base64"
	"math/big"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// What a row of tokens needs to be one blob.
const (
	minBlobPieces = 3
	minBlobPiece  = 4 // characters
	maxBase64Word = 96
)

// row decodes the tokens from the one at [start,end) on that are one blob in pieces of
// one width, or a blob each. It says up to where that was done, and up to where it was tried.
func (d *blobDecoder) row(start, end int) (done, tried int) {
	text := d.view.Text
	if end-start < minBlobPiece {
		return start, start
	}
	if last := rowOfWidth(text, start, end); last > end {
		if d.decode(start, last) {
			return last, last
		}
		tried = last
	}
	if last, piece := rowOfBase64(text, start); piece != nil && d.add(blobBase64, start, last, piece) {
		return last, last
	}
	return start, tried
}

// rowOfWidth returns the end of tokens of the width of the first, with one space or line
// break between them; the last may be shorter. It returns end when there are too few.
func rowOfWidth(text string, start, end int) int {
	width, n, last := end-start, 1, end
	for {
		next := nextToken(text, last)
		stop := next
		for stop < len(text) && stop-next <= width && asciiClass[text[stop]]&asBlob != 0 {
			stop++
		}
		size := stop - next
		if next == last || size == 0 || size > width {
			break
		}
		last = stop
		n++
		if size < width {
			break
		}
	}
	if n < minBlobPieces || last-start < minBlob {
		return end
	}
	return last
}

// nextToken skips one space or line break.
func nextToken(text string, i int) int {
	switch {
	case strings.HasPrefix(text[i:], "\r\n"):
		return i + 2
	case i < len(text) && (text[i] == ' ' || text[i] == '\n'):
		return i + 1
	default:
		return i
	}
}

// rowOfBase64 decodes tokens that are base64 each; nil when they make no text.
func rowOfBase64(text string, start int) (end int, out []byte) {
	n := 0
	end = start
	for at := start; ; n++ {
		stop := at
		for stop < len(text) && stop-at <= maxBase64Word && asciiClass[text[stop]]&asPadded != 0 {
			stop++
		}
		token := text[at:stop]
		if len(token) == 0 || len(token)%4 != 0 {
			break
		}
		word, err := base64.StdEncoding.DecodeString(token)
		if err != nil || !utf8.Valid(word) || !printable(word) {
			break
		}
		if n > 0 {
			out = append(out, ' ')
		}
		out = append(out, word...)
		end = stop
		next := nextToken(text, stop)
		if next == stop {
			break
		}
		at = next
	}
	if n < minQuads || !readable(out) {
		return start, nil
	}
	return end, out
}

// What of base58 is tried: it is one large number, whose digits cost their square.
const (
	maxBase58      = 512 // characters
	maxBase58Tries = 32
)

const base58Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

var base58Digits = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range len(base58Alphabet) {
		t[base58Alphabet[i]] = int8(i)
	}
	return t
}()

// fromBase58 reads a blob as one number. Words and identifiers are told from it by having
// no digits, or hardly any.
func (d *blobDecoder) fromBase58(blob string) []byte {
	if len(blob) > maxBase58 || d.tries >= maxBase58Tries {
		return nil
	}
	digits := 0
	for i := range len(blob) {
		value := base58Digits[blob[i]]
		if value < 0 {
			return nil
		}
		if value < 9 {
			digits++
		}
	}
	if digits*20 < len(blob) {
		return nil
	}
	d.tries++
	n, base := new(big.Int), big.NewInt(58)
	for i := range len(blob) {
		n.Mul(n, base)
		n.Add(n, big.NewInt(int64(base58Digits[blob[i]])))
	}
	return text(n.Bytes(), nil)
}

// What bytes need to be read as UTF-16.
const (
	maxAlphabets = 4  // blocks of 256 characters, beside those of ideographs and Korean syllables
	minWide      = 12 // characters, where most are beyond Latin
)

// fromUTF16 reads bytes as UTF-16 of the order that makes the fewer alphabets; nil when
// they are none.
func fromUTF16(b []byte) []byte {
	if len(b) < 8 || len(b)%2 != 0 {
		return nil
	}
	little, n := utf16Bytes(b, 1)
	big, m := utf16Bytes(b, 0)
	if little == nil || big != nil && m < n {
		return big
	}
	return little
}

// utf16Bytes reads pairs of bytes whose byte high is the higher one, and counts the blocks
// that they are from.
func utf16Bytes(b []byte, high int) (out []byte, blocks int) {
	units := make([]uint16, 0, len(b)/2)
	var seen [256]bool
	latin, alphabets, ideographs, syllables := 0, 0, false, false
	for i := 0; i < len(b); i += 2 {
		unit := uint16(b[i+high])<<8 | uint16(b[i+1-high])
		if unit < 0x20 && unit != '\n' && unit != '\t' && unit != '\r' || unit == 0x7F {
			return nil, 0
		}
		units = append(units, unit)
		block := b[i+high]
		if block == 0 {
			latin++
		}
		if seen[block] {
			continue
		}
		seen[block] = true
		blocks++
		switch {
		case block >= 0x4E && block <= 0x9F:
			ideographs = true
		case block >= 0xAC && block <= 0xD7:
			syllables = true
		case block <= 0x0E || block == 0x1E || block == 0x20 || block == 0x30 || block == 0xFF:
			alphabets++
		default:
			return nil, 0 // hardly letters of anybody
		}
		if alphabets > maxAlphabets || ideographs && syllables {
			return nil, 0
		}
	}
	if 2*latin < len(units) && len(units) < minWide {
		return nil, 0
	}
	return []byte(string(utf16.Decode(units))), blocks
}
