package bias

import (
	"time"
	"unicode"
)

// The fastest that anybody reads for content: 450 words per minute is 1.5 times the top of normal reading
// (Brysbaert 2019: 175–300). The first second goes to finding the place.
const (
	settleTime       = time.Second
	fastestReading   = 7.5 // words per second
	wordsPerIdeogram = 1 / 1.5
	wordsPerThaiRune = 1 / 5.0
)

// leastReadingTime is how long the fastest reader needs for a text.
func leastReadingTime(text string) time.Duration {
	return settleTime + time.Duration(words(text)/fastestReading*float64(time.Second))
}

// words counts what a reader takes in as a word. Scripts that write no spaces are counted by their characters:
// about 1.5 to a word in Chinese and Japanese, about 5 in Thai, Lao, Khmer and Burmese.
func words(text string) float64 {
	n, inWord := 0.0, false
	for _, r := range text {
		switch {
		case r < 0x80:
			letter := isASCIIWord(r)
			if letter && !inWord {
				n++
			}
			inWord = letter || (inWord && r == '\'')
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			n += wordsPerIdeogram
			inWord = false
		case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			n += wordsPerThaiRune
			inWord = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !inWord {
				n++
			}
			inWord = true
		default:
			inWord = inWord && (unicode.IsMark(r) || r == '’')
		}
	}
	return n
}

func isASCIIWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
