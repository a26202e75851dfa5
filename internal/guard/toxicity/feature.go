package toxicity

import "math"

// Windows of windowTokens tokens, one every windowStride: a sentence of hate in a long
// answer fills most of one window.
const (
	windowTokens = 60
	windowStride = 30
)

// featureBits is how many bits of a hash name a feature.
const featureBits = 19

// The families of features. A family's seed keeps its hashes apart from the others'.
const (
	famWord uint32 = iota + 1
	famPair
	famSkip
	famPart
	famGlyphs
	famSign
	famConcept // from here on features count conceptValue times
	famFirst
	famConceptPair
	famQuoted
)

// How far concepts reach, in tokens of a sentence, how long parts of words are, in
// bytes, and how many times a feature of concepts counts.
const (
	conceptReach = 8
	partBytes    = 5
	conceptValue = 3
)

// features collects the distinct features of one window. What the tokens of a text say is
// worked out once for all windows in which they stand.
type features struct {
	seen     []uint64 // a bit per feature
	words    []uint32
	concepts []uint32

	said []uint32 // what the tokens say one after the other
	ends []int    // of each token's part of it
}

func newFeatures() *features { return &features{seen: make([]uint64, 1<<(featureBits-6))} }

func (f *features) reset() {
	for _, i := range f.words {
		f.seen[i>>6] = 0
	}
	for _, i := range f.concepts {
		f.seen[i>>6] = 0
	}
	f.words, f.concepts = f.words[:0], f.concepts[:0]
}

// conceptBit marks a feature that counts conceptValue times.
const conceptBit = 1 << 31

// say notes a feature of the token that is read.
func (f *features) say(family, h uint32) {
	i := mix(h+family*0x9E3779B9) >> (32 - featureBits)
	if family >= famConcept {
		i |= conceptBit
	}
	f.said = append(f.said, i)
}

// take adds features to the window, each once.
func (f *features) take(said []uint32) {
	for _, i := range said {
		index := i &^ conceptBit
		bit := uint64(1) << (index & 63)
		if f.seen[index>>6]&bit != 0 {
			continue
		}
		f.seen[index>>6] |= bit
		if i != index {
			f.concepts = append(f.concepts, index)
			continue
		}
		f.words = append(f.words, index)
	}
}

// read works out what the tokens of a text say.
func (f *features) read(text string, tokens []token, lex *lexicon) {
	f.said, f.ends = f.said[:0], f.ends[:0]
	f.walk(text, tokens, lex)
}

// window replaces the features by those of the tokens [from,to) of the text that was read.
// The first ones are read again: what stands before them is not in the window.
func (f *features) window(text string, tokens []token, from, to int, lex *lexicon) {
	f.reset()
	again := min(from+conceptReach, to)
	said, ends := len(f.said), len(f.ends)
	f.walk(text, tokens[from:again], lex)
	f.take(f.said[said:])
	f.said, f.ends = f.said[:said], f.ends[:ends]
	f.take(f.said[f.ends[again-1]:f.ends[to-1]])
}

// walk appends what each token says, as the first of a text.
func (f *features) walk(text string, tokens []token, lex *lexicon) {
	var recent [conceptReach]concept
	for i := range tokens {
		f.token(text, tokens, i, &recent, lex)
		f.ends = append(f.ends, len(f.said))
	}
}

func (f *features) token(text string, tokens []token, i int, recent *[conceptReach]concept, lex *lexicon) {
	t := &tokens[i]
	if t.kind == signToken {
		f.say(famSign, t.hash)
		return
	}
	if t.first {
		*recent = [conceptReach]concept{}
	}
	f.say(famWord, t.hash)
	if i > 0 && !t.first {
		f.neighbours(tokens, i)
	}
	if t.kind == wordToken && t.concept != lex.group {
		f.parts(text[t.start:t.end])
	}
	f.conceptsAt(t, recent, i)
}

func (f *features) neighbours(tokens []token, i int) {
	t, last := &tokens[i], &tokens[i-1]
	f.say(famPair, pair(last.hash, t.hash))
	if i < 2 || last.first {
		return
	}
	before := &tokens[i-2]
	if t.kind == glyphToken {
		f.say(famGlyphs, pair(pair(before.hash, last.hash), t.hash))
		return
	}
	f.say(famSkip, pair(before.hash, t.hash))
}

// parts are the beginning of a long word and what it is made of, so that inflected and
// misspelt words are recognised.
func (f *features) parts(word string) {
	if len(word) <= partBytes {
		return
	}
	f.say(famPart, hashString(word[:partBytes])^1)
	for i := 0; i+partBytes <= len(word); i++ {
		f.say(famPart, hashString(word[i:i+partBytes]))
	}
}

// conceptsAt adds the concept of a token and its pairs with those shortly before it in
// the sentence.
func (f *features) conceptsAt(t *token, recent *[conceptReach]concept, at int) {
	c := t.concept
	recent[at%conceptReach] = c
	if c == noConcept {
		return
	}
	f.say(famConcept, uint32(c))
	if t.first {
		f.say(famFirst, uint32(c))
	}
	if t.quoted {
		f.say(famQuoted, uint32(c))
	}
	for k := 1; k < conceptReach; k++ {
		if p := recent[(at+k)%conceptReach]; p != noConcept && p != c {
			f.say(famConceptPair, uint32(p)<<8|uint32(c))
		}
	}
}

// value is what one of n features of a window is worth: at n^-½ long windows, whose
// features agree, would have large sums, and few features say little.
func value(n int) float64 { return math.Pow(float64(n)+fewFeatures, -0.75) }

// fewFeatures is how many features are taken for given.
const fewFeatures = 24
