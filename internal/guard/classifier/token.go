package classifier

import (
	"unicode"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// token is a word, a character of a script without spaces, or a run of signs.
type token struct {
	hash       uint32
	stem       uint32 // of the first letters of a long word, else 0
	start, end int32  // bytes of the text
	line       int32
	concept    concept
	kind       tokenKind
	first      bool // of a sentence or a line
	quoted     bool // an opening quotation mark stands before it
}

type tokenKind uint8

const (
	wordToken  tokenKind = iota
	glyphToken           // one character of a script that sets no spaces
	signToken
)

const (
	fnvOffset uint32 = 2166136261
	fnvPrime  uint32 = 16777619

	stemRunes = 5  // letters of which a stem is made
	signBytes = 4  // of a run of signs that tell it from others
	longWord  = 28 // runes from which on a word is no word of any language
)

var (
	numberHash  = hashString("<number>")
	longHash    = hashString("<long>")
	longDigits  = hashString("<digits>")
	fewestDigit = 5
)

func hashString(s string) uint32 {
	h := fnvOffset
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * fnvPrime
	}
	return h
}

// scanner cuts a text into tokens.
type scanner struct {
	text     string
	lexicon  *lexicon
	tokens   []token
	line     int32
	sentence bool // the next word is the first of a sentence
	quoted   bool
}

// scan appends the tokens of a folded text to tokens, whose memory it reuses.
func scan(text string, lex *lexicon, tokens []token) []token {
	s := scanner{text: text, lexicon: lex, tokens: tokens[:0], sentence: true}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c < utf8.RuneSelf && asciiWord[c]:
			i = s.word(i)
		case c == '\n':
			s.line++
			s.sentence = true
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c < utf8.RuneSelf:
			i = s.signs(i)
		default:
			i = s.foreign(i)
		}
	}
	return s.tokens
}

// asciiWord marks the ASCII characters of which words are made.
var asciiWord = func() (table [128]bool) {
	for c := '0'; c <= 'z'; c++ {
		table[c] = c <= '9' || c >= 'a' || (c >= 'A' && c <= 'Z')
	}
	return table
}()

func (s *scanner) foreign(i int) int {
	r, size := utf8.DecodeRuneInString(s.text[i:])
	switch {
	case textview.Spaceless(r):
		return s.glyph(i, size)
	case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
		return s.word(i)
	case unicode.IsSpace(r):
		return i + size
	case r == '。' || r == '！' || r == '？' || r == '।' || r == '؟' || r == '¿' || r == '¡':
		s.sentence = true
		return i + size
	case r == '“' || r == '«' || r == '„' || r == '「' || r == '『' || r == '‘':
		s.quoted = true
		return i + size
	default:
		return s.signs(i)
	}
}

// word reads letters, marks and digits, and apostrophes between them. Digits make a
// number whatever its value; the concept is looked up as the letters pass.
func (s *scanner) word(i int) int {
	start := i
	h, stem := fnvOffset, uint32(0)
	runes, digits := 0, 0
	found := noConcept
	for i < len(s.text) {
		c := s.text[i]
		size := 1
		switch {
		case c < utf8.RuneSelf && asciiWord[c]:
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			if c <= '9' {
				digits++
			}
			h = (h ^ uint32(c)) * fnvPrime
		case c == '\'' && i+1 < len(s.text) && s.text[i+1] < utf8.RuneSelf && asciiWord[s.text[i+1]]:
			h = (h ^ uint32(c)) * fnvPrime
		case c < utf8.RuneSelf:
			size = 0
		default:
			var r rune
			r, size = utf8.DecodeRuneInString(s.text[i:])
			if textview.Spaceless(r) || !(unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)) {
				size = 0
				break
			}
			for j := i; j < i+size; j++ {
				h = (h ^ uint32(s.text[j])) * fnvPrime
			}
		}
		if size == 0 {
			break
		}
		i += size
		runes++
		if runes == stemRunes {
			stem = h
		}
		if s.lexicon.mayStem(h) {
			if c := s.lexicon.stems(h); c != noConcept {
				found = c
			}
		}
	}
	if c := s.lexicon.word(h); c != noConcept {
		found = c
	}
	if runes <= stemRunes {
		stem = 0
	}
	switch {
	case digits == runes && digits >= fewestDigit:
		h = longDigits
	case digits == runes:
		h = numberHash
	case runes > longWord:
		h, stem = longHash, 0
	}
	s.add(token{hash: h, stem: stem, start: int32(start), end: int32(i), concept: found, kind: wordToken})
	return i
}

// maxGlyphs is the longest concept, in characters, of a script without spaces.
const maxGlyphs = 6

// glyph reads one character and looks whether a concept begins with it.
func (s *scanner) glyph(i, size int) int {
	h := hashString(s.text[i : i+size])
	t := token{hash: h, start: int32(i), end: int32(i + size), kind: glyphToken}
	long := h
	for n, j := 1, i+size; ; n++ {
		if c := s.lexicon.word(long); c != noConcept {
			t.concept = c
		}
		if n == maxGlyphs || j >= len(s.text) {
			break
		}
		r, next := utf8.DecodeRuneInString(s.text[j:])
		if !textview.Spaceless(r) {
			break
		}
		for k := j; k < j+next; k++ {
			long = (long ^ uint32(s.text[k])) * fnvPrime
		}
		j += next
	}
	s.add(t)
	return i + size
}

// signs reads a run of signs. Full stops, exclamation and question marks end a
// sentence, and so do colons: what follows one may be an instruction.
func (s *scanner) signs(i int) int {
	start := i
	h := fnvOffset
	for i < len(s.text) {
		c := s.text[i]
		size := 1
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s.text[i:])
			if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || unicode.IsSpace(r) || textview.Spaceless(r) {
				break
			}
			size = n
		} else if asciiWord[c] || c <= ' ' {
			break
		}
		if i-start < signBytes {
			h = (h ^ uint32(c)) * fnvPrime
		}
		i += size
		switch c {
		case '.', '!', '?', ':', ';', ']', '>', '}', ')', '#', '*', '|', '/':
			s.sentence = true
		case '"', '\'', '`':
			s.quoted = true
		}
	}
	if i == start { // a character that is none of these, such as a control
		_, size := utf8.DecodeRuneInString(s.text[i:])
		return i + size
	}
	s.tokens = append(s.tokens, token{hash: h, start: int32(start), end: int32(i), line: s.line, kind: signToken})
	return i
}

func (s *scanner) add(t token) {
	t.line, t.first, t.quoted = s.line, s.sentence, s.quoted
	s.sentence, s.quoted = false, false
	if n := len(s.tokens); n > 0 && t.concept == noConcept {
		if p := &s.tokens[n-1]; p.kind == wordToken {
			t.concept = s.lexicon.word(pair(p.hash, t.hash))
		}
	}
	s.tokens = append(s.tokens, t)
}

// pair hashes two hashes in their order.
func pair(a, b uint32) uint32 {
	return mix(a*0x9E3779B1 ^ (b<<16 | b>>16))
}

// mix spreads a hash over all bits (the finalizer of MurmurHash3, public domain).
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85EBCA6B
	h ^= h >> 13
	h *= 0xC2B2AE35
	return h ^ h>>16
}
