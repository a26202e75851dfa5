package gibberish

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/guardroom/guardroom/internal/guard/logistic"
)

// members is how many nets are asked: one alone depends on the weights that it was born
// with where there are few examples.
const members = 3

// weights make a probability of measures.
type weights struct {
	nets        [members]net
	calibration logistic.Calibration
}

// sum is the mean of what the nets say.
func (w *weights) sum(m *measures) float64 {
	sum := 0.0
	for i := range w.nets {
		sum += w.nets[i].sum(m)
	}
	return sum / members
}

const (
	magic   = "GRGB"
	version = 1
)

// numbers are the weights in the order in which they are written.
func (w *weights) numbers() []*float64 {
	out := []*float64{&w.calibration.Slope, &w.calibration.Offset}
	for i := range w.nets {
		out = append(out, w.nets[i].numbers()...)
	}
	return out
}

// MarshalBinary writes the magic word, version, the weights, the cells and a CRC-32,
// all little endian.
func (m *Model) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(magic)
	b.Write(binary.LittleEndian.AppendUint32(nil, version))
	for _, v := range m.weights.numbers() {
		b.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(*v)))
	}
	for _, c := range m.table.cells {
		b.Write(binary.LittleEndian.AppendUint16(nil, c))
	}
	return binary.LittleEndian.AppendUint32(b.Bytes(), crc32.ChecksumIEEE(b.Bytes())), nil
}

// UnmarshalBinary reads what MarshalBinary wrote; anything else is an error.
func (m *Model) UnmarshalBinary(data []byte) error {
	var w weights
	numbers := w.numbers()
	size := len(magic) + 4 + 8*len(numbers) + 2<<tableBits + 4
	if len(data) != size || string(data[:len(magic)]) != magic {
		return fmt.Errorf("gibberish: weights are not %d bytes that begin with %s", size, magic)
	}
	body, sum := data[:size-4], binary.LittleEndian.Uint32(data[size-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return fmt.Errorf("gibberish: checksum of the weights does not match")
	}
	body = body[len(magic):]
	if v := binary.LittleEndian.Uint32(body); v != version {
		return fmt.Errorf("gibberish: weights of version %d, want %d", v, version)
	}
	body = body[4:]
	for i, n := range numbers {
		*n = math.Float64frombits(binary.LittleEndian.Uint64(body[8*i:]))
		if math.IsNaN(*n) || math.IsInf(*n, 0) {
			return fmt.Errorf("gibberish: weight %d is not finite", i)
		}
	}
	body = body[8*len(numbers):]
	t := &table{cells: make([]uint16, 1<<tableBits)}
	for i := range t.cells {
		t.cells[i] = binary.LittleEndian.Uint16(body[2*i:])
	}
	m.table, m.weights = t, w
	return nil
}
