package bias

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/bits"
)

// weightsFile is what Train made of the development data, with its figures.
//
//go:embed weights.json
var weightsFile []byte

// Weights are the log-odds that each feature adds.
type Weights struct {
	Intercept float64            `json:"intercept"`
	Features  map[string]float64 `json:"features"`
}

// Model tells how leading a prompt is. It is safe for concurrent use.
type Model struct {
	lexicon   *lexicon
	intercept float64
	perBit    []float64 // the weight of each feature
	document  modelDocument
}

// modelDocument is a model as it is stored.
type modelDocument struct {
	Weights Weights `json:"weights"`
	Cut     float64 `json:"cut"` // least score that counts as leading
	Report  Report  `json:"report"`
}

// Shipped tells whether these are the bytes of the weights that are built in.
func Shipped(weights []byte) bool { return bytes.Equal(weights, weightsFile) }

// DefaultModel returns the model that Guardroom ships.
func DefaultModel() (*Model, error) { return LoadModel(bytes.NewReader(weightsFile)) }

// LoadModel reads what Save wrote. A model for another lexicon is an error.
func LoadModel(r io.Reader) (*Model, error) {
	var d modelDocument
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("bias: the model cannot be read: %w", err)
	}
	lex, err := parseLexicon(lexiconText)
	if err != nil {
		return nil, err
	}
	return newModel(lex, d)
}

// newModel puts weights to a lexicon; every feature must have one and every weight a feature.
func newModel(lex *lexicon, d modelDocument) (*Model, error) {
	names := lex.featureNames()
	if len(names) != len(d.Weights.Features) {
		return nil, fmt.Errorf("bias: %d weights for %d features", len(d.Weights.Features), len(names))
	}
	if !(d.Cut > 0 && d.Cut <= 1) {
		return nil, fmt.Errorf("bias: the cut %v is not in (0,1]", d.Cut)
	}
	m := &Model{lexicon: lex, intercept: d.Weights.Intercept, document: d}
	for _, name := range names {
		weight, ok := d.Weights.Features[name]
		if !ok || math.IsNaN(weight) || math.IsInf(weight, 0) {
			return nil, fmt.Errorf("bias: feature %s has no usable weight", name)
		}
		m.perBit = append(m.perBit, weight)
	}
	return m, nil
}

// Save writes the model with its report as indented JSON, the same bytes for the same model.
func (m *Model) Save(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(m.document)
}

// Cut is the least score that counts as leading, in (0,1].
func (m *Model) Cut() float64 { return m.document.Cut }

// Report tells on what the model was trained and how it did on sources that it had not seen.
func (m *Model) Report() Report { return m.document.Report }

// Score is P(leading | prompt) where half of all prompts lead, in (0,1).
func (m *Model) Score(prompt string) float64 { return m.score(m.lexicon.read(prompt).cues) }

func (m *Model) score(cues cueMask) float64 {
	z := m.intercept
	for rest := uint64(m.lexicon.features(cues)); rest != 0; rest &= rest - 1 {
		z += m.perBit[bits.TrailingZeros64(rest)]
	}
	return sigmoid(z)
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
