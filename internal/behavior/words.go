package behavior

import (
	"math"
	"unicode"
	"unicode/utf8"
)

// What is read of a prompt, at most: enough to know its kind, little enough for the hot path.
const (
	maxRead  = 2048 // bytes
	maxWords = 128
)

// wordsOf hashes the words of a text in small letters. A character of a script without spaces is a word.
func wordsOf(text string, into []uint64) []uint64 {
	text = text[:min(len(text), maxRead)]
	h, in := uint64(0), false
	end := func() {
		if in {
			into = append(into, mix(h))
		}
		in = false
	}
	for i := 0; i < len(text) && len(into) < maxWords; {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		switch {
		case unicode.Is(unicode.Han, r) || unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			end()
			into = append(into, mix(uint64(r)))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'':
			if !in {
				h, in = 14695981039346656037, true
			}
			h = (h ^ uint64(unicode.ToLower(r))) * 1099511628211
		default:
			end()
		}
	}
	if len(into) < maxWords {
		end()
	}
	return into
}

// gist is what is kept of a prompt: from it nobody can tell the words.
type gist struct {
	_      struct{}        `cbor:",toarray"`
	Sums   [topicSize]int8 // of a random sign for each word and dimension
	Sketch sketch
}

const topicSize = 32

// sketch stands for one prompt: a SimHash (Charikar 2002) over words and pairs of words, and a hash of all words in their order.
type sketch struct {
	_           struct{} `cbor:",toarray"`
	Alike, Same uint64   // Same is 0 of a prompt without words
}

func gistOf(prompt string) (g gist) {
	var buffer [maxWords]uint64
	words := wordsOf(prompt, buffer[:0])
	if len(words) == 0 {
		return g
	}
	var sums [topicSize]int16
	for _, w := range words {
		for i := range sums {
			sums[i] += int16(w>>i&1)*2 - 1
		}
	}
	for i, sum := range sums {
		g.Sums[i] = int8(max(-math.MaxInt8, min(sum, math.MaxInt8)))
	}
	g.Sketch = sketchOf(words)
	return g
}

func (g *gist) empty() bool { return g.Sketch.Same == 0 }

// direction is where a prompt, or many of them, point to: the zero direction is nowhere.
type direction [topicSize]float32

// direction is of length 1.
func (g *gist) direction() (v direction) {
	norm := 0.0
	for _, sum := range g.Sums {
		norm += float64(sum) * float64(sum)
	}
	if norm == 0 {
		return v
	}
	scale := float32(1 / math.Sqrt(norm))
	for i, sum := range g.Sums {
		v[i] = float32(sum) * scale
	}
	return v
}

func sketchOf(words []uint64) sketch {
	var votes [64]int16
	same := uint64(len(words))
	before := uint64(0)
	for _, w := range words {
		vote(&votes, w)
		vote(&votes, pairOf(before, w))
		before, same = w, mix(same+w)
	}
	s := sketch{Same: same | 1}
	for i, v := range votes {
		if v > 0 {
			s.Alike |= 1 << i
		}
	}
	return s
}

func vote(votes *[64]int16, h uint64) {
	for i := range votes {
		votes[i] += int16(h>>i&1)*2 - 1
	}
}
