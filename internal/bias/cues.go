package bias

// cueMask has a bit per cue of the lexicon.
type cueMask uint64

func (m cueMask) has(cue int) bool { return m&(1<<cue) != 0 }

// span is a piece of a text: byte offsets, half open.
type span struct{ start, end int }

// reading is what a text shows: which cues, and the first place of each.
type reading struct {
	cues  cueMask
	spans [maxCues]span
}

// read looks for every cue in a text.
func (l *lexicon) read(text string) *reading {
	t := tokenize(text, l.words)
	r := &reading{}
	for i := range t.list {
		for _, n := range l.byAnchor[t.list[i].word] {
			p := &l.patterns[n]
			if r.cues.has(p.cue) {
				continue
			}
			if s, ok := p.matchAt(&t, i-p.anchor); ok {
				r.cues |= 1 << p.cue
				r.spans[p.cue] = s
			}
		}
	}
	return r
}

// matchAt tells whether the pattern stands at a token, and where it ends.
func (p *pattern) matchAt(t *tokens, at int) (span, bool) {
	if at < 0 || p.startsPhrase && !t.first(at) {
		return span{}, false
	}
	if question := t.question[t.list[at].sentence]; p.inQuestion && !question || p.inStatement && question {
		return span{}, false
	}
	end := matchFrom(p.elements, t, at)
	if end < 0 {
		return span{}, false
	}
	return span{start: t.list[at].start, end: t.list[end-1].end}, true
}

// matchFrom matches the elements from a token on and returns the token after the last, or −1. Recursion is as deep as
// a pattern has gaps.
func matchFrom(elements []element, t *tokens, at int) int {
	for i, e := range elements {
		if e.gap > 0 {
			return matchGap(e.gap, elements[i+1:], t, at)
		}
		if at >= len(t.list) || !e.set.has(t.list[at].word) {
			return -1
		}
		at++
	}
	return at
}

// matchGap lets up to gap words stand before the elements, the fewer the better.
func matchGap(gap int, elements []element, t *tokens, at int) int {
	for range gap + 1 {
		if end := matchFrom(elements, t, at); end >= 0 {
			return end
		}
		if at >= len(t.list) || isMark(t.list[at].word) {
			return -1
		}
		at++
	}
	return -1
}
