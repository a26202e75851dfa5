package classifier

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Sample is a text that people, or the grammar, have labelled.
type Sample struct {
	ID      string
	Text    string
	Attack  bool
	Source  string // where it comes from; what is held out together
	Kind    string // a sort of attack or of harmless text within the source
	Lang    string
	Cluster string // near-duplicates share one
	Hard    bool   // harmless, but easily taken for an attack
	Generic bool   // harmless and of no particular use: counts little in training
	Weak    bool   // an attack by a label that is often wrong
	Carrier string // the source of the harmless text that an attack was written into, or ""
}

// maxLine bounds a line of a file of samples.
const maxLine = 16 << 20

// ReadSamples reads JSON Lines with the fields id, text, label (1 for an attack),
// source, kind, lang, cluster and hard_negative. A line that is no such object is an
// error that names it.
func ReadSamples(r io.Reader) ([]Sample, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var samples []Sample
	for n := 1; lines.Scan(); n++ {
		var row struct {
			ID      string `json:"id"`
			Text    string `json:"text"`
			Label   *int   `json:"label"`
			Source  string `json:"source"`
			Kind    string `json:"kind"`
			Lang    string `json:"lang"`
			Cluster string `json:"cluster"`
			Hard    bool   `json:"hard_negative"`
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if row.Label == nil || *row.Label < 0 || *row.Label > 1 {
			return nil, fmt.Errorf("line %d: label must be 0 or 1", n)
		}
		samples = append(samples, Sample{
			ID: row.ID, Text: row.Text, Attack: *row.Label == 1, Source: row.Source, Kind: row.Kind,
			Lang: row.Lang, Cluster: row.Cluster, Hard: row.Hard,
		})
	}
	return samples, lines.Err()
}

// ReadSamplesFile reads a file of samples.
func ReadSamplesFile(path string) ([]Sample, error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	defer f.Close()
	samples, err := ReadSamples(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return samples, nil
}
