package gibberish

import "math/bits"

// Windows of so many pieces, each half over the one before: an optimised suffix has some twenty
// words and signs, of which gaps, or their absence, make more pieces or fewer.
const (
	wideWindow   = 44
	narrowWindow = 22
	leastPieces  = 14 // fewer say nothing
)

// The measures of a window.
const (
	letterBits  = iota // a letter
	shapeBits          // a piece
	oddWords           // words whose letters cost more than oddWord bits each, of all pieces
	veryOdd            // and more than veryOddWord
	gaps               // pieces that are white space
	lines              // and those that are line breaks
	joints             // capitals right after small letters
	variety            // different marks, of all pieces
	unpaired           // brackets and quotation marks without their partner
	switches           // changes between scripts without a gap
	repeated           // words said before in the window, of all words
	digits             // pieces that are digits or data
	foreignness        // pieces in other scripts
	known              // words that harmless texts have often, of all words
	knownPairs         // neighbours that harmless texts have often, of all neighbours
	signs              // pieces that are marks
	narrow             // 1 for a narrow window
	contrast           // bits a piece more than in the rest of the text
	letterContrast
	measureCount
)

// What a word costs that is odd, in bits a letter.
const (
	oddWord     = 4.0
	veryOddWord = 5.5
	minLetters  = 3
)

// measures are those of one window.
type measures [measureCount]float64

// tally is what is counted in one window, or in all.
type tally struct {
	pieces, words, letters, odd, veryOdd, gaps, lines, joints, switches, repeated, digits, foreign, signs, known, knownPairs int
	letterBits, shapeBits                                                                                                    float64
	marks                                                                                                                    uint64
	open                                                                                                                     [4]int
	unpaired                                                                                                                 int
	seen                                                                                                                     [4]uint64
}

// count takes pieces[i] into the tally.
func (t *tally) count(pieces []piece, i int) {
	p := &pieces[i]
	t.pieces++
	t.shapeBits += float64(p.shapeBits)
	switch {
	case p.letters > 0:
		t.word(p, i > 0 && pieces[i-1].letters > 0)
	case p.symbol == symSpace:
		t.gaps++
	case p.symbol == symLine:
		t.lines++
	case p.symbol == symDigit || p.symbol == symBlob:
		t.digits++
	case p.symbol >= symScript && p.symbol < symPicture:
		t.foreign++
		if i > 0 && (pieces[i-1].letters > 0 || pieces[i-1].symbol >= symScript && pieces[i-1].symbol < symPicture) {
			t.switches++
		}
	case p.symbol >= symMark && p.symbol < symBlob && p.shape != shapeRepeat:
		t.signs++
		t.mark(p.symbol)
	}
}

func (t *tally) word(p *piece, joined bool) {
	t.words++
	if p.known {
		t.known++
	}
	if p.knownPair {
		t.knownPairs++
	}
	t.letters += int(p.letters)
	t.letterBits += float64(p.bits)
	if p.letters >= minLetters {
		switch each := p.bits / float32(p.letters); {
		case each > veryOddWord:
			t.veryOdd++
			t.odd++
		case each > oddWord:
			t.odd++
		}
	}
	if joined {
		t.joints++
	}
	bit := p.hash * 0x9E3779B1 >> 24
	if t.seen[bit>>6]&(1<<(bit&63)) != 0 {
		t.repeated++
	}
	t.seen[bit>>6] |= 1 << (bit & 63)
}

// bracket says of a mark of which kind of pair it is, −1 for none, and whether it
// opens (1), closes (−1) or does either (0).
type bracket struct{ kind, step int8 }

var brackets = func() (table [symBlob - symMark]bracket) {
	for i := range table {
		table[i].kind = -1
	}
	for kind, pair := range []string{"()", "[]", "{}"} {
		table[classes[pair[0]].symbol-symMark] = bracket{int8(kind), 1}
		table[classes[pair[1]].symbol-symMark] = bracket{int8(kind), -1}
	}
	table[classes['"'].symbol-symMark] = bracket{3, 0}
	return table
}()

func (t *tally) mark(s symbol) {
	t.marks |= 1 << (s - symMark)
	p := brackets[s-symMark]
	switch {
	case p.kind < 0:
	case p.step == 0:
		t.open[p.kind] ^= 1
	case p.step > 0:
		t.open[p.kind]++
	case t.open[p.kind] > 0:
		t.open[p.kind]--
	default:
		t.unpaired++
	}
}

// measure makes ratios of counts, so that length does not carry the score; rest is what
// was counted in the whole text.
func (t *tally) measure(rest *tally, m *measures) {
	*m = measures{}
	n := float64(t.pieces)
	m[letterBits] = ratio(t.letterBits, float64(t.letters), 3)
	m[shapeBits] = t.shapeBits / n
	m[oddWords], m[veryOdd] = float64(t.odd)/n, float64(t.veryOdd)/n
	m[gaps], m[lines], m[joints] = float64(t.gaps)/n, float64(t.lines)/n, float64(t.joints)/n
	m[variety] = float64(bits.OnesCount64(t.marks)) / n
	m[unpaired] = float64(t.unpaired+t.open[0]+t.open[1]+t.open[2]+t.open[3]) / n
	m[switches], m[digits], m[foreignness] = float64(t.switches)/n, float64(t.digits)/n, float64(t.foreign)/n
	m[signs] = float64(t.signs) / n
	m[known] = ratio(float64(t.known), float64(t.words), 0)
	m[knownPairs] = ratio(float64(t.knownPairs), float64(t.words), 0)
	m[repeated] = ratio(float64(t.repeated), float64(t.words), 0)
	if t.pieces <= narrowWindow {
		m[narrow] = 1
	}
	others := float64(rest.pieces - t.pieces)
	if others >= leastPieces {
		m[contrast] = min(max(m[shapeBits]-(rest.shapeBits-t.shapeBits)/others, -1), 2)
		m[letterContrast] = min(max(m[letterBits]-ratio(rest.letterBits-t.letterBits, float64(rest.letters-t.letters), 3), -1), 2)
	}
}

func ratio(part, whole, none float64) float64 {
	if whole <= 0 {
		return none
	}
	return part / whole
}
