package toxicity

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// concept is a meaning that matters here, whatever the language: a group of people, to
// kill, vermin, not.
type concept uint8

const noConcept concept = 0

// The concepts that features treat in their own way: groupConcept stands in for the
// word, dialectConcept is passed over.
const (
	groupConcept   = "group"
	dialectConcept = "dialect"
)

//go:embed concepts.txt
var conceptsText string

// maxConcepts fit into the pairs that features make of them.
const maxConcepts = 63

// lexicon finds the concept of a word.
type lexicon struct {
	names          []string // by concept; names[0] is none
	words, stems   entries  // whole words, and beginnings of words
	group, dialect concept
}

// entries are the concepts of words by their hashes.
type entries struct {
	concepts map[uint32]concept
	present  [1 << 10]uint64 // a bit per sixteen bits of a hash: most words are in no entry
}

func (e *entries) put(h uint32, c concept) {
	if e.concepts[h] == noConcept {
		e.concepts[h] = c
		e.present[h>>22] |= 1 << (h >> 16 & 63)
	}
}

func (e *entries) get(h uint32) concept {
	if e.present[h>>22]&(1<<(h>>16&63)) == 0 {
		return noConcept
	}
	return e.concepts[h]
}

// newLexicon reads lines "name: word word* …"; a name may come again. A star ends what
// only begins a word.
func newLexicon(text string) (*lexicon, error) {
	l := &lexicon{names: []string{""}, words: entries{concepts: map[uint32]concept{}}, stems: entries{concepts: map[uint32]concept{}}}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, list, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("toxicity: concepts: line %d has no colon", n+1)
		}
		id := slices.Index(l.names, name)
		if id < 0 {
			id = len(l.names)
			l.names = append(l.names, name)
		}
		if id > maxConcepts {
			return nil, fmt.Errorf("toxicity: concepts: line %d: more than %d concepts", n+1, maxConcepts)
		}
		for _, entry := range strings.Fields(list) {
			l.put(textview.Fold(entry), concept(id))
		}
	}
	l.group, l.dialect = l.id(groupConcept), l.id(dialectConcept)
	return l, nil
}

func (l *lexicon) id(name string) concept { return concept(max(slices.Index(l.names, name), 0)) }

func (l *lexicon) put(entry string, c concept) {
	if stem, ok := strings.CutSuffix(entry, "*"); ok {
		l.stems.put(hashString(stem), c)
		return
	}
	l.words.put(hashString(entry), c)
}

// of is the concept of a whole word, else of its longest beginning.
func (l *lexicon) of(word string, hash uint32) concept {
	if c := l.words.get(hash); c != noConcept {
		return c
	}
	found, h := noConcept, fnvOffset
	for i := 0; i < len(word); i++ {
		h = (h ^ uint32(word[i])) * fnvPrime
		if c := l.stems.get(h); c != noConcept {
			found = c
		}
	}
	return found
}
