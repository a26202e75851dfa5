package classifier

import "github.com/guardroom/guardroom/internal/guard/samples"

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

// readFile reads a file of labelled texts, those of label 1 as attacks.
func readFile(path string) ([]Sample, error) {
	labelled, err := samples.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := make([]Sample, len(labelled))
	for i, s := range labelled {
		out[i] = Sample{
			ID: s.ID, Text: s.Text, Attack: s.Positive, Source: s.Source, Kind: s.Kind,
			Lang: s.Lang, Cluster: s.Cluster, Hard: s.Hard,
		}
	}
	return out, nil
}
