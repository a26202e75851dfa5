package textview

import "unicode/utf8"

// digitRows decodes rows of bit groups and of hexadecimal pairs.
func digitRows(v *View, limit int) []*View {
	bits, pairs := newBuilder(64, limit), newBuilder(64, limit)
	for i := 0; i < len(v.Text); {
		if asciiClass[v.Text[i]]&asHex == 0 || i > 0 && wordByte(v.Text[i-1]) {
			i++
			continue
		}
		if end, piece := bitRow(v.Text, i); piece != "" {
			addPiece(bits, i, end, piece)
			i = end
			continue
		}
		end, piece := pairRow(v.Text, i)
		addPiece(pairs, i, end, piece)
		i = max(end, i+1)
	}
	var out []*View
	if readable(bits.text) {
		out = append(out, bits.view(KindBinary, v))
	}
	if readable(pairs.text) {
		out = append(out, pairs.view(KindHex, v))
	}
	return out
}

func addPiece(b *builder, start, end int, piece string) {
	if piece == "" || !utf8.ValidString(piece) {
		return
	}
	if len(b.text) > 0 {
		b.put(start, start, "\n")
	}
	if len(b.text)+len(piece) > b.limit {
		b.full = true
		return
	}
	b.put(start, end, piece)
}

// bitRow reads groups of eight bits, or a multiple, from i on; groups of seven only
// when they stand apart. The piece is "" when there are too few.
func bitRow(text string, i int) (end int, piece string) {
	var out []byte
	width := 0
	for end = i; ; {
		n := 0
		for end+n < len(text) && asciiClass[text[end+n]]&asBit != 0 {
			n++
		}
		if width == 0 {
			width = 8
			if n == 7 {
				width = 7
			}
		}
		if n == 0 || n%width != 0 {
			break
		}
		for g := 0; g < n; g += width {
			var c byte
			for _, bit := range []byte(text[end+g : end+g+width]) {
				c = c<<1 | (bit - '0')
			}
			out = append(out, c)
		}
		end += n
		if end+1 >= len(text) || !rowGap(text[end]) || asciiClass[text[end+1]]&asBit == 0 {
			break
		}
		end++
	}
	if len(out) < minBitGroups {
		return i, ""
	}
	return end, string(out)
}

// pairRow reads two hexadecimal digits at a time, with one sign or space between
// them, with or without 0x, from i on.
func pairRow(text string, i int) (end int, piece string) {
	var out []byte
	for at := i; at+1 < len(text); {
		digits := at
		if text[at] == '0' && text[at+1]|0x20 == 'x' {
			digits += 2
		}
		if digits+1 >= len(text) || asciiClass[text[digits]]&asciiClass[text[digits+1]]&asHex == 0 {
			break
		}
		if digits+2 < len(text) && wordByte(text[digits+2]) {
			break
		}
		out = append(out, unhex(text[digits])<<4|unhex(text[digits+1]))
		end = digits + 2
		at = end
		for at < len(text) && at-end < 2 && rowGap(text[at]) {
			at++
		}
		if at == end {
			break
		}
	}
	if len(out) < minHexPairs {
		return max(end, i+1), ""
	}
	return end, string(out)
}

func rowGap(c byte) bool {
	return c == ' ' || c == ',' || c == ':' || c == '-' || c == '\n' || c == '|'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	default:
		return c - '0'
	}
}
