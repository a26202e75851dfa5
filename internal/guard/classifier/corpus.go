package classifier

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/guard/classifier/grammar"
	"github.com/guardroom/guardroom/internal/guard/samples"
)

// The files of development data. The first is labelled for attacks; the others, about
// other things, lend harmless texts.
const injectionFile = "injection.dev.jsonl"

var otherFiles = []string{"moderation.dev.jsonl", "grounding.dev.jsonl", "bias.dev.jsonl", "pii.dev.jsonl"}

// otherShare is how many of the other files' texts one is taken of: they are many and
// much alike.
const otherShare = 3

// The sources of the grammar's samples, of other files' samples, and how many samples
// the grammar writes.
const (
	grammarSource   = "grammar"
	otherSource     = "other"
	writtenEnglish  = 12000
	writtenPerOther = 1200
)

// DefaultSeed is that of the grammar's texts among which the shipped weights were
// trained.
const DefaultSeed = 1

// LoadCorpus reads the development data in dir and adds what the grammar writes from
// the seed.
func LoadCorpus(dir string, seed uint64) ([]Sample, error) {
	corpus, err := readFile(filepath.Join(dir, injectionFile))
	if err != nil {
		return nil, err
	}
	for i := range corpus {
		corpus[i].Weak = strings.HasSuffix(corpus[i].Kind, "_weak")
	}
	for _, name := range otherFiles {
		samples, err := readFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		corpus = append(corpus, harmless(samples, corpus)...)
	}
	written, err := Written(seed, writtenEnglish, writtenPerOther)
	if err != nil {
		return nil, err
	}
	composed, err := Composed(seed, corpus)
	return append(append(corpus, written...), composed...), err
}

// The least bytes of a harmless text that can carry an attack, how much of it is used,
// and how many are written into each text on average.
const (
	carrierBytes = 300
	carrierLimit = 3000
	carrierOdds  = 2 // one in
)

// Composed are harmless texts with an attack of the grammar written into them: what
// stands around an attack then tells nothing. They are held out together with the
// sources of the texts.
func Composed(seed uint64, samples []Sample) ([]Sample, error) {
	english, err := grammar.English()
	if err != nil {
		return nil, err
	}
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // reproducible on purpose
	var composed []Sample
	for _, s := range samples {
		if s.Attack || s.Lang != "en" || len(s.Text) < carrierBytes || rnd.IntN(carrierOdds) > 0 {
			continue
		}
		composed = append(composed, Sample{
			Text: english.Hide(s.Text[:min(len(s.Text), carrierLimit)], rnd), Attack: true,
			Source: grammarSource + ":composed", Kind: "composed", Lang: s.Lang, Carrier: s.Source,
		})
	}
	return composed, nil
}

// harmless picks texts of a file that is about something else. Harmful requests and
// what models answered to attacks are neither attacks nor plainly harmless and are left
// out, and so is every source that is held out in validation.
func harmless(samples, validated []Sample) []Sample {
	known := map[string]bool{}
	for _, s := range validated {
		known[Repository(s.Source)] = true
	}
	var picked []Sample
	for i, s := range samples {
		if i%otherShare != 0 || known[Repository(s.Source)] || slices.Contains([]string{"harmful_request", "model_response"}, s.Kind) {
			continue
		}
		s.Source = otherSource + ":" + s.Source
		s.Attack, s.Generic = false, true
		picked = append(picked, s)
	}
	return picked
}

// Written are samples that the grammar writes from a seed, half of them attacks.
func Written(seed uint64, english, perOther int) ([]Sample, error) {
	grammars, err := grammar.All()
	if err != nil {
		return nil, err
	}
	rnd := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // reproducible on purpose
	var samples []Sample
	for _, g := range grammars {
		n := perOther
		if g.Lang() == "en" {
			n = english
		}
		for i := range n {
			t := g.Write(i%2 == 0, rnd)
			samples = append(samples, Sample{
				Text: t.Text, Attack: t.Attack, Source: grammarSource + ":" + t.Kind, Kind: t.Kind, Lang: t.Lang,
			})
		}
	}
	return samples, nil
}

// Repository is the part of a source that names who published it: what is held out
// together.
func Repository(source string) string { return samples.Repository(source) }

// validated tells whether a sample is scored in cross-validation. What the grammar
// wrote never is.
func validated(s Sample) bool {
	repo := Repository(s.Source)
	return repo != grammarSource && repo != otherSource
}
