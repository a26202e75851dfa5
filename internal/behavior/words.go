package behavior

import (
	"unicode"
	"unicode/utf8"
)

// What is read of a prompt, at most: enough to know its kind, little enough for the hot path.
const (
	maxRead  = 2048 // bytes
	maxWords = 128
)

// wordsOf hashes the words of a text in small letters. A character of a script without spaces is a word.
func wordsOf(text string, into []uint64) []uint64 {
	text = text[:min(len(text), maxRead)]
	h, in := uint64(0), false
	end := func() {
		if in {
			into = append(into, mix(h))
		}
		in = false
	}
	for i := 0; i < len(text) && len(into) < maxWords; {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		switch {
		case unicode.Is(unicode.Han, r) || unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			end()
			into = append(into, mix(uint64(r)))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'':
			if !in {
				h, in = 14695981039346656037, true
			}
			h = (h ^ uint64(unicode.ToLower(r))) * 1099511628211
		default:
			end()
		}
	}
	if len(into) < maxWords {
		end()
	}
	return into
}
