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
	words          map[uint32]concept
	stems          map[uint32]concept // beginnings of words
	stemLengths    uint64             // a bit per length, in bytes, that a beginning has
	group, dialect concept
}

// newLexicon reads lines "name: word word* …"; a name may come again. A star ends what
// only begins a word.
func newLexicon(text string) (*lexicon, error) {
	l := &lexicon{names: []string{""}, words: map[uint32]concept{}, stems: map[uint32]concept{}}
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
	into := l.words
	if stem, ok := strings.CutSuffix(entry, "*"); ok {
		entry, into = stem, l.stems
		l.stemLengths |= 1 << min(len(stem), 63)
	}
	if h := hashString(entry); into[h] == noConcept {
		into[h] = c
	}
}

// of is the concept of a whole word, else of its longest beginning.
func (l *lexicon) of(word string, hash uint32) concept {
	if c := l.words[hash]; c != noConcept {
		return c
	}
	found, h := noConcept, fnvOffset
	for i := 0; i < len(word); i++ {
		h = (h ^ uint32(word[i])) * fnvPrime
		if l.stemLengths&(1<<min(i+1, 63)) != 0 {
			if c := l.stems[h]; c != noConcept {
				found = c
			}
		}
	}
	return found
}
