package toxicity

import (
	"bytes"
	_ "embed"
	"math"
	"sync"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/guard/logistic"
)

// Model reads texts. It is safe for concurrent use.
type Model struct {
	weights *weights
	lexicon *lexicon
	scratch sync.Pool // of *scratch
}

// scratch is the memory that reading one text needs.
type scratch struct {
	tokens   []token
	features *features
}

// Reading is what a Model says of one text.
type Reading struct {
	Score      float64 // probability of harm where harm is as likely as not
	Start, End int     // bytes of the window that looks most like it
}

//go:embed weights.bin
var shipped []byte

// Shipped tells whether these are the bytes of the weights that are built in.
func Shipped(weights []byte) bool { return bytes.Equal(weights, shipped) }

// Load makes the model that is built in.
func Load() (*Model, error) {
	var w weights
	if err := w.unmarshal(shipped); err != nil {
		return nil, err
	}
	return newModel(&w)
}

func newModel(w *weights) (*Model, error) {
	lex, err := newLexicon(conceptsText)
	if err != nil {
		return nil, err
	}
	m := &Model{weights: w, lexicon: lex}
	m.scratch.New = func() any { return &scratch{features: newFeatures()} }
	return m, nil
}

// MarshalBinary writes the weights.
func (m *Model) MarshalBinary() ([]byte, error) { return m.weights.marshal(), nil }

// Long texts are read in blocks that overlap, so that the memory does not grow with them.
const (
	blockBytes   = 16 << 10
	blockOverlap = 512
)

// Read scores a folded text in time linear to its length.
func (m *Model) Read(text string) Reading {
	s := m.scratch.Get().(*scratch)
	defer m.scratch.Put(s)
	best, highest := Reading{}, math.Inf(-1)
	for at := 0; at < len(text); {
		end := gapBefore(text, min(at+blockBytes, len(text)))
		if r, sum := m.block(text[at:end], s); sum > highest {
			highest = sum
			best.Start, best.End = at+r.Start, at+r.End
		}
		if end == len(text) {
			break
		}
		at = gapBefore(text, end-blockOverlap)
	}
	if !math.IsInf(highest, -1) {
		best.Score = logistic.Calibration{Slope: float64(m.weights.slope), Offset: float64(m.weights.offset)}.Probability(highest)
	}
	return best
}

// block reads part of a text; −∞ when it has no words.
func (m *Model) block(text string, s *scratch) (best Reading, highest float64) {
	highest = math.Inf(-1)
	s.tokens = scan(text, m.lexicon, s.tokens)
	s.features.read(text, s.tokens, m.lexicon)
	eachWindow(len(s.tokens), func(from, to int) {
		s.features.window(text, s.tokens, from, to, m.lexicon)
		if sum := m.weights.sum(s.features); sum > highest {
			highest = sum
			best.Start, best.End = int(s.tokens[from].start), int(s.tokens[to-1].end)
		}
	})
	return best, highest
}

// longestWord is how far a gap between words is looked for, in bytes.
const longestWord = 64

// gapBefore moves a cut back to a gap between words, or at least to the start of a
// character.
func gapBefore(text string, at int) int {
	if at >= len(text) {
		return len(text)
	}
	for i := at; i > at-longestWord && i > 0; i-- {
		if text[i] == ' ' || text[i] == '\n' {
			return i
		}
	}
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

func eachWindow(tokens int, do func(from, to int)) {
	for at := 0; at < tokens; at += windowStride {
		end := min(at+windowTokens, tokens)
		do(at, end)
		if end == tokens {
			return
		}
	}
}
