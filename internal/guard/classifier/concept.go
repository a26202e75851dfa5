package classifier

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// concept is a meaning that attacks are made of, whatever the language: to ignore,
// what came before, an instruction, to reveal.
type concept uint8

const noConcept concept = 0

//go:embed concepts.txt
var conceptsText string

// lexicon finds the concept of a word.
type lexicon struct {
	names   []string // by concept; names[0] is none
	words   table    // whole words, pairs of words, and glyphs
	prefix  table    // beginnings of words
	present [1 << 10]uint64
}

// newLexicon reads lines "name: word word* two_words …"; a name may come again. A star
// ends what only begins a word; an underscore joins two words.
func newLexicon(text string) (*lexicon, error) {
	l := &lexicon{names: []string{""}}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, list, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("concepts: line %d has no colon", n+1)
		}
		id := slices.Index(l.names, name)
		if id < 0 {
			id = len(l.names)
			l.names = append(l.names, name)
		}
		if id > 63 {
			return nil, fmt.Errorf("concepts: line %d: more than 63 concepts", n+1)
		}
		for _, entry := range strings.Fields(list) {
			l.put(textview.Fold(entry), concept(id))
		}
	}
	return l, nil
}

func (l *lexicon) put(entry string, c concept) {
	if stem, ok := strings.CutSuffix(entry, "*"); ok {
		h := hashString(stem)
		l.prefix.put(h, c)
		l.present[h>>22] |= 1 << (h >> 16 & 63)
		return
	}
	if a, b, ok := strings.Cut(entry, "_"); ok {
		l.words.put(pair(hashString(a), hashString(b)), c)
		return
	}
	if r, _ := utf8.DecodeRuneInString(entry); textview.Spaceless(r) && utf8.RuneCountInString(entry) > maxGlyphs {
		entry = string([]rune(entry)[:maxGlyphs])
	}
	l.words.put(hashString(entry), c)
}

func (l *lexicon) word(h uint32) concept { return l.words.get(h) }

// mayStem is a quick no for most beginnings of words.
func (l *lexicon) mayStem(h uint32) bool { return l.present[h>>22]&(1<<(h>>16&63)) != 0 }

func (l *lexicon) stems(h uint32) concept { return l.prefix.get(h) }

// table is a hash table with open addressing; the first entry for a hash stays.
type table struct {
	keys   []uint32
	values []concept
	used   int
}

func (t *table) put(h uint32, c concept) {
	if 2*(t.used+1) > len(t.keys) {
		t.grow()
	}
	for i := t.slot(h); ; i = (i + 1) & (len(t.keys) - 1) {
		if t.values[i] == noConcept {
			t.keys[i], t.values[i] = h, c
			t.used++
			return
		}
		if t.keys[i] == h {
			return
		}
	}
}

func (t *table) grow() {
	old := *t
	size := max(1024, 2*len(old.keys))
	*t = table{keys: make([]uint32, size), values: make([]concept, size)}
	for i, c := range old.values {
		if c != noConcept {
			t.put(old.keys[i], c)
		}
	}
}

func (t *table) slot(h uint32) int { return int(mix(h)) & (len(t.keys) - 1) }

func (t *table) get(h uint32) concept {
	if len(t.keys) == 0 {
		return noConcept
	}
	for i := t.slot(h); t.values[i] != noConcept; i = (i + 1) & (len(t.keys) - 1) {
		if t.keys[i] == h {
			return t.values[i]
		}
	}
	return noConcept
}
