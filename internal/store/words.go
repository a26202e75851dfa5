package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	maxIndexedBytes = 64 << 10 // of each text
	maxWords        = 512      // different ones of an Item
	maxWordRunes    = 48       // of a word; longer ones are found by their beginning
)

// wordsOf are the different words of a text, in the order in which they come first, at
// most max: runs of letters and digits, without regard to case and form. Scripts without
// spaces give every two characters that stand together.
func wordsOf(text string, most int) []string {
	text = text[:min(len(text), maxIndexedBytes)]
	s := splitter{most: most, seen: map[string]bool{}}
	for _, r := range folded(text) {
		if !s.take(r) {
			break
		}
	}
	s.flush()
	return s.words
}

// folded is the text as it is compared. The two forms may undo each other's work once.
func folded(text string) string {
	text = strings.ToValidUTF8(text, " ")
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))
}

type splitter struct {
	most  int
	words []string
	seen  map[string]bool

	word    strings.Builder
	runes   int
	before  rune // a character of a script without spaces, 0 when the last was none
	coupled bool // before has stood in a pair
}

// take reads one character; false means that there are enough words.
func (s *splitter) take(r rune) bool {
	switch {
	case unspaced(r):
		s.flushWord()
		if s.before != 0 {
			s.add(string(s.before) + string(r))
			s.coupled = true
		}
		s.before = r
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) && s.runes > 0:
		s.flushSingle()
		if s.runes++; s.runes <= maxWordRunes {
			s.word.WriteRune(r)
		}
	default:
		s.flush()
	}
	return len(s.words) < s.most
}

func (s *splitter) flush() {
	s.flushWord()
	s.flushSingle()
}

func (s *splitter) flushWord() {
	if s.runes > 0 {
		s.add(s.word.String())
		s.word.Reset()
		s.runes = 0
	}
}

// flushSingle keeps a character that stands alone.
func (s *splitter) flushSingle() {
	if s.before != 0 && !s.coupled {
		s.add(string(s.before))
	}
	s.before, s.coupled = 0, false
}

func (s *splitter) add(word string) {
	if len(s.words) < s.most && !s.seen[word] {
		s.seen[word] = true
		s.words = append(s.words, word)
	}
}

// unspaced tells whether words of the character's script stand together.
func unspaced(r rune) bool {
	return r >= 0x0e00 && r != utf8.RuneError &&
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
