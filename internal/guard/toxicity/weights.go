package toxicity

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
)

// weights are what training finds: one signed byte per feature, the step that one unit
// of it stands for, and the two numbers that make a probability of a sum.
type weights struct {
	step, bias, slope, offset float32
	units                     []int8 // 1<<featureBits
}

const (
	magic       = "GRTX"
	version     = 1
	headerBytes = len(magic) + 4 + 4*4
)

func (w *weights) numbers() [4]*float32 { return [4]*float32{&w.step, &w.bias, &w.slope, &w.offset} }

// marshal writes the magic word, version, four numbers, the units and a CRC-32, all
// little endian.
func (w *weights) marshal() []byte {
	var b bytes.Buffer
	b.WriteString(magic)
	b.Write(binary.LittleEndian.AppendUint32(nil, version))
	for _, n := range w.numbers() {
		b.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(*n)))
	}
	for _, u := range w.units {
		b.WriteByte(byte(u))
	}
	return binary.LittleEndian.AppendUint32(b.Bytes(), crc32.ChecksumIEEE(b.Bytes()))
}

// unmarshal reads what marshal wrote; anything else is an error.
func (w *weights) unmarshal(data []byte) error {
	const size = headerBytes + 1<<featureBits + 4
	if len(data) != size || string(data[:len(magic)]) != magic {
		return fmt.Errorf("toxicity: weights are not %d bytes that begin with %s", size, magic)
	}
	body, sum := data[:size-4], binary.LittleEndian.Uint32(data[size-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return fmt.Errorf("toxicity: checksum of the weights does not match")
	}
	if v := binary.LittleEndian.Uint32(body[len(magic):]); v != version {
		return fmt.Errorf("toxicity: weights of version %d, want %d", v, version)
	}
	for i, n := range w.numbers() {
		*n = math.Float32frombits(binary.LittleEndian.Uint32(body[len(magic)+4+4*i:]))
		if f := float64(*n); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("toxicity: number %d is not finite", i)
		}
	}
	w.units = make([]int8, 1<<featureBits)
	for i, b := range body[headerBytes:] {
		w.units[i] = int8(b)
	}
	return nil
}

// sum is the log-odds of a window before calibration.
func (w *weights) sum(f *features) float64 {
	words, concepts := 0, 0
	for _, i := range f.words {
		words += int(w.units[i])
	}
	for _, i := range f.concepts {
		concepts += int(w.units[i])
	}
	total := float64(words) + conceptValue*float64(concepts)
	return float64(w.bias) + float64(w.step)*total*value(len(f.words))
}
