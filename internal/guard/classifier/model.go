package classifier

import (
	_ "embed"
	"math"
	"sync"
)

// Model scores texts. It is safe for concurrent use.
type Model struct {
	weights *Weights
	lexicon *lexicon
	scratch sync.Pool // of *scratch
}

// scratch is the memory that scoring one text needs.
type scratch struct {
	tokens   []token
	features *features
}

// maxKeptTokens bounds the memory that a scratch keeps from one text to the next.
const maxKeptTokens = 1 << 15

// Reading is what a Model says of one text.
type Reading struct {
	Score      float64 // probability that the text is an attack where attacks and harmless texts are equally likely
	Start, End int     // bytes of the window that gave it
}

//go:embed weights.bin
var shipped []byte

// Load makes the model that is built in.
func Load() (*Model, error) {
	var w Weights
	if err := w.UnmarshalBinary(shipped); err != nil {
		return nil, err
	}
	return New(&w)
}

// New makes a model of weights.
func New(w *Weights) (*Model, error) {
	lex, err := newLexicon(conceptsText)
	if err != nil {
		return nil, err
	}
	m := &Model{weights: w, lexicon: lex}
	m.scratch.New = func() any { return &scratch{features: newFeatures()} }
	return m, nil
}

// Read scores a folded text (textview's Folded) in time linear to its length.
func (m *Model) Read(text string) Reading {
	s := m.scratch.Get().(*scratch)
	best := Reading{}
	raw := math.Inf(-1)
	s.tokens = scan(text, m.lexicon, s.tokens)
	doc := newLayout(s.tokens)
	for at := 0; at < len(s.tokens); at += windowStride {
		end := min(at+windowTokens, len(s.tokens))
		s.features.window(s.tokens[at:end], doc)
		if z := m.weights.sum(s.features.found); z > raw {
			raw = z
			best.Start, best.End = int(s.tokens[at].start), int(s.tokens[end-1].end)
		}
		if end == len(s.tokens) {
			break
		}
	}
	if len(s.tokens) > 0 {
		c := calibration{slope: float64(m.weights.Slope), offset: float64(m.weights.Offset)}
		best.Score = c.probability(raw)
	}
	if cap(s.tokens) <= maxKeptTokens {
		m.scratch.Put(s)
	}
	return best
}
