package grounding

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"

	"github.com/guardroom/guardroom/internal/guard/logistic"
)

// Model says how far sentences are from their documents. It is immutable.
type Model struct {
	weights     measures
	bias        float64
	calibration logistic.Calibration
	provenance  string
}

// Reading is what a Model says of one sentence.
type Reading struct {
	Start, End int      // bytes of the answer
	Score      float64  // probability that no document supports it where that is as likely as not
	Reasons    []string // what speaks against it most, for a person
}

//go:embed weights.json
var shipped []byte

// Shipped tells whether these are the bytes of the weights that are built in.
func Shipped(weights []byte) bool { return bytes.Equal(weights, shipped) }

// Load makes the model that is built in.
func Load() (*Model, error) {
	var m Model
	if err := m.UnmarshalJSON(shipped); err != nil {
		return nil, err
	}
	return &m, nil
}

// Read holds every sentence of an answer against the documents. Sentences that say
// nothing, such as "Yes.", have no reading.
func (m *Model) Read(x *Index, answer string) []Reading {
	answer = answer[:min(len(answer), maxAnswer)]
	tokens, sentences := tokenize(answer)
	var out []Reading
	for _, s := range sentences {
		if measured, said := x.measure(tokens, s); said {
			out = append(out, Reading{
				Start: s.start, End: s.end,
				Score: m.calibration.Probability(m.sum(&measured)), Reasons: reasons(&measured),
			})
		}
	}
	return out
}

func (m *Model) sum(v *measures) float64 {
	sum := m.bias
	for i, w := range m.weights {
		sum += w * v[i]
	}
	return sum
}

// reasons are what a person would point at.
func reasons(m *measures) (out []string) {
	for _, r := range []struct {
		holds bool
		says  string
	}{
		{m[anyNewNumber] > 0, "a number that no document has"},
		{m[anyNewName] > 0, "a name that no document has"},
		{m[negation1] > 0, "a not that the documents do not have"},
		{m[negation2] > 0, "a not of the documents that is missing"},
		{m[newWords] >= 0.3, "words that no document has"},
		{m[scattered] >= 0.5 || m[strangers] >= 0.5, "words that no one sentence of the documents has together"},
	} {
		if r.holds {
			out = append(out, r.says)
		}
	}
	return out
}

// file is the form of the weights.
type file struct {
	Provenance string             `json:"provenance"`
	Weights    map[string]float64 `json:"weights"`
	Bias       float64            `json:"bias"`
	Slope      float64            `json:"slope"`
	Offset     float64            `json:"offset"`
}

// decimals is to how many places weights are written.
const decimals = 1e4

func rounded(v float64) float64 { return math.Round(v*decimals) / decimals }

// MarshalJSON writes the weights by the names of their measures, and where they are from.
func (m *Model) MarshalJSON() ([]byte, error) {
	f := file{m.provenance, map[string]float64{}, rounded(m.bias), rounded(m.calibration.Slope), rounded(m.calibration.Offset)}
	for i, name := range measureNames {
		f.Weights[name] = rounded(m.weights[i])
	}
	data, err := json.MarshalIndent(f, "", "  ")
	return append(data, '\n'), err
}

// UnmarshalJSON reads what MarshalJSON wrote; a missing or unknown weight is an error.
func (m *Model) UnmarshalJSON(data []byte) error {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return fmt.Errorf("grounding: weights: %w", err)
	}
	if len(f.Weights) != measureCount {
		return fmt.Errorf("grounding: %d weights, want %d", len(f.Weights), measureCount)
	}
	for i, name := range measureNames {
		w, ok := f.Weights[name]
		if !ok {
			return fmt.Errorf("grounding: no weight of %s", name)
		}
		m.weights[i] = w
	}
	m.provenance, m.bias, m.calibration = f.Provenance, f.Bias, logistic.Calibration{Slope: f.Slope, Offset: f.Offset}
	return nil
}
