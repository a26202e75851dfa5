package gibberish

import (
	"cmp"
	"math"
	"slices"
)

// table holds what n-grams of symbols cost, in bits. A cell has a tag of 8 bits, 0 when
// it is empty, and a cost in units of costStep. What was seen too rarely to be kept
// costs what the shorter n-gram does, and a little more: Katz' backing off with one
// weight for all, as in Brants et al. 2007.
type table struct{ cells []uint16 }

const (
	tableBits = 18
	tableFill = 1 << tableBits * 4 / 5
	probes    = 4        // cells that are looked at for one n-gram
	fillLimit = 0.8      // of the cells
	costStep  = 1.0 / 16 // bits
	backOff   = 0.75     // bits
	unseen    = 12.0     // bits, of a symbol never seen
	maxOrder  = 5        // symbols of the longest n-gram
	symbolBit = 7        // bits of a symbol in a packed n-gram
	orderMask = 1<<(symbolBit*maxOrder) - 1
)

// The alphabets, which share the table.
const (
	ofLetters uint64 = 1 + iota
	ofShapes
	ofWords // whole words and pairs of words
)

// push appends a symbol to a packed history.
func push(history uint64, s uint8) uint64 { return (history<<symbolBit | uint64(s)) & orderMask }

// key names the last n symbols of a history.
func key(alphabet, history uint64, n int) uint64 {
	k := history & (1<<(symbolBit*n) - 1)
	return k | alphabet<<60 | uint64(n)<<56
}

// spread mixes a key over all bits (the finalizer of SplitMix64, public domain).
func spread(k uint64) uint64 {
	k = (k ^ k>>30) * 0xBF58476D1CE4E5B9
	k = (k ^ k>>27) * 0x94D049BB133111EB
	return k ^ k>>31
}

func place(k uint64) (slot uint32, tag uint16) {
	h := spread(k)
	return uint32(h >> (64 - tableBits)), uint16(max(h&0xFF, 1)) << 8
}

// cost is how many bits the last symbol of the history is worth.
func (t *table) cost(alphabet, history uint64) float32 {
	late := float32(0)
	for n := maxOrder; n > 0; n-- {
		slot, tag := place(key(alphabet, history, n))
		for i := range uint32(probes) {
			cell := t.cells[(slot+i)&(1<<tableBits-1)]
			if cell == 0 {
				break
			}
			if cell&0xFF00 == tag {
				return late + float32(cell&0xFF)*costStep
			}
		}
		late += backOff
	}
	return unseen
}

// memo remembers what the last symbols of histories cost: the same few letters stand behind
// each other again and again, and the table is larger than the memory next to a processor.
// A cell is a history and its alphabet, and behind them the cost in units of costStep.
type memo [1 << memoBits]uint64

const (
	memoBits = 13
	costBits = 16
)

func (m *memo) of(t *table, alphabet, history uint64) float32 {
	k := (alphabet<<(symbolBit*maxOrder) | history) << costBits
	cell := &m[k*0x9E3779B97F4A7C15>>(64-memoBits)]
	if *cell&^(1<<costBits-1) != k {
		*cell = k | uint64(t.cost(alphabet, history)/costStep)
	}
	return float32(*cell&(1<<costBits-1)) * costStep
}

// wordKey and pairKey name a word, and a word after another.
func wordKey(word uint32) uint64 { return ofWords<<60 | 1<<56 | uint64(word) }

func pairKey(last, word uint32) uint64 {
	return ofWords<<60 | 2<<56 | uint64(word) | uint64(last*hashPrime>>8)<<32
}

// has tells whether a key was kept.
func (t *table) has(k uint64) bool {
	slot, tag := place(k)
	for i := range uint32(probes) {
		cell := t.cells[(slot+i)&(1<<tableBits-1)]
		if cell == 0 {
			return false
		}
		if cell&0xFF00 == tag {
			return true
		}
	}
	return false
}

// counts are how often n-grams were seen.
type counts map[uint64]uint32

// add counts the n-grams that end with the last symbol of a history of so many symbols.
func (c counts) add(alphabet, history uint64, symbols int) {
	for n := 1; n <= min(maxOrder, symbols); n++ {
		c[key(alphabet, history, n)]++
	}
}

// entry is an n-gram that is to be kept.
type entry struct {
	key   uint64
	count uint32
	bits  float64
}

// newTable keeps the n-grams seen most often.
func newTable(c counts) *table {
	entries := c.entries()
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(order(a.key), order(b.key)), cmp.Compare(b.count, a.count), cmp.Compare(a.key, b.key))
	})
	short := 0
	for short < len(entries) && order(entries[short].key) <= 3 {
		short++
	}
	long := entries[short:]
	slices.SortFunc(long, func(a, b entry) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.key, b.key)) })
	entries = entries[:min(len(entries), tableFill)]
	t := &table{cells: make([]uint16, 1<<tableBits)}
	for _, e := range entries {
		t.put(e)
	}
	return t
}

func order(key uint64) int { return int(key >> 56 & 0xF) }

func (t *table) put(e entry) {
	slot, tag := place(e.key)
	cost := uint16(min(math.Round(e.bits/costStep), 255))
	for i := range uint32(probes) {
		at := (slot + i) & (1<<tableBits - 1)
		if t.cells[at] == 0 {
			t.cells[at] = tag | cost
			return
		}
		if t.cells[at]&0xFF00 == tag {
			return
		}
	}
}

// leastCount is how often an n-gram of each length must be seen to be kept; words and
// pairs of words have counts of their own.
var (
	leastCount     = [maxOrder + 1]uint32{0, 1, 1, 2, 3, 4}
	leastWordCount = [maxOrder + 1]uint32{0, 5, 4}
)

// entries lists what is worth keeping, with its cost by interpolated Witten–Bell. Words
// are known or not: they cost nothing.
func (c counts) entries() []entry {
	follow := c.followers()
	out := make([]entry, 0, len(c)/2)
	for k, n := range c {
		switch word := k>>60 == ofWords; {
		case word && n >= leastWordCount[order(k)]:
			out = append(out, entry{k, n, 0})
		case !word && n >= leastCount[order(k)]:
			out = append(out, entry{k, n, -math.Log2(c.probability(k, follow))})
		}
	}
	return out
}

// following counts what follows a history.
type following struct{ total, kinds uint32 }

// head is the history that an n-gram's last symbol follows.
func head(k uint64) uint64 {
	n := order(k)
	return k>>60<<60 | uint64(n-1)<<56 | k&(1<<(symbolBit*n)-1)>>symbolBit
}

// tail is the n-gram without its first symbol.
func tail(k uint64) uint64 {
	n := order(k) - 1
	return k>>60<<60 | uint64(n)<<56 | k&(1<<(symbolBit*n)-1)
}

func (c counts) followers() map[uint64]following {
	out := make(map[uint64]following, len(c)/3)
	for k, n := range c {
		if k>>60 == ofWords {
			continue
		}
		h := out[head(k)]
		h.total += n
		h.kinds++
		out[head(k)] = h
	}
	return out
}

func (c counts) probability(k uint64, follow map[uint64]following) float64 {
	h := follow[head(k)]
	lower := 1.0 / (1 << symbolBit)
	if order(k) > 1 {
		lower = c.probability(tail(k), follow)
	}
	if h.total == 0 {
		return lower
	}
	kinds, total := float64(h.kinds), float64(h.total)
	return (float64(c[k]) + kinds*lower) / (total + kinds)
}
