package textview

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a text is read from its last word for, at most.
const (
	maxTurned   = 4 << 10 // bytes
	leastTurned = 4       // words after its one-word sentence
	endOfWords  = ".!?"
)

// wordsTurned reads the words of a text in reverse order. Nil when nothing hints at it: a
// sentence that was turned begins with the word that ends it, and ends with the one that
// is written large.
func wordsTurned(v *View, limit int) *View {
	if v.Kind == KindReversed || len(v.Text) > min(maxTurned, limit) {
		return nil
	}
	trimmed := strings.TrimRightFunc(v.Text, unicode.IsSpace)
	if !lastWordIsLarge(trimmed) {
		return nil
	}
	all := strings.Fields(trimmed)
	end := lastEnding(all)
	if end < 0 || len(all)-end <= leastTurned || end > 0 && !endsSentence(all[end-1]) {
		return nil
	}
	slices.Reverse(all)
	text := strings.Join(all, " ")
	return &View{
		Kind: KindReversed, Text: text, Parent: v, source: v.source,
		offsets: offsets{runs: []run{{0, int32(len(text)), 0}}, scrambled: true},
	}
}

// lastWordIsLarge tells whether the text ends in a word, not in a sign, with a capital.
func lastWordIsLarge(text string) bool {
	if last, _ := utf8.DecodeLastRuneInString(text); !unicode.IsLetter(last) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text[strings.LastIndexFunc(text, unicode.IsSpace)+1:])
	return unicode.IsUpper(first)
}

// lastEnding is the place of the last word that ends a sentence, −1 without one.
func lastEnding(all []string) int {
	for i := len(all) - 1; i >= 0; i-- {
		if endsSentence(all[i]) {
			return i
		}
	}
	return -1
}

func endsSentence(word string) bool { return strings.ContainsAny(word[len(word)-1:], endOfWords) }
