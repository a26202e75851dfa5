package classifier

import (
	"bytes"
	_ "embed"
	"math"
	"strings"
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

// Texts are read in pieces of at most pieceBytes, of which the next begins pieceOverlap
// before the end of the last: memory is bounded whatever the text.
const (
	pieceBytes   = 64 << 10
	pieceOverlap = 1 << 10
)

// Reading is what a Model says of one text.
type Reading struct {
	Score      float64 // probability that the text is an attack where one in ten is
	Start, End int     // bytes of the window that gave it
}

//go:embed weights.bin
var shipped []byte

// Shipped tells whether these are the bytes of the weights that are built in.
func Shipped(weights []byte) bool { return bytes.Equal(weights, shipped) }

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
	defer m.scratch.Put(s)
	best, raw := Reading{}, math.Inf(-1)
	for from := 0; from < len(text); {
		end := pieceEnd(text, from)
		if r, z := m.readPiece(s, text[from:end]); z > raw {
			raw = z
			best.Start, best.End = from+r.Start, from+r.End
		}
		if end == len(text) {
			break
		}
		from = end - pieceOverlap
	}
	if !math.IsInf(raw, -1) {
		c := calibration{slope: float64(m.weights.Slope), offset: float64(m.weights.Offset)}
		best.Score = c.probability(raw)
	}
	return best
}

// pieceEnd is where the piece that begins at from ends: behind a space, if there is
// one in the overlap.
func pieceEnd(text string, from int) int {
	end := from + pieceBytes
	if end >= len(text) {
		return len(text)
	}
	if space := strings.LastIndexByte(text[end-pieceOverlap/2:end], ' '); space >= 0 {
		return end - pieceOverlap/2 + space + 1
	}
	return end
}

// readPiece finds the window with the highest sum; −Inf when there is no token.
func (m *Model) readPiece(s *scratch, text string) (best Reading, raw float64) {
	raw = math.Inf(-1)
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
	return best, raw
}
