package textview

import (
	"strings"
	"unicode/utf8"
)

// maxMorse is the longest group of Morse that stands for one character.
const maxMorse = 7

var morseCode = func() map[string]byte {
	t := map[string]byte{}
	codes := ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. " +
		"----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. .-.-.- --..-- ..--.. .----. -.-.-- -..-. .--.-."
	for i, code := range strings.Fields(codes) {
		t[code] = "abcdefghijklmnopqrstuvwxyz0123456789.,?'!/@"[i]
	}
	return t
}()

// morse decodes rows of Morse groups. Nil when no words come out.
func morse(v *View, limit int) *View {
	b := newBuilder(64, limit)
	text := v.Text
	for i := 0; i < len(text); {
		end := morseGroup(text, i)
		if end == i {
			i++
			continue
		}
		row := newBuilder(64, limit)
		start := i
		i = morseRow(row, text, i)
		if len(row.text) < minMorse {
			continue
		}
		if len(b.text) > 0 {
			b.put(start, start, "\n")
		}
		spread(b, row)
	}
	if !wordsIn(string(b.text)) && !wordsIn(rotated(string(b.text))) {
		return nil
	}
	return b.view(KindMorse, v)
}

// wordsIn tells whether the text has words of the vocabulary, run together or not.
func wordsIn(text string) bool {
	return words.telling(text, 1) > 0 || words.split(text) != nil
}

// spread copies one builder's text to the end of another.
func spread(b, row *builder) {
	o := offsets{runs: row.runs}
	for i := range row.text {
		from, to := o.outward(i, i+1, len(row.text))
		b.put(from, to, string(row.text[i:i+1]))
	}
}

// morseGroup returns the end of the dots and dashes that start at i, between spaces
// and slashes.
func morseGroup(text string, i int) int {
	end := i
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if morseSign(r) == 0 {
			break
		}
		end += size
	}
	bounded := (i == 0 || morseGap(text[i-1])) && (end == len(text) || morseGap(text[end]))
	if !bounded {
		return i
	}
	return end
}

// morseSign says which sign of Morse a character can stand for, 0 when it is none.
func morseSign(r rune) byte {
	switch r {
	case '.', '·', '•', '∙', '・', '⋅', '●', '․':
		return '.'
	case '-', '_', '–', '—', '−', '‒', '‐', '‑', '―', '➖':
		return '-'
	default:
		return 0
	}
}

func morseGap(c byte) bool { return asciiClass[c]&asSpace != 0 || c == '/' || c == '|' }

// morseLetter decodes one group.
func morseLetter(group string) (byte, bool) {
	var code [maxMorse]byte
	n := 0
	for _, r := range group {
		if n == maxMorse {
			return 0, false
		}
		code[n] = morseSign(r)
		n++
	}
	c, ok := morseCode[string(code[:n])]
	return c, ok
}

// morseRow writes the row that starts at i and returns its end. A slash, a bar, a line
// break or more than one space stands between words.
func morseRow(row *builder, text string, i int) int {
	for i < len(text) {
		end := morseGroup(text, i)
		c, ok := morseLetter(text[i:end])
		if !ok {
			return max(end, i+1)
		}
		row.put(i, end, string(rune(c)))
		i = end
		for i < len(text) && morseGap(text[i]) {
			i++
		}
		if i == len(text) {
			return i
		}
		if i-end > 1 {
			row.put(end, i, " ")
		}
	}
	return i
}
