package detectors

import (
	"maps"
	"slices"
	"strings"
)

// automaton finds many words in one pass over a text (Aho and Corasick 1975), as a
// table of states and byte classes. It is immutable.
type automaton struct {
	class   [256]uint8
	classes int
	next    []uint16 // state*classes + class
	outputs [][]output
	out     []int32 // by state: 1 + index into outputs, 0 when no word ends there
}

// output is a word that ends in a state.
type output struct {
	id          int32
	size        int32
	left, right bool // whether the word must start, and end, at the edge of a word
}

// maxStates is what fits the table's type.
const maxStates = 1 << 16

// newAutomaton numbers each word with the ids that it stands for; a word may have the
// edges that it must have in the text. Nil when the words need too many states.
func newAutomaton(words map[string][]int32) *automaton {
	a := &automaton{classes: 1}
	states := 1
	for spelled := range words {
		w := strings.ReplaceAll(spelled, edge, "")
		states += len(w)
		for i := 0; i < len(w); i++ {
			if c := w[i]; a.class[c] == 0 {
				a.class[c] = uint8(a.classes)
				a.classes++
			}
		}
	}
	if states > maxStates {
		return nil
	}
	t := &trie{classes: a.classes, next: make([]uint16, a.classes, states*a.classes), ids: make([][]output, 1, states)}
	for _, spelled := range slices.Sorted(maps.Keys(words)) {
		t.add(a, spelled, words[spelled])
	}
	t.link()
	a.next = slices.Clone(t.next) // words share beginnings: much of the room that the trie took was not needed
	a.out = make([]int32, len(t.ids))
	for s, ids := range t.ids {
		if len(ids) > 0 {
			a.outputs = append(a.outputs, ids)
			a.out[s] = int32(len(a.outputs))
		}
	}
	return a
}

// ignoreCase makes capital letters of ASCII count as the small ones of the words.
func (a *automaton) ignoreCase() {
	for c := 'a'; c <= 'z'; c++ {
		a.class[c-'a'+'A'] = a.class[c]
	}
}

// trie is the automaton while it is built; 0 means that there is no transition yet.
type trie struct {
	classes int
	next    []uint16
	ids     [][]output
}

func (t *trie) add(a *automaton, spelled string, ids []int32) {
	w := strings.ReplaceAll(spelled, edge, "")
	s := 0
	for i := 0; i < len(w); i++ {
		at := s*t.classes + int(a.class[w[i]])
		if t.next[at] == 0 {
			t.next[at] = uint16(len(t.ids))
			t.ids = append(t.ids, nil)
			t.next = append(t.next, make([]uint16, t.classes)...)
		}
		s = int(t.next[at])
	}
	for _, id := range ids {
		t.ids[s] = append(t.ids[s], output{
			id: id, size: int32(len(w)),
			left: strings.HasPrefix(spelled, edge), right: strings.HasSuffix(spelled, edge),
		})
	}
}

// link fills in where to go on when a word breaks off, breadth first, and what ends
// there as well.
func (t *trie) link() {
	fail := make([]uint16, len(t.ids))
	queue := make([]uint16, 0, len(t.ids))
	for c := range t.classes {
		if s := t.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		s := int(queue[0])
		queue = queue[1:]
		back := int(fail[s])
		t.ids[s] = append(t.ids[s], t.ids[back]...)
		for c := range t.classes {
			at := s*t.classes + c
			if t.next[at] == 0 {
				t.next[at] = t.next[back*t.classes+c]
				continue
			}
			fail[t.next[at]] = t.next[back*t.classes+c]
			queue = append(queue, t.next[at])
		}
	}
}

// scan calls found with the id of each word and where it ends.
func (a *automaton) scan(text string, found func(id int32, end int)) {
	s := 0
	for i := 0; i < len(text); i++ {
		s = int(a.next[s*a.classes+int(a.class[text[i]])])
		if a.out[s] == 0 {
			continue
		}
		for _, o := range a.outputs[a.out[s]-1] {
			if a.stands(text, o, i+1) {
				found(o.id, i+1)
			}
		}
	}
}

// has tells whether a text has any of the words.
func (a *automaton) has(text string) bool {
	s := 0
	for i := 0; i < len(text); i++ {
		s = int(a.next[s*a.classes+int(a.class[text[i]])])
		if a.out[s] == 0 {
			continue
		}
		for _, o := range a.outputs[a.out[s]-1] {
			if a.stands(text, o, i+1) {
				return true
			}
		}
	}
	return false
}

// stands tells whether a word that ends at end has the edges that it must have.
func (a *automaton) stands(text string, o output, end int) bool {
	if start := end - int(o.size); o.left && start > 0 && wordByte(text[start-1]) {
		return false
	}
	return !o.right || end >= len(text) || !wordByte(text[end])
}

// scanPast is scan on a text without the bytes of skip: words are found in spite of
// what stands between their letters. It calls found with where each word starts and
// ends; edges of words do not count.
func (a *automaton) scanPast(text string, skip *[256]bool, found func(id int32, start, end int)) {
	s := 0
	for i := 0; i < len(text); i++ {
		if skip[text[i]] {
			continue
		}
		s = int(a.next[s*a.classes+int(a.class[text[i]])])
		if a.out[s] == 0 {
			continue
		}
		for _, o := range a.outputs[a.out[s]-1] {
			start := i
			for left := o.size - 1; left > 0; left-- {
				for start--; skip[text[start]]; start-- {
				}
			}
			found(o.id, start, i+1)
		}
	}
}
