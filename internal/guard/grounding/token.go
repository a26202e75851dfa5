package grounding

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// token is a word or a number.
type token struct {
	start, end int
	hash       uint32 // of the stem or the number's value
	kind       kind
	name       bool // written with a capital although it begins no sentence
	negates    bool
	personal   bool // I, you, we
	opines     bool // says what somebody feels or guesses
}

type kind uint8

const (
	content  kind = iota // carries meaning
	function             // holds a sentence together
	number
)

// sentence is a part of a text; tokens are indices.
type sentence struct {
	start, end int // bytes
	from, to   int // tokens
	asks       bool
	exclaims   bool
}

// maxSentence is where a sentence ends at the latest, in tokens.
const maxSentence = 80

// tokenizer cuts a text.
type tokenizer struct {
	text      string
	tokens    []token
	sentences []sentence
	from      int // first token of the sentence
}

// tokenize cuts a text into tokens and sentences. Full stops within numbers and after
// single letters end none.
func tokenize(text string) ([]token, []sentence) {
	t := tokenizer{text: text}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsDigit(r):
			i = t.number(i)
		case unicode.IsLetter(r):
			i = t.word(i)
		case r == '\n' && i+1 < len(text) && text[i+1] == '\n', strings.ContainsRune(".!?。！？।؟", r) && t.ends(i, r):
			t.end(i+size, r)
			i += size
		default:
			i += size
		}
		if len(t.tokens)-t.from >= maxSentence {
			t.end(i, 0)
		}
	}
	t.end(len(text), 0)
	return t.tokens, t.sentences
}

// ends tells whether a full stop ends a sentence: not after an initial, and not before
// a small letter that follows at once.
func (t *tokenizer) ends(i int, r rune) bool {
	if r != '.' {
		return true
	}
	if n := len(t.tokens); n > t.from {
		last := t.tokens[n-1]
		if initial := t.text[last.start:last.end]; last.end == i && len(initial) == 1 && initial[0] >= 'A' && initial[0] <= 'Z' && initial != "I" {
			return false
		}
	}
	next, _ := utf8.DecodeRuneInString(t.text[min(i+1, len(t.text)):])
	return i+1 >= len(t.text) || !unicode.IsLetter(next) && !unicode.IsDigit(next) || unicode.IsUpper(next)
}

func (t *tokenizer) end(at int, sign rune) {
	if len(t.tokens) == t.from {
		return
	}
	t.sentences = append(t.sentences, sentence{
		start: t.tokens[t.from].start, end: at, from: t.from, to: len(t.tokens),
		asks: sign == '?' || sign == '？' || sign == '؟', exclaims: sign == '!' || sign == '！',
	})
	t.from = len(t.tokens)
}

// number reads digits with the points and commas within; 1,000 is 1000.
func (t *tokenizer) number(i int) int {
	start, h := i, fnvOffset
	for i < len(t.text) {
		r, size := utf8.DecodeRuneInString(t.text[i:])
		switch {
		case unicode.IsDigit(r):
			h = (h ^ uint32(digit(r))) * fnvPrime
		case (r == ',' || r == '.') && i+1 < len(t.text) && isDigit(t.text[i+1]):
			if r == '.' {
				h = (h ^ '.') * fnvPrime
			}
		default:
			size = 0
		}
		if size == 0 {
			break
		}
		i += size
	}
	t.tokens = append(t.tokens, token{start: start, end: i, hash: h, kind: number})
	return i
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digit is the ASCII digit of the same value; digits of a script follow each other.
func digit(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return '0' + r - zero
}

// word reads letters and what stands between them: apostrophes, hyphens end it. A
// character of a script without spaces is a word of its own.
func (t *tokenizer) word(i int) int {
	start := i
	first, size := utf8.DecodeRuneInString(t.text[i:])
	if textview.Spaceless(first) {
		t.tokens = append(t.tokens, token{start: start, end: i + size, hash: hashString(t.text[start : i+size])})
		return i + size
	}
	for i < len(t.text) {
		r, n := utf8.DecodeRuneInString(t.text[i:])
		if textview.Spaceless(r) || !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !t.joins(i, r, n) {
			break
		}
		i += n
	}
	w := strings.ToLower(strings.ReplaceAll(t.text[start:i], "’", "'"))
	if v, ok := numerals[w]; ok {
		t.tokens = append(t.tokens, token{start: start, end: i, hash: hashString(v), kind: number})
		return i
	}
	c := classes[w]
	tok := token{
		start: start, end: i, hash: hashString(stem(w)),
		negates: c&negation != 0 || strings.HasSuffix(w, "n't"), personal: c&person != 0, opines: c&opinion != 0,
		name: unicode.IsUpper(first) && len(t.tokens) > t.from && c&stop == 0,
	}
	if c&stop != 0 || tok.negates {
		tok.kind = function
	}
	t.tokens = append(t.tokens, tok)
	return i
}

func (t *tokenizer) joins(i int, r rune, n int) bool {
	if r != '\'' && r != '’' || i+n >= len(t.text) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(t.text[i+n:])
	return unicode.IsLetter(next)
}

// stem cuts endings, so that a word is the same in another number or tense. It is
// coarse on purpose: to take two words for one costs less than the other way round.
func stem(w string) string {
	w = strings.TrimSuffix(w, "'s")
	for _, ending := range endings {
		if len(w) >= len(ending)+3 && strings.HasSuffix(w, ending) {
			return strings.TrimSuffix(w[:len(w)-len(ending)], "e")
		}
	}
	return strings.TrimSuffix(w, "e")
}

// endings, longest first.
var endings = []string{"ations", "ation", "ments", "ings", "ment", "ness", "tion", "ies", "ing", "ers", "est", "ed", "es", "er", "ly", "al", "y", "s"}

// FNV-1a.
const (
	fnvOffset uint32 = 2166136261
	fnvPrime  uint32 = 16777619
)

func hashString(s string) uint32 {
	h := fnvOffset
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * fnvPrime
	}
	return h
}
