package classifier

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
)

// Weights are what training finds: one signed byte per feature, the step that one
// unit of it stands for, and the two numbers that make a probability of a sum.
type Weights struct {
	Step   float32
	Bias   float32
	Slope  float32 // of the calibration
	Offset float32
	Units  []int8 // 1<<featureBits
}

const (
	weightsMagic   = "GRIM"
	weightsVersion = 1
	headerBytes    = 4 + 4 + 4*4
)

// MarshalBinary writes the magic word, version, four numbers, the units and a CRC-32,
// all little endian.
func (w *Weights) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(weightsMagic)
	for _, v := range []any{uint32(weightsVersion), w.Step, w.Bias, w.Slope, w.Offset, w.Units} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			return nil, err
		}
	}
	return binary.LittleEndian.AppendUint32(b.Bytes(), crc32.ChecksumIEEE(b.Bytes())), nil
}

// UnmarshalBinary reads what MarshalBinary wrote; anything else is an error.
func (w *Weights) UnmarshalBinary(data []byte) error {
	if len(data) != headerBytes+1<<featureBits+4 || string(data[:4]) != weightsMagic {
		return fmt.Errorf("weights: not %d bytes that begin with %s", headerBytes+1<<featureBits+4, weightsMagic)
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return fmt.Errorf("weights: checksum does not match")
	}
	if v := binary.LittleEndian.Uint32(data[4:]); v != weightsVersion {
		return fmt.Errorf("weights: version %d, want %d", v, weightsVersion)
	}
	for i, p := range []*float32{&w.Step, &w.Bias, &w.Slope, &w.Offset} {
		*p = math.Float32frombits(binary.LittleEndian.Uint32(data[8+4*i:]))
		if f := float64(*p); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("weights: number %d is not finite", i+1)
		}
	}
	w.Units = make([]int8, 1<<featureBits)
	for i, b := range body[headerBytes:] {
		w.Units[i] = int8(b)
	}
	return nil
}

// sum adds the weights of a window's features.
func (w *Weights) sum(found []uint32) float64 {
	if len(found) == 0 {
		return float64(w.Bias)
	}
	total := 0
	for _, i := range found {
		total += int(w.Units[i])
	}
	return float64(w.Bias) + float64(w.Step)*float64(total)*value(len(found))
}
