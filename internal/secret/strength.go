package secret

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	zxcvbn "github.com/ccojocar/zxcvbn-go"
)

// ErrPasswordGuessable says that a password would be among the first that somebody tries.
var ErrPasswordGuessable = errors.New("this password is too easy to guess: add another word or two that do not belong together, and leave out names, dates, repetitions and rows of keys")

// minScore of zxcvbn's 0 to 4: 3 is "safely unguessable" against somebody who has the hash (Wheeler, USENIX Security 2016).
const minScore = 3

const (
	// maxJudged bounds what estimating costs, which grows faster than the length. A password whose beginning is strong is strong.
	maxJudged = 100 // bytes
	maxAbout  = 32  // words about the person
	minAbout  = 3   // characters of one; shorter ones are in everything
)

// guessable tells whether somebody who knows dictionaries, keyboards, dates and a few words about the person finds the
// password in little time.
func guessable(password string, about []string) bool {
	judged := oncePiece(password)
	for len(judged) > maxJudged {
		_, size := utf8.DecodeLastRuneInString(judged[:maxJudged+1])
		judged = judged[:max(maxJudged+1-max(size, 1), 1)]
	}
	return zxcvbn.PasswordStrength(judged, wordsAbout(about)).Score < minScore
}

// oncePiece returns the piece that a text repeats from its beginning to its end, or the text itself: repeating adds almost
// nothing to guess, and the estimate knows repetitions of single letters alone.
func oncePiece(text string) string {
	runes := []rune(text)
	// border[i] is the length of the longest proper beginning of runes[:i+1] that is its end, too (Knuth, Morris, Pratt).
	border := make([]int, len(runes))
	for i, k := 1, 0; i < len(runes); i++ {
		for k > 0 && runes[i] != runes[k] {
			k = border[k-1]
		}
		if runes[i] == runes[k] {
			k++
		}
		border[i] = k
	}
	period := len(runes)
	if period > 0 {
		period -= border[len(runes)-1]
	}
	if 2*period > len(runes) {
		return text
	}
	return string(runes[:period])
}

// wordsAbout takes names and addresses apart, and knows what this program is called.
func wordsAbout(about []string) []string {
	words := []string{"guardroom"}
	for _, text := range about {
		for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(words) < maxAbout && utf8.RuneCountInString(word) >= minAbout {
				words = append(words, word)
			}
		}
	}
	return words
}
