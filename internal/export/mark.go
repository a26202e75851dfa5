package export

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A CSV carries the mark of its export in which of its cells have quotes although they
// need none (RFC 4180 leaves that to the writer): no reader sees a difference, and the
// lines of a copy still have it, wherever they are in it. The cells of a line that are
// no texts, and so never need quotes, are 20 bits: which quarter of the mark (2), its 16
// bits, and a check over them (2). Four lines in a row have the whole mark.
const (
	markBits    = 64
	quarterBits = 16
	quarters    = markBits / quarterBits
	lineBits    = 2 + quarterBits + 2
)

// plainColumns are the places of the cells that carry bits.
var plainColumns = func() (places []int) {
	for i, c := range columns {
		if !c.text {
			places = append(places, i)
		}
	}
	if len(places) < lineBits {
		panic("export: a line has too few cells for its mark")
	}
	return places[:lineBits]
}()

// quoting says which cells of a line have quotes.
type quoting [quarters][]bool

func newQuoting(mark string) (*quoting, error) {
	var q quoting
	if mark == "" {
		return &q, nil
	}
	bits, err := hex.DecodeString(mark)
	if err != nil || len(bits) != markBits/8 {
		return nil, errors.New("export: a mark is 16 hexadecimal digits")
	}
	for n := range quarters {
		line := lineOfQuarter(n, binary.BigEndian.Uint16(bits[2*n:]))
		q[n] = make([]bool, len(columns))
		for i, place := range plainColumns {
			q[n][place] = line>>(lineBits-1-i)&1 == 1
		}
	}
	return &q, nil
}

func (q *quoting) of(row int) []bool { return q[row%quarters] }

func lineOfQuarter(n int, bits uint16) uint32 {
	return uint32(n)<<(quarterBits+2) | uint32(bits)<<2 | checkOf(n, bits)
}

// checkOf is two bits that a line without a mark seldom has right.
func checkOf(n int, bits uint16) uint32 {
	sum := uint32(n)*7 + 2 // so that a line without any quotes carries nothing
	for rest := uint32(bits); rest > 0; rest >>= 2 {
		sum = sum*3 + rest&3
	}
	return sum >> 1 & 3
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
	var t Traces
	var votes [quarters]map[uint16]int
	for n := range votes {
		votes[n] = map[uint16]int{}
	}
	in := bufio.NewReaderSize(r, 1<<16)
	for t.Lines < maxMarkedLines {
		quoted, err := readQuotes(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t, err
		}
		if len(quoted) != len(columns) {
			continue
		}
		t.Lines++
		if n, bits, ok := quarterOf(quoted); ok {
			votes[n][bits]++
		}
	}
	return t, t.count(votes)
}

func quarterOf(quoted []bool) (n int, bits uint16, ok bool) {
	var line uint32
	for _, place := range plainColumns {
		line <<= 1
		if quoted[place] {
			line |= 1
		}
	}
	n, bits = int(line>>(quarterBits+2)), uint16(line>>2)
	return n, bits, line&3 == checkOf(n, bits)
}

// count takes for each quarter what most lines say.
func (t *Traces) count(votes [quarters]map[uint16]int) error {
	var pattern strings.Builder
	for _, said := range votes {
		best, most := uint16(0), 0
		for bits, n := range said {
			if n > most || n == most && bits < best {
				best, most = bits, n
			}
		}
		t.Marked += most
		if most == 0 {
			pattern.WriteString("____")
			continue
		}
		fmt.Fprintf(&pattern, "%04x", best)
	}
	// A file that nobody marked agrees with the check in a quarter of its lines.
	if t.Marked == 0 || 2*t.Marked < t.Lines {
		return ErrNoMark
	}
	t.Pattern = pattern.String()
	return nil
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
