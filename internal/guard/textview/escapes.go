package textview

import (
	"html"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// escapes resolves percent encoding, HTML character references, and the backslash
// escapes of programming languages in place. Nil when no letter, digit or further
// escape comes out: an ampersand or a space in a link is no disguise.
func escapes(v *View, limit int) *View {
	e := unescaper{builder: newBuilder(len(v.Text), limit), text: v.Text, signs: asEscape}
	if quotedPrintables(v.Text) {
		e.signs |= asEqual
	}
	for i := 0; i < len(e.text) && !e.full; {
		start := i
		for i < len(e.text) && asciiClass[e.text[i]]&e.signs == 0 {
			i++
		}
		e.keep(start, e.text[start:i])
		if i < len(e.text) {
			i = e.escape(i)
		}
	}
	if !e.telling {
		return nil
	}
	return e.view(KindEscapes, v)
}

// How many of so many equals signs in a row must write bytes as quoted-printable for a
// text to be that: those who write it write nothing else with the sign.
const minQuoted, signsLooked = 4, 6

// quotedPrintables tells whether the text has enough of =XX somewhere.
func quotedPrintables(text string) bool {
	recent := uint(0) // which of the last signs did
	for {
		i := strings.IndexByte(text, '=')
		if i < 0 {
			return false
		}
		text = text[i:]
		if recent <<= 1; quotesByte(text) {
			recent |= 1
		}
		if bits.OnesCount(recent&(1<<signsLooked-1)) >= minQuoted {
			return true
		}
		text = text[1:]
	}
}

// quotesByte tells whether the text begins with =XX as mail programs write it, not with
// what stands behind a name in a log: in a row of such, for a space between words, or for
// something beyond ASCII, in capitals.
func quotesByte(text string) bool {
	if len(text) < 3 || !quotedPrintable(text[:3]) {
		return false
	}
	if len(text) == 3 || text[3] == '=' {
		return true
	}
	next := asciiClass[text[3]]
	if text[1:3] == "20" {
		return next&asLetter != 0
	}
	return next&asHex == 0 && text[1] >= '8' && (text[1]|text[2])&0x40 != 0 && (text[1]|text[2])&0x20 == 0
}

type unescaper struct {
	*builder
	text    string
	signs   uint32 // classes of the characters that start escapes
	telling bool   // a letter, digit or escape came out
	spaces  int    // that came out in a row of words, up to word
	word    int
}

// escape resolves the escape at i, or copies the sign that starts none.
func (e *unescaper) escape(i int) int {
	var end int
	var out string
	switch e.text[i] {
	case '%':
		end, out = percentRow(e.text, i)
	case '&':
		end, out = reference(e.text, i)
	case '=':
		return e.quoted(i)
	default:
		end, out = backslash(e.text, i)
	}
	if end == 0 {
		e.keep(i, e.text[i:i+1])
		return i + 1
	}
	e.tell(i, out)
	e.put(i, end, out)
	return end
}

// quoted resolves =XX, and leaves a soft line break out.
func (e *unescaper) quoted(i int) int {
	rest := e.text[i+1:]
	if strings.HasPrefix(rest, "\n") {
		return i + 2
	}
	if strings.HasPrefix(rest, "\r\n") {
		return i + 3
	}
	end, out := hexBytes(e.text, i, 1, func(at int) bool { return e.text[at] == '=' })
	if end == 0 || strings.ContainsFunc(out, unicode.IsControl) {
		e.keep(i, e.text[i:i+1])
		return i + 1
	}
	e.tell(i, out)
	e.put(i, end, out)
	return end
}

// minSpaces is how many spaces are no longer those of a link.
const minSpaces = 3

// tell notes what came out: letters, digits and further escapes, or the spaces of a
// sentence that is no part of a link.
func (e *unescaper) tell(i int, out string) {
	for _, r := range out {
		if r < utf8.RuneSelf && asciiClass[r]&(asLetter|asDigit|asEscape) != 0 || r >= utf8.RuneSelf && classOf(classes(), r).letterLike() {
			e.telling = true
		}
	}
	if out != " " || e.telling {
		return
	}
	if strings.ContainsAny(e.text[e.word:i], " \n\t/?=") {
		e.spaces = 0
	}
	e.word = i
	e.spaces++
	e.telling = e.spaces >= minSpaces
}

// percentRow reads %XX in a row as UTF-8, and %uXXXX.
func percentRow(text string, i int) (end int, out string) {
	if end, r := hexRune(text, i+2, 4); end > 0 && text[i+1]|0x20 == 'u' {
		return end, string(r)
	}
	return hexBytes(text, i, 1, func(at int) bool { return text[at] == '%' })
}

// hexBytes reads the bytes of one character, each written as prefix characters and two
// hexadecimal digits.
func hexBytes(text string, i, prefix int, starts func(at int) bool) (end int, out string) {
	var b []byte
	for at := i; at+prefix+2 <= len(text) && len(b) < utf8.UTFMax && starts(at); at += prefix + 2 {
		hi, lo := text[at+prefix], text[at+prefix+1]
		if asciiClass[hi]&asciiClass[lo]&asHex == 0 {
			break
		}
		b = append(b, unhex(hi)<<4|unhex(lo))
		end = at + prefix + 2
		if utf8.Valid(b) {
			break
		}
	}
	switch {
	case len(b) == 0:
		return 0, ""
	case utf8.Valid(b):
		return end, string(b)
	default: // Latin-1: the first byte alone
		return i + prefix + 2, string(rune(b[0]))
	}
}

// maxReference is the longest character reference that is resolved, in bytes.
const maxReference = 12

// reference reads an HTML character reference.
func reference(text string, i int) (end int, out string) {
	window := text[i:min(len(text), i+maxReference)]
	if len(window) < 3 || window[1] != '#' && asciiClass[window[1]]&asLetter == 0 {
		return 0, ""
	}
	stop := 2
	for stop < len(window) && asciiClass[window[stop]]&(asLetter|asDigit) != 0 {
		stop++
	}
	if stop < len(window) && window[stop] == ';' {
		stop++
	} else if window[1] != '#' {
		return 0, ""
	}
	resolved := html.UnescapeString(window[:stop])
	if resolved == window[:stop] || strings.Contains(resolved, "\x00") {
		return 0, ""
	}
	return i + stop, resolved
}

// backslash reads \uXXXX with surrogate pairs, \u{X…}, \UXXXXXXXX, \xXX, \NNN and the
// single-letter escapes of white space.
func backslash(text string, i int) (end int, out string) {
	if i+1 >= len(text) {
		return 0, ""
	}
	switch text[i+1] {
	case 'n', 'r', 't':
		if i+2 < len(text) && asciiClass[text[i+2]]&asLower != 0 && (i == 0 || asciiClass[text[i-1]]&asLetter != 0) {
			return 0, "" // more likely a path
		}
		return i + 2, " "
	case 'u':
		return unicodeEscape(text, i)
	case 'U':
		end, r := hexRune(text, i+2, 8)
		return end, runeText(end, r)
	case 'x':
		return hexBytes(text, i, 2, func(at int) bool { return text[at] == '\\' && text[at+1] == 'x' })
	default:
		return octal(text, i)
	}
}

func unicodeEscape(text string, i int) (end int, out string) {
	if i+2 < len(text) && text[i+2] == '{' {
		stop := strings.IndexByte(text[i:min(len(text), i+11)], '}')
		if stop < 4 {
			return 0, ""
		}
		end, r := hexRune(text, i+3, stop-3)
		if end == 0 {
			return 0, ""
		}
		return end + 1, runeText(end, r)
	}
	end, r := hexRune(text, i+2, 4)
	if end > 0 && utf16.IsSurrogate(r) && strings.HasPrefix(text[end:], `\u`) {
		if next, low := hexRune(text, end+2, 4); next > 0 {
			if whole := utf16.DecodeRune(r, low); whole != utf8.RuneError {
				return next, string(whole)
			}
		}
	}
	return end, runeText(end, r)
}

func runeText(end int, r rune) string {
	if end == 0 {
		return ""
	}
	return string(r) // U+FFFD for what is no character
}

// hexRune reads n hexadecimal digits at i; end is 0 when they are not there.
func hexRune(text string, i, n int) (end int, r rune) {
	if i < 0 || n < 1 || i+n > len(text) {
		return 0, 0
	}
	for _, c := range []byte(text[i : i+n]) {
		if asciiClass[c]&asHex == 0 {
			return 0, 0
		}
		r = r<<4 | rune(unhex(c))
	}
	if r < 0x20 && r != '\n' && r != '\t' || r > utf8.MaxRune {
		return 0, 0
	}
	return i + n, r
}

// octal reads the bytes of one character, each written as a backslash and three octal
// digits.
func octal(text string, i int) (end int, out string) {
	var b []byte
	for at := i; at+4 <= len(text) && text[at] == '\\' && len(b) < utf8.UTFMax; at += 4 {
		value := 0
		for _, c := range []byte(text[at+1 : at+4]) {
			if c < '0' || c > '7' {
				return 0, ""
			}
			value = value<<3 | int(c-'0')
		}
		if value < 0x20 || value == 0x7F || value > 0xFF {
			return 0, ""
		}
		b, end = append(b, byte(value)), at+4
		if utf8.Valid(b) {
			return end, string(b)
		}
	}
	return 0, ""
}
