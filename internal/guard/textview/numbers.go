package textview

import (
	"strings"
	"unicode/utf8"
)

// What a row of numbers needs to be read as text.
const (
	minNumbers     = 6
	maxNumberGap   = 3 // bytes
	maxNumberWidth = 7 // digits of a code point
)

// numberRow is a row of numbers as they are written.
type numberRow struct {
	values  []rune
	ends    []int  // where each number ends in the text
	starts  []int  // and starts
	breaks  []bool // whether more than usual stands before it
	octal   bool   // three digits each, none above 7
	hex     bool   // written as U+0041
	highest rune
}

// numberRows reads rows of decimal or octal numbers as bytes, as code points or as places
// in the alphabet, whichever makes words.
func numberRows(v *View, limit int) *View {
	b := newBuilder(64, limit)
	for i := 0; i < len(v.Text) && !b.full; {
		if !numberStarts(v.Text, i) {
			i++
			continue
		}
		row, end := readNumbers(v.Text, i)
		if text := row.text(); text != nil {
			if len(b.text) > 0 {
				b.put(i, i, "\n")
			}
			row.write(b, text)
		}
		i = max(end, i+1)
	}
	if len(b.text) == 0 {
		return nil
	}
	return b.view(KindNumbers, v)
}

func numberStarts(text string, i int) bool {
	if i > 0 && wordByte(text[i-1]) {
		return false
	}
	return asciiClass[text[i]]&asDigit != 0 || codePoint(text, i)
}

// codePoint tells U+ and a hexadecimal digit at i.
func codePoint(text string, i int) bool {
	return i+2 < len(text) && text[i]|0x20 == 'u' && text[i+1] == '+' && asciiClass[text[i+2]]&asHex != 0
}

// readNumbers reads the row that starts at i and says where it ends.
func readNumbers(text string, i int) (row numberRow, end int) {
	row.octal, row.hex = true, codePoint(text, i)
	end = i
	usual := ""
	for at := i; at < len(text); {
		value, next, ok := row.number(text, at)
		if !ok {
			break
		}
		gap := text[end:at]
		if len(row.values) == 1 {
			usual = gap
		}
		row.octal = row.octal && next-at == 3 && strings.Trim(text[at:next], "01234567") == ""
		row.highest = max(row.highest, value)
		row.values, row.starts, row.ends = append(row.values, value), append(row.starts, at), append(row.ends, next)
		row.breaks = append(row.breaks, len(row.values) > 2 && gap != usual)
		end = next
		for at = end; at < len(text) && at-end < maxNumberGap && numberGap(text[at]); {
			at++
		}
		if at == end {
			break
		}
	}
	return row, end
}

func numberGap(c byte) bool { return rowGap(c) || c == ';' || c == '/' || c == '.' || c == '\r' }

// number reads the number at at; not ok when there is none, or one too long.
func (r *numberRow) number(text string, at int) (value rune, end int, ok bool) {
	base, digits := rune(10), asDigit
	end = at
	if r.hex {
		if !codePoint(text, at) {
			return 0, at, false
		}
		base, digits, end = 16, asHex, at+2
	}
	from := end
	for end < len(text) && end-from <= maxNumberWidth && asciiClass[text[end]]&digits != 0 {
		value = value*base + rune(unhex(text[end]))
		end++
	}
	width := end - from
	whole := end == len(text) || !wordByte(text[end])
	return value, end, width > 0 && width <= maxNumberWidth && whole
}

// text reads the numbers, one text for each; nil when they are just numbers.
func (r *numberRow) text() []string {
	if len(r.values) < minNumbers {
		return nil
	}
	readings := []func() ([]string, bool){r.bytes, r.codePoints, r.places}
	if r.octal {
		readings = append([]func() ([]string, bool){r.octals}, readings...)
	}
	for _, read := range readings {
		if text, ok := read(); ok {
			return text
		}
	}
	return nil
}

func (r *numberRow) octals() ([]string, bool) {
	return r.asBytes(func(v rune) rune { return v/100*64 + v/10%10*8 + v%10 })
}

func (r *numberRow) bytes() ([]string, bool) {
	if r.hex {
		return nil, false
	}
	return r.asBytes(func(v rune) rune { return v })
}

func (r *numberRow) asBytes(value func(rune) rune) ([]string, bool) {
	if r.highest > 377 {
		return nil, false
	}
	out := make([]byte, len(r.values))
	for i, v := range r.values {
		b := value(v)
		if b > 0xFF {
			return nil, false
		}
		out[i] = byte(b)
	}
	if !readable(out) {
		return nil, false
	}
	text := make([]string, len(out))
	for i := 0; i < len(out); {
		_, size := utf8.DecodeRune(out[i:])
		text[i] = string(out[i : i+size])
		i += size
	}
	return text, true
}

func (r *numberRow) codePoints() ([]string, bool) {
	text := make([]string, len(r.values))
	for i, v := range r.values {
		if v < ' ' && v != '\n' && v != '\t' || !utf8.ValidRune(v) {
			return nil, false
		}
		text[i] = string(v)
	}
	return text, readable([]byte(strings.Join(text, "")))
}

// places reads 1 as a and 26 as z; 0 and a longer gap stand between words.
func (r *numberRow) places() ([]string, bool) {
	if r.highest > 26 || r.hex {
		return nil, false
	}
	text := make([]string, len(r.values))
	for i, v := range r.values {
		text[i] = " "
		if v > 0 {
			text[i] = string('a' + v - 1)
		}
		if r.breaks[i] {
			text[i] = " " + text[i]
		}
	}
	return text, wordsIn(strings.Join(text, ""))
}

// write appends what the numbers were read as. Numbers without a text of their own belong
// to the one before.
func (r *numberRow) write(b *builder, text []string) {
	for i := 0; i < len(text); {
		last := i
		for last+1 < len(text) && text[last+1] == "" {
			last++
		}
		b.put(r.starts[i], r.ends[last], text[i])
		i = last + 1
	}
}
