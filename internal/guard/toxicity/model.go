package toxicity

import (
	_ "embed"
	"math"
	"sync"

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

// maxKeptTokens bounds the memory that a scratch keeps from one text to the next.
const maxKeptTokens = 1 << 15

// Reading is what a Model says of one text.
type Reading struct {
	Score      float64 // probability of harm where harm is as likely as not
	Start, End int     // bytes of the window that looks most like it
}

//go:embed weights.bin
var shipped []byte

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

// Read scores a folded text in time linear to its length.
func (m *Model) Read(text string) Reading {
	s := m.scratch.Get().(*scratch)
	best, highest := Reading{}, math.Inf(-1)
	s.tokens = scan(text, m.lexicon, s.tokens)
	eachWindow(s.tokens, func(tokens []token) {
		s.features.window(text, tokens, m.lexicon)
		if sum := m.weights.sum(s.features); sum > highest {
			highest = sum
			best.Start, best.End = int(tokens[0].start), int(tokens[len(tokens)-1].end)
		}
	})
	if !math.IsInf(highest, -1) {
		best.Score = logistic.Calibration{Slope: float64(m.weights.slope), Offset: float64(m.weights.offset)}.Probability(highest)
	}
	if cap(s.tokens) <= maxKeptTokens {
		m.scratch.Put(s)
	}
	return best
}

func eachWindow(tokens []token, do func([]token)) {
	for at := 0; at < len(tokens); at += windowStride {
		end := min(at+windowTokens, len(tokens))
		do(tokens[at:end])
		if end == len(tokens) {
			return
		}
	}
}
