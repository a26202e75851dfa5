package toxicity

import (
	"unicode"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// token is a word, a character of a script without spaces, or a sign that ends or
// stresses a sentence.
type token struct {
	start, end int32 // bytes of the text
	hash       uint32
	concept    concept
	kind       tokenKind
	first      bool // of a sentence
	quoted     bool // within quotation marks
}

type tokenKind uint8

const (
	wordToken  tokenKind = iota
	glyphToken           // one character of a script that sets no spaces
	signToken
)

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

// mix spreads a hash over all bits (the finalizer of MurmurHash3, public domain).
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85EBCA6B
	h ^= h >> 13
	h *= 0xC2B2AE35
	return h ^ h>>16
}

// pair hashes two hashes in their order.
func pair(a, b uint32) uint32 { return mix(a*0x9E3779B1 ^ (b<<16 | b>>16)) }

var numberHash = hashString("<number>")

// scan appends the tokens of a folded text to tokens, whose memory it reuses. Addresses
// of the web, @names and numbers say nothing by themselves.
func scan(text string, lex *lexicon, tokens []token) []token {
	tokens = tokens[:0]
	first, quoted := true, false
	for i := 0; i < len(text); {
		r, size := decode(text, i)
		switch {
		case textview.Spaceless(r):
			t := glyph(text, i, size, lex)
			t.first, t.quoted = first, quoted
			tokens = append(tokens, t)
			first = false
			i += size
		case letter(r):
			end := wordEnd(text, i)
			if address(text[i:end], text[end:]) {
				i = skip(text, end)
				continue
			}
			t := word(text, i, end, lex)
			if t.concept == noConcept || t.concept != lex.dialect {
				t.first, t.quoted = first, quoted
				tokens = append(tokens, t)
				first = false
			}
			i = end
		case r == '@':
			i = skip(text, i)
		case r == '.' || r == '!' || r == '?' || r == '\n' || r == '。' || r == '！' || r == '？' || r == '।' || r == '؟':
			if r == '!' || r == '?' {
				tokens = append(tokens, token{start: int32(i), end: int32(i + size), hash: uint32(r), kind: signToken})
			}
			first = true
			i += size
		case r == '"' || r == '“' || r == '”' || r == '„' || r == '«' || r == '»' || r == '「' || r == '」':
			quoted = !quoted
			i += size
		default:
			i += size
		}
	}
	return tokens
}

func decode(text string, i int) (rune, int) {
	if c := text[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(text[i:])
}

// address tells a web address by its scheme and what follows.
func address(word, after string) bool {
	return (word == "http" || word == "https") && len(after) > 2 && after[:3] == "://"
}

// skip goes on to the next white space.
func skip(text string, i int) int {
	for i < len(text) && text[i] != ' ' && text[i] != '\n' && text[i] != '\t' {
		i++
	}
	return i
}

func letter(r rune) bool {
	if r >= 1<<16 {
		return unicode.IsLetter(r) || unicode.IsMark(r)
	}
	return letters[r>>6]&(1<<(r&63)) != 0
}

// letters are the letters, digits and marks of the first plane, a bit each: asking the
// tables of unicode for each character costs more than all else that is done with it.
var letters = func() (table [1 << 10]uint64) {
	for r := range rune(1 << 16) {
		if r >= '0' && r <= '9' || unicode.IsLetter(r) || unicode.IsMark(r) {
			table[r>>6] |= 1 << (r & 63)
		}
	}
	return table
}()

// wordEnd is where letters, digits and apostrophes between them end.
func wordEnd(text string, i int) int {
	for i < len(text) {
		r, size := decode(text, i)
		if textview.Spaceless(r) || !letter(r) && !(r == '\'' && i+1 < len(text) && letter(rune(text[i+1]))) {
			break
		}
		i += size
	}
	return i
}

func word(text string, start, end int, lex *lexicon) token {
	t := token{start: int32(start), end: int32(end), kind: wordToken}
	w := text[start:end]
	if digits(w) {
		t.hash = numberHash
		return t
	}
	t.hash = hashString(w)
	if t.concept = lex.of(w, t.hash); t.concept != noConcept && t.concept == lex.group {
		t.hash = hashString(groupConcept)
	}
	return t
}

func digits(w string) bool {
	for i := 0; i < len(w); i++ {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return true
}

// maxGlyphs is the longest concept, in characters, of a script without spaces.
const maxGlyphs = 5

// glyph is one character, with the longest concept that begins with it.
func glyph(text string, i, size int, lex *lexicon) token {
	t := token{start: int32(i), end: int32(i + size), hash: hashString(text[i : i+size]), kind: glyphToken}
	h := fnvOffset
	for n := 0; n < maxGlyphs && i < len(text); n++ {
		r, size := decode(text, i)
		if !textview.Spaceless(r) {
			break
		}
		for k := i; k < i+size; k++ {
			h = (h ^ uint32(text[k])) * fnvPrime
		}
		if c := lex.words.get(h); c != noConcept {
			t.concept = c
		}
		i += size
	}
	return t
}
