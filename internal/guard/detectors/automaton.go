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
	quiet   int      // from this state on words end in a state
	longest int      // bytes of the longest word

	digitsBreak bool       // a digit is the edge of a word
	outputs     [][]output // by state, less quiet
}

// output is a word that ends in a state.
type output struct {
	id          int32
	size        int32
	left, right bool // whether the word must start, and end, at the edge of a word
}

// maxStates is what fits the table's type.
const maxStates = 1 << 16

// often are the bytes that stand most often in text. Their classes come first, so that the
// cells of a state that a text goes through are neighbours in memory.
const often = " etaoinshrdlucmfwypvbgkqjxz"

// newAutomaton numbers each word with the ids that it stands for; a word may have the
// edges that it must have in the text. Nil when the words need too many states.
func newAutomaton(words map[string][]int32) *automaton {
	a := &automaton{classes: 1}
	states := 1
	used := [256]bool{}
	for spelled := range words {
		w := strings.ReplaceAll(spelled, edge, "")
		states += len(w)
		a.longest = max(a.longest, len(w))
		for i := 0; i < len(w); i++ {
			used[w[i]] = true
		}
	}
	if states > maxStates {
		return nil
	}
	for i := range len(often) {
		a.classify(often[i], used[often[i]])
	}
	for c := range used {
		a.classify(byte(c), used[c])
	}
	t := &trie{classes: a.classes, next: make([]uint16, a.classes, states*a.classes), ids: make([][]output, 1, states)}
	for _, spelled := range slices.Sorted(maps.Keys(words)) {
		t.add(a, spelled, words[spelled])
	}
	t.link()
	t.order(a)
	return a
}

// classify gives a byte a class of its own unless it has one.
func (a *automaton) classify(c byte, used bool) {
	if used && a.class[c] == 0 {
		a.class[c] = uint8(a.classes)
		a.classes++
	}
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
	near    []uint16 // the states, those near the start first
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
	t.near = append(make([]uint16, 0, len(t.ids)), 0)
	for len(queue) > 0 {
		s := int(queue[0])
		queue = queue[1:]
		t.near = append(t.near, uint16(s))
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

// order numbers the states so that those in which words end come last, and otherwise by
// how far from the start they are: a text is mostly near it.
func (t *trie) order(a *automaton) {
	number := make([]uint16, len(t.ids))
	n := 0
	for _, ends := range []bool{false, true} {
		if ends {
			a.quiet = n
		}
		for _, s := range t.near {
			if ends == (len(t.ids[s]) > 0) {
				number[s] = uint16(n)
				n++
			}
		}
	}
	a.next = make([]uint16, len(t.ids)*t.classes) // words share beginnings: less than the trie took room for
	a.outputs = make([][]output, n-a.quiet)
	for s, to := range number {
		for c, next := range t.next[s*t.classes : (s+1)*t.classes] {
			a.next[int(to)*t.classes+c] = number[next]
		}
		if int(to) >= a.quiet {
			a.outputs[int(to)-a.quiet] = t.ids[s]
		}
	}
}

// scan calls found with the id of each word and where it ends.
func (a *automaton) scan(text string, found func(id int32, end int)) {
	a.walk(text, func(words []output, end int) bool {
		for _, o := range words {
			if a.stands(text, o, end) {
				found(o.id, end)
			}
		}
		return true
	})
}

// has tells whether a text has any of the words.
func (a *automaton) has(text string) bool {
	return !a.walk(text, func(words []output, end int) bool {
		return !slices.ContainsFunc(words, func(o output) bool { return a.stands(text, o, end) })
	})
}

// A walk goes through four parts of a text at once: each step waits for the one before, and
// the steps of the others fit into the wait. A part begins as many bytes early as the
// longest word has, on which the state depends, and is so short that the places to
// remember stay few.
const (
	lanes      = 4
	laneBytes  = 1 << 10
	leastLanes = 4 // times the longest word that a part must be long
)

// place is where words end: the state, and how far into the part.
type place struct{ state, at uint16 }

// walk calls visit with the words that end at each place where some do, in the order of the
// text, until it answers false; whether it never did.
func (a *automaton) walk(text string, visit func(words []output, end int) bool) bool {
	var places [lanes][laneBytes]place
	for from := 0; ; from += lanes * laneBytes {
		size := min(laneBytes, (len(text)-from)/lanes)
		if size < leastLanes*a.longest {
			return a.walkOn(text, from, len(text), visit)
		}
		var found [lanes]int
		a.abreast(text, from, size, &places, &found)
		for l, n := range found {
			for _, p := range places[l][:n] {
				if !visit(a.outputs[int(p.state)-a.quiet], from+l*size+int(p.at)+1) {
					return false
				}
			}
		}
		if size < laneBytes {
			return a.walkOn(text, from+lanes*size, len(text), visit)
		}
	}
}

// abreast goes through as many parts of a text as there are lanes, which follow each other
// from a place on.
func (a *automaton) abreast(text string, from, size int, places *[lanes][laneBytes]place, found *[lanes]int) {
	t0, t1, t2, t3 := text[from:][:size], text[from+size:][:size], text[from+2*size:][:size], text[from+3*size:][:size]
	s0, s1, s2, s3 := a.stateAt(text, from), a.stateAt(text, from+size), a.stateAt(text, from+2*size), a.stateAt(text, from+3*size)
	next, classes, class, quiet := a.next, a.classes, &a.class, a.quiet
	for i := range len(t0) {
		s0 = int(next[s0*classes+int(class[t0[i]])])
		s1 = int(next[s1*classes+int(class[t1[i]])])
		s2 = int(next[s2*classes+int(class[t2[i]])])
		s3 = int(next[s3*classes+int(class[t3[i]])])
		if s0 >= quiet {
			places[0][found[0]] = place{uint16(s0), uint16(i)}
			found[0]++
		}
		if s1 >= quiet {
			places[1][found[1]] = place{uint16(s1), uint16(i)}
			found[1]++
		}
		if s2 >= quiet {
			places[2][found[2]] = place{uint16(s2), uint16(i)}
			found[2]++
		}
		if s3 >= quiet {
			places[3][found[3]] = place{uint16(s3), uint16(i)}
			found[3]++
		}
	}
}

// stateAt is the state before a place: that of the last bytes, as many as the longest word has.
func (a *automaton) stateAt(text string, at int) (s int) {
	for _, c := range []byte(text[max(at-a.longest, 0):at]) {
		s = int(a.next[s*a.classes+int(a.class[c])])
	}
	return s
}

// walkOn is walk on a part of a text, one byte after the other.
func (a *automaton) walkOn(text string, from, to int, visit func(words []output, end int) bool) bool {
	s := a.stateAt(text, from)
	for i := from; i < to; i++ {
		s = int(a.next[s*a.classes+int(a.class[text[i]])])
		if s >= a.quiet && !visit(a.outputs[s-a.quiet], i+1) {
			return false
		}
	}
	return true
}

// stands tells whether a word that ends at end has the edges that it must have.
func (a *automaton) stands(text string, o output, end int) bool {
	if start := end - int(o.size); o.left && start > 0 && a.goesOn(text[start-1]) {
		return false
	}
	return !o.right || end >= len(text) || !a.goesOn(text[end])
}

// goesOn tells whether a byte beside a word makes it part of a longer one.
func (a *automaton) goesOn(c byte) bool { return wordByte(c) && !(a.digitsBreak && digit(c)) }

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
		if s < a.quiet {
			continue
		}
		for _, o := range a.outputs[s-a.quiet] {
			start := i
			for left := o.size - 1; left > 0; left-- {
				for start--; skip[text[start]]; start-- {
				}
			}
			found(o.id, start, i+1)
		}
	}
}
