package classifier

import "math"

// Windows of windowTokens words, one every windowStride: a bad sentence in a long
// document fills most of one window.
const (
	windowTokens = 120
	windowStride = 60
)

// featureBits is how many bits of a hash name a feature.
const featureBits = 19

// The families of features. A family's seed keeps its hashes apart from the others'.
const (
	famWord uint32 = iota + 1
	famPair
	famFirst
	famStem
	famGlyphs
	famSign
	famConcept
	famConceptFirst
	famConceptPair
	famEdge
	famShape
	famQuoted
)

// conceptReach is how many tokens may stand between two concepts of a pair.
const conceptReach = 8

// features collects the distinct features of one window.
type features struct {
	seen  []uint64 // a bit per feature
	found []uint32
}

func newFeatures() *features {
	return &features{seen: make([]uint64, 1<<(featureBits-6))}
}

func (f *features) reset() {
	for _, i := range f.found {
		f.seen[i>>6] = 0
	}
	f.found = f.found[:0]
}

func (f *features) add(family, h uint32) {
	i := mix(h+family*0x9E3779B9) >> (32 - featureBits)
	if bit := uint64(1) << (i & 63); f.seen[i>>6]&bit == 0 {
		f.seen[i>>6] |= bit
		f.found = append(f.found, i)
	}
}

// window replaces the features by those of the tokens.
func (f *features) window(tokens []token, doc layout) {
	f.reset()
	var last, before *token // words
	var recent [conceptReach]concept
	var shape shape
	for i := range tokens {
		t := &tokens[i]
		shape.count(t)
		if t.kind == signToken {
			f.add(famSign, t.hash)
			if i+1 < len(tokens) {
				f.add(famSign, pair(t.hash, tokens[i+1].hash))
			}
			continue
		}
		f.add(famWord, t.hash)
		if t.stem != 0 {
			f.add(famStem, t.stem)
		}
		if last != nil {
			f.add(famPair, pair(last.hash, t.hash))
			if t.kind == glyphToken && before != nil && before.kind == glyphToken {
				f.add(famGlyphs, pair(pair(before.hash, last.hash), t.hash))
			}
		}
		if t.first {
			f.add(famFirst, t.hash)
			recent = [conceptReach]concept{}
		}
		if t.quoted {
			f.add(famQuoted, t.hash)
		}
		f.concepts(t, &recent, i)
		before, last = last, t
	}
	shape.features(f)
	doc.features(f, tokens)
}

// concepts adds the concept of a token and its pairs with those shortly before it in
// the sentence.
func (f *features) concepts(t *token, recent *[conceptReach]concept, at int) {
	c := t.concept
	recent[at%conceptReach] = c
	if c == noConcept {
		return
	}
	f.add(famConcept, uint32(c))
	if t.first {
		f.add(famConceptFirst, uint32(c))
	}
	if t.quoted {
		f.add(famQuoted, uint32(c)<<8+1)
	}
	for k := 1; k < conceptReach; k++ {
		if p := recent[(at+k)%conceptReach]; p != noConcept && p != c {
			f.add(famConceptPair, pair(uint32(p), uint32(c)))
		}
	}
}

// shape is what can be counted about a window without knowing its words.
type shape struct {
	words, signs, concepts, numbers, firsts, long, bytes int
}

func (s *shape) count(t *token) {
	switch {
	case t.kind == signToken:
		s.signs++
		return
	case t.concept != noConcept:
		s.concepts++
	case t.hash == numberHash || t.hash == longDigits:
		s.numbers++
	case t.hash == longHash:
		s.long++
	}
	if t.first {
		s.firsts++
	}
	s.words++
	s.bytes += int(t.end - t.start)
}

// features adds ratios, never counts: length must not carry the score.
func (s *shape) features(f *features) {
	if s.words < 4 {
		return
	}
	f.ratio(1, s.signs, s.words)
	f.ratio(2, s.concepts, s.words)
	f.ratio(3, s.numbers, s.words)
	f.ratio(4, s.firsts, s.words)
	f.ratio(5, s.bytes, 12*s.words)
	if s.long > 0 {
		f.add(famShape, 99)
	}
}

// ratio adds the eighth of the whole in which part/whole lies.
func (f *features) ratio(id uint32, part, whole int) {
	f.add(famShape, id<<8+uint32(min(8*part/whole, 9)))
}

// fewFeatures damps windows of few features: one word says little.
const fewFeatures = 4

// value is what one of n features of a window is worth. At n^-½ windows would all have
// length 1 and long ones, whose features agree, large sums; n^-¾ does not let length
// carry the score and held up best on unseen sources.
func value(n int) float64 {
	root := math.Sqrt(float64(n + fewFeatures))
	return 1 / (root * math.Sqrt(root))
}
