package gibberish

import (
	"bytes"
	_ "embed"
	"math"
	"sync"
)

// Model reads texts. It is safe for concurrent use.
type Model struct {
	table   *table
	weights weights
	scratch sync.Pool // of *scratch
}

// scratch is the memory that reading one text needs, and what it learned of the table.
type scratch struct {
	pieces []piece
	costs  memo
}

// Reading is what a Model says of one text.
type Reading struct {
	Score      float64 // probability that part of it is gibberish where that is as likely as not
	Start, End int     // bytes of the part that looks most like it
	Bits       float64 // that a letter of the part costs; plain English costs about 2.5
}

//go:embed weights.bin
var shipped []byte

// Shipped tells whether these are the bytes of the weights that are built in.
func Shipped(weights []byte) bool { return bytes.Equal(weights, shipped) }

// Load makes the model that is built in.
func Load() (*Model, error) {
	var m Model
	if err := m.UnmarshalBinary(shipped); err != nil {
		return nil, err
	}
	return &m, nil
}

// Long texts are read in blocks that overlap, so that the memory does not grow with them.
const (
	blockBytes   = 16 << 10
	blockOverlap = 512
)

// Read looks at overlapping windows in time linear to the length of the text.
func (m *Model) Read(text string) Reading {
	best, odds := Reading{}, math.Inf(-1)
	for at := 0; ; at += blockBytes - blockOverlap {
		end := min(at+blockBytes, len(text))
		if r, z := m.block(text[at:end]); z > odds {
			odds = z
			best = Reading{Start: at + r.Start, End: at + r.End, Bits: r.Bits}
		}
		if end == len(text) {
			break
		}
	}
	if !math.IsInf(odds, -1) {
		best.Score = m.weights.calibration.Probability(odds)
	}
	return best
}

// block reads part of a text; −∞ when it is too short to judge.
func (m *Model) block(text string) (best Reading, odds float64) {
	s := m.pieces(text)
	odds = math.Inf(-1)
	eachWindow(s.pieces, func(w *window) {
		z := m.weights.sum(&w.measures)
		if z <= odds {
			return
		}
		odds = z
		best = Reading{Start: int(s.pieces[w.from].start), End: int(s.pieces[w.to-1].end), Bits: w.measures[letterBits]}
	})
	m.scratch.Put(s)
	return best, odds
}

// window is a part of a text.
type window struct {
	from, to int // pieces
	measures measures
}

// eachWindow measures the windows of a text: wide ones all over it, narrow ones where
// suffixes and prefixes stand, at its ends.
func eachWindow(pieces []piece, do func(*window)) {
	n := len(pieces)
	if n < leastPieces {
		return
	}
	var whole tally
	for i := range pieces {
		whole.count(pieces, i)
	}
	if n > 2*wideWindow {
		windowsOf(narrowWindow, 0, wideWindow, pieces, &whole, do)
		windowsOf(narrowWindow, n-wideWindow, n, pieces, &whole, do)
	} else {
		windowsOf(narrowWindow, 0, n, pieces, &whole, do)
	}
	if n > narrowWindow {
		windowsOf(wideWindow, 0, n, pieces, &whole, do)
	}
}

// windowsOf measures the windows of one size between two pieces; the last is as long as
// the others.
func windowsOf(size, first, end int, pieces []piece, whole *tally, do func(*window)) {
	var w window
	for at := first; ; at += size / 2 {
		w.to = min(at+size, end)
		w.from = max(w.to-size, first)
		var t tally
		for i := w.from; i < w.to; i++ {
			t.count(pieces, i)
		}
		t.measure(whole, &w.measures)
		do(&w)
		if w.to == end {
			return
		}
	}
}

// pieces cuts a text and says what each piece costs.
func (m *Model) pieces(text string) *scratch {
	s, ok := m.scratch.Get().(*scratch)
	if !ok {
		s = new(scratch)
	}
	s.pieces = cut(text, s.pieces)
	pieces := s.pieces
	letters, shapes := uint64(symLine), uint64(symLine)
	last := uint32(0)
	for i := range pieces {
		p := &pieces[i]
		if p.letters > 0 {
			p.known, p.knownPair = m.table.has(wordKey(p.hash)), m.table.has(pairKey(last, p.hash))
			last = p.hash
		}
		shapes = push(shapes, p.shape)
		p.shapeBits = s.costs.of(m.table, ofShapes, shapes)
		letters = m.spell(text, p, letters, &s.costs)
	}
	return s
}

// spell adds up what the letters of a piece cost and returns the history after it.
// Other pieces are history, but cost nothing.
func (m *Model) spell(text string, p *piece, history uint64, costs *memo) uint64 {
	if p.letters == 0 {
		if p.shape == shapeRepeat {
			return history
		}
		return push(history, p.symbol)
	}
	p.bits = 0
	for i := int(p.start); i < int(p.end); {
		c, size := decode(text, i)
		i += size
		if k := classOf(c); k.symbol != symNone {
			history = push(history, k.symbol)
			p.bits += costs.of(m.table, ofLetters, history)
		}
	}
	return history
}
