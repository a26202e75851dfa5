package detectors

import (
	"regexp"
	"slices"
	"strings"
)

// anchored runs an expression only near words that its matches cannot do without.
type anchored struct {
	anchors       *automaton
	pattern       *regexp.Regexp
	before, after int  // how far from the end of an anchor a match may go, in bytes
	wholeLines    bool // begins to look where a line begins
	needsDigit    bool // looks only where there is one

	// counts tells of an anchor of a kind, which ends at end, whether it is one. Nil when all are.
	counts func(kind int32, text string, end int) bool
}

// newAnchored takes the anchors set apart by bars, in small letters. An asterisk stands
// where a word may go on.
func newAnchored(anchors, expr string, before, after int) anchored {
	return newAnchoredKinds([]string{anchors}, expr, before, after)
}

// newAnchoredKinds is newAnchored with anchors of several kinds.
func newAnchoredKinds(kinds []string, expr string, before, after int) anchored {
	words := map[string][]int32{}
	for kind, anchors := range kinds {
		for w := range strings.SplitSeq(anchors, "|") {
			left, right := edge, edge
			if rest, cut := strings.CutPrefix(w, "*"); cut {
				w, left = rest, ""
			}
			if rest, cut := strings.CutSuffix(w, "*"); cut {
				w, right = rest, ""
			}
			words[left+w+right] = append(words[left+w+right], int32(kind))
		}
	}
	a := anchored{anchors: newAutomaton(words), pattern: regexp.MustCompile(expr), before: before, after: after}
	a.anchors.ignoreCase()
	return a
}

const (
	// What one look at a text may run over: so much, and a quarter of the text.
	freeAnchored = 32 << 10
	// longLine is how far back a line may begin that whole lines are looked at of.
	longLine = 200
)

// find calls found with the places of each match and its groups, as regexp gives them,
// in order. It returns false when there were more anchors than are looked at.
func (a anchored) find(text string, found func(m []int)) (complete bool) {
	left := freeAnchored + len(text)/4
	done, open := 0, span{-1, -1}
	look := func() bool {
		if open.start < 0 {
			return true
		}
		if left -= open.end - open.start; left < 0 {
			return false
		}
		for _, m := range a.pattern.FindAllStringSubmatchIndex(text[open.start:open.end], -1) {
			if m[0]+open.start < done {
				continue
			}
			done = m[1] + open.start
			found(movedBy(m, open.start))
		}
		return true
	}
	complete = true
	a.anchors.scan(text, func(kind int32, end int) {
		if !complete {
			return
		}
		near := a.around(text, end)
		if a.needsDigit && !hasDigit(text[near.start:near.end]) || a.counts != nil && !a.counts(kind, text, end) {
			return
		}
		if near.start <= open.end && open.start >= 0 {
			open.end = max(open.end, near.end)
			return
		}
		complete = look()
		open = near
	})
	return complete && look()
}

// span is a part of a text, in bytes, half open.
type span struct{ start, end int }

// around is what is looked at for an anchor: whole words, and whole lines where they count.
func (a anchored) around(text string, end int) span {
	s := span{boundary(text, max(end-a.before, 0)), max(boundary(text, min(end+a.after, len(text))), end)}
	if a.wholeLines {
		from := max(s.start-longLine, 0)
		s.start = from + strings.LastIndexByte(text[from:s.start], '\n') + 1
	}
	return s
}

func movedBy(m []int, by int) []int {
	m = slices.Clone(m)
	for i := range m {
		if m[i] >= 0 {
			m[i] += by
		}
	}
	return m
}

// anchoredSightings makes sightings of what an anchored expression finds; judge tells the
// span of one, false when it is none.
func anchoredSightings(a anchored, text, message string, confidence float64, judge func(m []int) (span, bool)) (out []sighting) {
	complete := a.find(text, func(m []int) {
		if s, ok := judge(m); ok {
			out = append(out, sighting{s.start, s.end, confidence, message})
		}
	})
	if !complete {
		out = append([]sighting{{confidence: unseen, message: "More that could be personal data than could be looked at"}}, out...)
	}
	return out
}
