package gibberish

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kitchen makes gibberish of the words of harmless texts.
type Kitchen struct {
	words  []string
	common []string // those that come again: vocabularies hold mostly these
	rnd    *rand.Rand
}

// NewKitchen takes the words of texts; the same texts and seed make the same salads.
func NewKitchen(texts []string, seed uint64) *Kitchen {
	k := &Kitchen{rnd: rand.New(rand.NewPCG(seed, 5))} //nolint:gosec // reproducible on purpose
	seen := map[string]int{}
	for _, t := range texts {
		for _, w := range strings.FieldsFunc(t, func(c rune) bool { return !unicode.IsLetter(c) }) {
			if len(w) >= longestWord {
				continue
			}
			switch seen[w]++; seen[w] {
			case 1:
				k.words = append(k.words, w)
			case commonWord:
				k.common = append(k.common, w)
			}
		}
	}
	return k
}

// How long words of a vocabulary are, in bytes, and how often a common one is seen.
const longestWord, commonWord = 20, 4

// Salad is gibberish and how it was made.
type Salad struct {
	Text string
	Kind string // tokens, words, letters or keys
}

// Make makes one; most are salads of vocabulary pieces, as optimisers make them.
func (k *Kitchen) Make() Salad {
	if len(k.words) == 0 {
		return Salad{k.mash(), "keys"}
	}
	switch k.rnd.IntN(10) {
	case 0:
		return Salad{k.mash(), "keys"}
	case 1:
		return Salad{k.letters(), "letters"}
	case 2:
		return Salad{k.tossed(), "words"}
	default:
		return Salad{k.tokens(), "tokens"}
	}
}

// marks are signs and groups of signs that vocabularies hold as one piece.
var marks = strings.Fields("! ! ! ? . , ; : \" ' ( ) [ ] { } ]( )( \"\\ \\\" ** __ -- ---- => -> == != <- </ > /> < # ## ### $ $$ % & * + / \\ \\\\ ^ _ ` ``` | || ~ @ <? ?> {\" \"} }} {{ \\( \\) \\{ \\_ (\\ \">< .) ', '] [' (' ') (\" \") ...\" !). !! ?) \"? :// '/ %. =\\\" ={ =\" += :: ;;")

// foreign are pieces of other scripts.
var foreignPieces = strings.Fields("ство ния кон ский при ова ий ре на 日 本 的 之 年 は 用 者 文 ち 대 이 ال ون من और का ζ λο του ής é ß ñ ü ł ő č ж")

var caseWords = strings.Fields("String List Array Data Error Response Request User File Model View Text Type Value Button Layer Map Index Service Controller Exception Label Http Json Url Id Ref Util Test Init Node")

// tokens strings vocabulary pieces together. How often there are gaps, signs,
// fragments and capitals differs from salad to salad, as it does between vocabularies.
func (k *Kitchen) tokens() string {
	gap, sign, fragment, capital, foreign := k.between(0.5, 0.98), k.between(0.05, 0.35), k.between(0.1, 0.6), k.between(0.1, 0.4), k.between(0, 0.12)
	var b strings.Builder
	for range 16 + k.rnd.IntN(26) {
		piece, led := k.piece(sign, fragment, capital, foreign)
		if led && k.chance(gap) || !led && k.chance(gap/3) {
			b.WriteByte(' ')
		}
		b.WriteString(piece)
	}
	return strings.TrimSpace(b.String())
}

// piece is one piece, and whether it is of the sort that mostly begins a word.
func (k *Kitchen) piece(sign, fragment, capital, foreign float64) (string, bool) {
	switch {
	case k.chance(foreign):
		return k.one(foreignPieces), k.chance(0.3)
	case k.chance(sign):
		return k.one(marks), false
	case k.chance(0.04):
		return string(rune('0' + k.rnd.IntN(10))), false
	case k.chance(0.05):
		return k.one(caseWords), false
	}
	w := k.word()
	if k.chance(0.6) {
		w = strings.ToLower(w)
	}
	if k.chance(fragment) {
		return k.part(w), k.chance(0.35)
	}
	if k.chance(capital) {
		if k.chance(0.2) {
			return strings.ToUpper(w), true
		}
		first, size := utf8.DecodeRuneInString(w)
		return string(unicode.ToUpper(first)) + w[size:], k.chance(0.6)
	}
	return w, true
}

// word is one of the vocabulary, mostly a common one.
func (k *Kitchen) word() string {
	if len(k.common) > 0 && k.chance(0.6) {
		return k.one(k.common)
	}
	return k.one(k.words)
}

// part is some letters of a word.
func (k *Kitchen) part(w string) string {
	letters := []rune(w)
	n := min(2+k.rnd.IntN(4), len(letters))
	at := k.rnd.IntN(len(letters) - n + 1)
	return string(letters[at : at+n])
}

// tossed are whole words in no order.
func (k *Kitchen) tossed() string {
	var words []string
	for range 14 + k.rnd.IntN(20) {
		w := k.word()
		if k.chance(0.12) {
			w += k.one(marks)
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

// letters are words of random letters.
func (k *Kitchen) letters() string {
	var words []string
	for range 8 + k.rnd.IntN(12) {
		w := make([]byte, 3+k.rnd.IntN(8))
		for i := range w {
			w[i] = byte('a' + k.rnd.IntN(26))
		}
		words = append(words, string(w))
	}
	return strings.Join(words, " ")
}

// mash is what fingers hammer on the rows of a keyboard.
func (k *Kitchen) mash() string {
	rows := []string{"asdfghjkl;", "qwertyuiop", "asdfjkl", "zxcvbnm,", "hjkl;'", "sdfgh"}
	var b strings.Builder
	row := k.one(rows)
	for range 40 + k.rnd.IntN(60) {
		switch {
		case k.chance(0.1):
			row = k.one(rows)
		case k.chance(0.12):
			b.WriteByte(' ')
		}
		b.WriteByte(row[k.rnd.IntN(len(row))])
	}
	return b.String()
}

func (k *Kitchen) one(of []string) string            { return of[k.rnd.IntN(len(of))] }
func (k *Kitchen) chance(p float64) bool             { return k.rnd.Float64() < p }
func (k *Kitchen) between(low, high float64) float64 { return low + (high-low)*k.rnd.Float64() }
