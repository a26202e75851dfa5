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
// is written large, where letters are large or small.
func wordsTurned(v *View, limit int) *View {
	if v.Kind == KindReversed || len(v.Text) > min(maxTurned, limit) {
		return nil
	}
	trimmed := strings.TrimRightFunc(v.Text, unicode.IsSpace)
	if !endsLikeABeginning(trimmed) {
		return nil
	}
	all := strings.Fields(trimmed)
	if alone := lonelyEnding(all); alone < 0 || len(all)-alone <= leastTurned {
		return nil
	}
	slices.Reverse(all)
	text := strings.Join(all, " ")
	return &View{
		Kind: KindReversed, Text: text, Parent: v, source: v.source,
		offsets: offsets{runs: []run{{0, int32(len(text)), 0}}, scrambled: true},
	}
}

// endsLikeABeginning tells whether the text ends in a word, not in a sign, that begins with a capital or with a letter that
// has none.
func endsLikeABeginning(text string) bool {
	if last, _ := utf8.DecodeLastRuneInString(text); !unicode.IsLetter(last) && !unicode.IsMark(last) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text[strings.LastIndexFunc(text, unicode.IsSpace)+1:])
	return unicode.IsLetter(first) && !unicode.IsLower(first)
}

// lonelyEnding is the place of the first word that is a sentence of its own, −1 without one.
func lonelyEnding(all []string) int {
	for i, word := range all {
		if endsSentence(word) && (i == 0 || endsSentence(all[i-1])) {
			return i
		}
	}
	return -1
}

func endsSentence(word string) bool { return strings.ContainsAny(word[len(word)-1:], endOfWords) }
