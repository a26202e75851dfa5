package textview

import (
	"unicode"
	"unicode/utf8"
)

// says tells whether what a hidden channel carries is worth showing: any two letters.
func says(text []byte) bool {
	letters := 0
	for _, c := range text {
		if asciiClass[c]&(asLetter|asForeign) != 0 {
			letters++
		}
	}
	return letters >= 2
}

// sample is how much of a decoded text is looked at to tell whether it reads as text.
const sample = 512

// readable tells whether decoded bytes are text that somebody wrote, or encoded text
// once more, and not what happens to come out of an image, a key or a token.
func readable(decoded []byte) bool {
	if len(decoded) < 4 || !utf8.Valid(decoded) {
		return false
	}
	if len(decoded) > sample {
		decoded = decoded[:sample]
	}
	letters, foreign, spaces, others, words, run := 0, 0, 0, 0, 0, 0
	for _, r := range string(decoded) {
		switch {
		case r < utf8.RuneSelf && asciiClass[r]&asLetter != 0:
			letters++
			run++
			if run == 3 {
				words++
			}
			continue
		case r == ' ' || r == '\n' || r == '\t' || r == '\r':
			spaces++
		case r < utf8.RuneSelf && asciiClass[r]&asControl != 0:
			return false
		case r >= utf8.RuneSelf && r != utf8.RuneError && unicode.IsLetter(r):
			foreign++
		case r >= utf8.RuneSelf && !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r):
			return false
		default:
			others++
		}
		run = 0
	}
	total := letters + foreign + spaces + others
	switch {
	case encodedAgain(decoded):
		return true
	case (letters+foreign+spaces)*10 < total*7:
		return false
	case foreign*2 > letters:
		return foreign >= 4
	default:
		return words >= 2 && spaces >= 1 || words >= 1 && words*12 > letters && total < 24
	}
}

// encodedAgain tells a text that is one blob, row of escapes or row of bits.
func encodedAgain(decoded []byte) bool {
	if len(decoded) < minBlob {
		return false
	}
	blob, bits, escapes := 0, 0, 0
	for _, c := range decoded {
		k := asciiClass[c]
		if k&asBlob != 0 || c == '=' || c == '\n' {
			blob++
		}
		if k&(asBit|asSpace) != 0 {
			bits++
		}
		if k&asEscape != 0 {
			escapes++
		}
	}
	n := len(decoded)
	return blob == n || bits == n || escapes*6 >= n
}
