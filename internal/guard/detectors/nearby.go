package detectors

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// wordset is words that tell what stands beside them, in the folded form.
type wordset struct {
	words map[string]bool
	parts []string // of scripts that set no spaces between words
}

// newWordset makes a wordset of words, or phrases of two, and of parts of words in
// scripts that set no spaces; both set apart by a bar.
func newWordset(words, parts string) wordset {
	s := wordset{words: map[string]bool{}}
	for w := range strings.SplitSeq(textview.Fold(words), "|") {
		s.words[w] = true
	}
	if parts != "" {
		s.parts = strings.Split(textview.Fold(parts), "|")
	}
	return s
}

// anyWord is an automaton of the words of all sets. Digits may stand right beside them.
func anyWord(sets ...wordset) *automaton {
	words := map[string][]int32{}
	for _, s := range sets {
		for w := range s.words {
			if w != "" {
				words[edge+w+edge] = []int32{0}
			}
		}
		for _, p := range s.parts {
			words[p] = []int32{0}
		}
	}
	a := newAutomaton(words)
	a.digitsBreak = true
	return a
}

// How far beside a number its words are looked for, in bytes.
const (
	reachLeft  = 64
	reachRight = 24
)

// beside tells whether one of the words stands within reach of [start,end).
func (s wordset) beside(text string, start, end int) bool {
	return s.before(text, start, reachLeft) || s.after(text, end, reachRight)
}

// before tells whether one of the words stands at most reach bytes before at.
func (s wordset) before(text string, at, reach int) bool {
	from := max(at-reach, 0)
	for from > 0 && from < at && wordy(text[from-1]) && wordy(text[from]) {
		from++
	}
	return s.in(text[from:at])
}

// after tells whether one of the words stands at most reach bytes after at, in the
// same line.
func (s wordset) after(text string, at, reach int) bool {
	to := min(at+reach, len(text))
	if i := strings.IndexByte(text[at:to], '\n'); i >= 0 {
		to = at + i
	}
	for to > at && to < len(text) && wordy(text[to-1]) && wordy(text[to]) {
		to--
	}
	return s.in(text[at:to])
}

// leadsTo tells whether one of the words stands before at with nothing but words of
// between, and signs, after it.
func (s wordset) leadsTo(text string, at int, between wordset) bool {
	from := max(at-reachLeft, 0)
	for {
		start, end := wordBefore(text, from, at)
		if start == end || start == from && from > 0 {
			return false
		}
		word := text[start:end]
		if s.in(word) {
			return true
		}
		if first, last := wordBefore(text, from, start); first < last && s.words[text[first:end]] {
			return true
		}
		if !between.in(word) {
			return false
		}
		at = start
	}
}

// wordBefore returns the word before at, no further back than from; an empty one when
// there is none, or a number in between.
func wordBefore(text string, from, at int) (start, end int) {
	for at > from && !wordy(text[at-1]) {
		if at--; digit(text[at]) {
			return at, at
		}
	}
	start = at
	for start > from && wordy(text[start-1]) {
		start--
	}
	return start, at
}

func (s wordset) in(text string) bool {
	foreign := false
	for i, last := 0, -1; i < len(text); {
		if !wordy(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && wordy(text[i]) {
			foreign = foreign || text[i] >= 0x80
			i++
		}
		if s.words[text[start:i]] || last >= 0 && s.words[text[last:i]] {
			return true
		}
		last = start
	}
	if !foreign {
		return false
	}
	for _, p := range s.parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// wordy tells whether the byte belongs to a word of folded text.
func wordy(c byte) bool { return c >= 'a' && c <= 'z' || c >= 0x80 || c == '\'' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

// plainWord tells whether the byte is a letter or digit of ASCII, or an underscore: one
// that goes on, not one that a script without spaces sets beside a number.
func plainWord(c byte) bool { return c >= 'a' && c <= 'z' || digit(c) || c == '_' }
