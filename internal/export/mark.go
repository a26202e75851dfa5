package export

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
)

// A CSV carries the mark of its export in which of its cells have quotes although they
// need none (RFC 4180 leaves that to the writer): no reader sees a difference, and the
// lines of a copy still have it, wherever they are in it. The cells of a line that are
// no texts, and so never need quotes, are bits: which part of the mark, the part itself,
// and a check over both.
type marking struct {
	width    int   // cells of a line
	places   []int // of those that carry bits
	numbered int   // bits that say which part it is
	partBits int
	checked  int
	check    func(n int, part uint32) uint32
}

// parts is how many lines in a row have all that the file carries of a mark.
func (m *marking) parts() int { return 1 << m.numbered }

const markBits = 64

// decisionMarking is that of Decisions: four lines in a row have the whole mark.
var decisionMarking = newMarking(marking{width: len(columns), places: plainColumns(), numbered: 2, partBits: 16, checked: 2, check: checkOfQuarter})

// costMarking is that of costs, whose lines have seven such cells: sixteen lines in a row
// have the first 32 bits.
var costMarking = newMarking(marking{width: len(costHeader), places: []int{0, 1, 4, 5, 6, 7, 8}, numbered: 4, partBits: 2, checked: 1, check: checkOfPair})

// markings are all of them; they differ in width.
var markings = []*marking{decisionMarking, costMarking}

func newMarking(m marking) *marking {
	bits := m.numbered + m.partBits + m.checked
	if len(m.places) < bits || m.parts()*m.partBits > markBits {
		panic("export: a line has too few cells for its mark")
	}
	m.places = m.places[:bits]
	return &m
}

// plainColumns are the places of the cells that never need quotes.
func plainColumns() (places []int) {
	for i, c := range columns {
		if !c.text {
			places = append(places, i)
		}
	}
	return places
}

// quoting says which cells of a line have quotes, line by line, from the beginning again
// after the last.
type quoting [][]bool

func (m *marking) quoting(mark string) (quoting, error) {
	q := make(quoting, m.parts())
	if mark == "" {
		return q, nil
	}
	b, err := hex.DecodeString(mark)
	if err != nil || len(b) != markBits/8 {
		return nil, errors.New("export: a mark is 16 hexadecimal digits")
	}
	bits := binary.BigEndian.Uint64(b)
	for n := range q {
		part := uint32(bits >> (markBits - (n+1)*m.partBits) & (1<<m.partBits - 1))
		line := m.line(n, part)
		q[n] = make([]bool, m.width)
		for i, place := range m.places {
			q[n][place] = line>>(len(m.places)-1-i)&1 == 1
		}
	}
	return q, nil
}

func (q quoting) of(row int) []bool { return q[row%len(q)] }

func (m *marking) line(n int, part uint32) uint32 {
	return uint32(n)<<(m.partBits+m.checked) | part<<m.checked | m.check(n, part)
}

// checkOfQuarter is two bits that a line without a mark seldom has right.
func checkOfQuarter(n int, bits uint32) uint32 {
	sum := uint32(n)*7 + 2 // so that a line without any quotes carries nothing
	for rest := bits; rest > 0; rest >>= 2 {
		sum = sum*3 + rest&3
	}
	return sum >> 1 & 3
}

// checkOfPair is one bit. It leaves one of the bits out, so that neither a line without
// any quotes nor one with all of them carries anything.
func checkOfPair(n int, part uint32) uint32 {
	return uint32(bits.OnesCount32(uint32(n)<<1|part&1)+1) & 1
}

// Traces is what was found of a mark.
type Traces struct {
	Lines   int    // that could carry a mark
	Marked  int    // of them, that agree with Pattern
	Pattern string // 16 hexadecimal digits; _ where no line told
}

// ErrNoMark says that nothing of a mark was found, as after a spreadsheet saved the file.
var ErrNoMark = errors.New("there is no mark in it: perhaps another program wrote it anew")

// maxMarkedLines is how many lines are looked at, and maxMarkedRecord how long one may
// be, in bytes; a longer one carries nothing.
const (
	maxMarkedLines  = 100_000
	maxMarkedRecord = 64 << 20
)

// ReadMark reads the mark out of a CSV, or out of some lines of one.
func ReadMark(r io.Reader) (Traces, error) {
	ballots := make([]*ballot, len(markings))
	for i, m := range markings {
		ballots[i] = newBallot(m)
	}
	in := bufio.NewReaderSize(r, 1<<16)
	for range maxMarkedLines {
		quoted, err := readQuotes(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Traces{}, err
		}
		for _, b := range ballots {
			b.note(quoted)
		}
	}
	most := slices.MaxFunc(ballots, func(a, b *ballot) int { return a.lines - b.lines })
	return most.count()
}

// ballot gathers what lines say of each part of a mark.
type ballot struct {
	*marking
	lines int
	said  []map[uint32]int
}

func newBallot(m *marking) *ballot {
	b := &ballot{marking: m, said: make([]map[uint32]int, m.parts())}
	for n := range b.said {
		b.said[n] = map[uint32]int{}
	}
	return b
}

func (b *ballot) note(quoted []bool) {
	if len(quoted) != b.width {
		return
	}
	b.lines++
	if n, part, ok := b.read(quoted); ok {
		b.said[n][part]++
	}
}

// read is the part of a mark that a line carries.
func (m *marking) read(quoted []bool) (n int, part uint32, ok bool) {
	var line uint32
	for _, place := range m.places {
		line <<= 1
		if quoted[place] {
			line |= 1
		}
	}
	n = int(line >> (m.partBits + m.checked))
	part = line >> m.checked & (1<<m.partBits - 1)
	return n, part, line == m.line(n, part)
}

// count takes for each part what most lines say.
func (b *ballot) count() (Traces, error) {
	t := Traces{Lines: b.lines}
	var bits, known uint64
	for n, said := range b.said {
		best, most := uint32(0), 0
		for part, votes := range said {
			if votes > most || votes == most && part < best {
				best, most = part, votes
			}
		}
		t.Marked += most
		if shift := markBits - (n+1)*b.partBits; most > 0 {
			bits |= uint64(best) << shift
			known |= (1<<b.partBits - 1) << shift
		}
	}
	// A file that nobody marked agrees with the check in a part of its lines.
	if t.Marked == 0 || 2*t.Marked < t.Lines {
		return t, ErrNoMark
	}
	t.Pattern = pattern(bits, known)
	return t, nil
}

// pattern writes the digits all of whose bits are known.
func pattern(bits, known uint64) string {
	out := []byte(fmt.Sprintf("%016x", bits))
	for i := range out {
		if known>>(markBits-4*(i+1))&0xF != 0xF {
			out[i] = '_'
		}
	}
	return string(out)
}

// readQuotes reads one record and tells which of its cells begin with a quote.
func readQuotes(in *bufio.Reader) (quoted []bool, err error) {
	inside, start, size := false, true, 0
	for {
		b, err := in.ReadByte()
		if err != nil {
			if size > 0 && errors.Is(err, io.EOF) {
				return quoted, nil
			}
			return nil, err
		}
		if size++; size > maxMarkedRecord {
			return nil, errors.New("a record is longer than any that an export has")
		}
		if start {
			if len(quoted) <= len(columns) {
				quoted = append(quoted, b == '"')
			}
			start = false
			inside = b == '"'
			if inside {
				continue
			}
		}
		switch {
		case b == '"':
			inside = !inside // a doubled quote closes and opens again
		case inside:
		case b == ',':
			start = true
		case b == '\n':
			return quoted, nil
		}
	}
}
