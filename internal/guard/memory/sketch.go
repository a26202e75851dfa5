package memory

import (
	"math/bits"
	"unicode"
	"unicode/utf8"
)

const (
	bins = 48 // numbers of a sketch

	// runLength is how many letters a run has; wideLength in scripts whose characters
	// are syllables or words.
	runLength, wideLength = 5, 2

	// maxRead is how much of a text counts, in bytes.
	maxRead = 64 << 10

	// minWeight is how many different runs a text needs to be remembered at all: what is
	// shorter, or says the same again and again, is like too much else. A run of wide
	// characters counts double.
	minWeight = 24
	// sparseWeight is up to where the estimate is coarse, so that more must agree.
	sparseWeight = 48

	nearFrom, sparseNearFrom = 0.6, 0.75
)

// sketch stands for a text. Equal texts have equal sketches.
type sketch struct {
	numbers [bins]uint16
	sparse  bool
}

// near is the similarity from which two texts are taken for the same.
func (s *sketch) near() float64 {
	if s.sparse {
		return sparseNearFrom
	}
	return nearFrom
}

// similarity estimates how many of the runs of two texts are common to both, in [0,1].
func (s *sketch) similarity(o *sketch) float64 {
	same := 0
	for i, n := range s.numbers {
		if n == o.numbers[i] {
			same++
		}
	}
	return float64(same) / bins
}

// newSketch reads a folded text; false when there is too little in it.
func newSketch(folded string) (*sketch, bool) {
	r := reader{}
	for i := range r.least {
		r.least[i] = none
	}
	if len(folded) > maxRead {
		folded = folded[:maxRead]
	}
	for _, c := range folded {
		r.read(c)
	}
	weight := r.weight()
	if weight < minWeight {
		return nil, false
	}
	s := &sketch{sparse: weight < sparseWeight}
	r.fill(&s.numbers)
	return s, true
}

const none = ^uint64(0)

// reader takes a text in letter by letter. Spaces and signs do not count, and a number
// counts as one digit, whatever it is.
type reader struct {
	last  [ring]rune   // letters
	hash  uint64       // of the last runLength letters: a polynomial that rolls on
	n     int          // letters so far
	digit bool         // the last one was a digit
	least [bins]uint64 // smallest hash of a run, by bin
	seen  [16]uint64   // a bitmap of hashes, to count different runs (linear counting)
}

func (r *reader) read(c rune) {
	switch {
	case c < utf8.RuneSelf:
		if 'a' <= c && c <= 'z' {
			break
		}
		if c < '0' || c > '9' {
			return
		}
		c = '0'
	case unicode.IsDigit(c):
		c = '0'
	case !unicode.IsLetter(c):
		return
	}
	if c == '0' && r.digit {
		return
	}
	r.digit = c == '0'
	out := r.last[(r.n-runLength)&(ring-1)]
	r.hash = r.hash*base + uint64(c) - uint64(out)*basePower
	r.last[r.n&(ring-1)] = c
	r.n++
	switch {
	case wide(c):
		if before := r.last[(r.n-wideLength)&(ring-1)]; r.n >= wideLength {
			h := mix(uint64(before)<<32 | uint64(c))
			r.count(h)
			r.mark(h >> 10)
		}
	case r.n >= runLength:
		r.count(mix(r.hash))
	}
}

const (
	ring = 8                  // a power of two, longer than a run
	base = 0x9E3779B97F4A7C15 // odd, so that no letter is lost

	// basePower is base to the power of runLength, modulo 2^64.
	basePower = (base * base % two64) * (base * base % two64) % two64 * base % two64
	two64     = 1 << 64
)

// wide tells characters that stand for syllables or words.
func wide(c rune) bool {
	return c >= 0x1100 && unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// count takes the hash of a run. Its high bits choose the bin, all others its place
// there.
func (r *reader) count(h uint64) {
	bin, _ := bits.Mul64(h, bins)
	r.least[bin] = min(r.least[bin], h)
	r.mark(h)
}

func (r *reader) mark(h uint64) { r.seen[h>>6&15] |= 1 << (h & 63) }

// mix spreads every bit over all others (the finaliser of SplitMix64, Steele 2014).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

func (r *reader) weight() int {
	n := 0
	for _, word := range r.seen {
		n += bits.OnesCount64(word)
	}
	return n
}

// fill writes the numbers. A bin that no run fell into borrows from another one, chosen
// by its own place alone, so that equal bins borrow alike.
func (r *reader) fill(numbers *[bins]uint16) {
	for i := range numbers {
		from := i
		for try := uint64(1); r.least[from] == none; try++ {
			bin, _ := bits.Mul64(mix(uint64(i)<<32|try), bins)
			from = int(bin)
		}
		numbers[i] = uint16(r.least[from])
	}
}
