package detectors

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// rule is one pattern of a family.
//
// Expr is an RE2 expression on folded text (textview.Fold) with three shorthands: a
// space stands for white space and punctuation between two words, ~n for up to n words
// in between, {name} for an alternative of the family's vocabulary.
type rule struct {
	name   string
	expr   string
	weight float64 // confidence that this alone deserves, in (0,1)
}

// vocabulary names alternatives that several rules share.
type vocabulary map[string]string

// ruleset finds many patterns at once. One pass over the text finds the words that the
// rules cannot do without; only a rule all of whose words stand near each other is run,
// and only there.
type ruleset struct {
	rules    []rule
	patterns []*regexp.Regexp
	ways     [][]way // by the group of words that comes first
	reach    []int32 // by rule
	words    *automaton
	groups   [][]int32 // by word, of which it is one
	scratch  sync.Pool // of *sightings
}

// way is one way in which a rule can match: groups of words that follow each other.
type way struct {
	rule   int
	groups []int32
}

const (
	// reach is how far one needed word of a match may stand from the next one, farReach
	// how far in rules that leap over any text; before and after how far a match may go
	// on beyond its needed words. In bytes.
	reach, farReach, before, after = 120, 280, 48, 96
	// maxPart is from where on a part is not joined with the next one: short ones are
	// what the standard library's matcher is quick on.
	maxPart = 512
	// maxParts bounds the places that one way to match has in one text.
	maxParts = 1 << 12
	// maxPerLook bounds the matches of one rule in one place.
	maxPerLook = 4
)

// newRuleset compiles the rules. The name of a rule must be unique, and it must not be
// able to match without any word of two letters.
func newRuleset(rules []rule, words vocabulary) (*ruleset, error) {
	s := &ruleset{rules: rules}
	names := map[string]bool{}
	lookup := map[string][]int32{}
	groups := map[string]int32{}
	for _, r := range rules {
		if names[r.name] || r.weight <= 0 || r.weight >= 1 {
			return nil, fmt.Errorf("rule %q: duplicate name or weight out of (0,1)", r.name)
		}
		names[r.name] = true
		expr, err := expand(r.expr, words)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.name, err)
		}
		pattern, err := regexp.Compile(expr)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.name, err)
		}
		required, err := needsOf(expr)
		if err != nil || len(required) == 0 {
			return nil, fmt.Errorf("rule %q: matches without any word", r.name)
		}
		s.patterns = append(s.patterns, pattern)
		for _, n := range required {
			w := way{len(s.patterns) - 1, s.group(n, groups, lookup)}
			s.ways[w.groups[0]] = append(s.ways[w.groups[0]], w)
		}
		s.reach = append(s.reach, reachOf(expr))
	}
	return s, s.number(lookup)
}

// number makes the automaton. A word is looked for once, however many groups it is in.
func (s *ruleset) number(lookup map[string][]int32) error {
	words := make(map[string][]int32, len(lookup))
	for _, w := range slices.Sorted(maps.Keys(lookup)) {
		words[w] = []int32{int32(len(s.groups))}
		s.groups = append(s.groups, lookup[w])
	}
	if s.words = newAutomaton(words); s.words == nil {
		return fmt.Errorf("the rules have too many words")
	}
	return nil
}

// group numbers groups of words, the same words once.
func (s *ruleset) group(required needs, groups map[string]int32, lookup map[string][]int32) (ids []int32) {
	for _, group := range required {
		group = slices.Compact(slices.Sorted(slices.Values(group)))
		key := strings.Join(group, "\x00")
		id, ok := groups[key]
		if !ok {
			id = int32(len(s.ways))
			groups[key] = id
			s.ways = append(s.ways, nil)
			for _, w := range group {
				lookup[w] = append(lookup[w], id)
			}
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func reachOf(expr string) int32 {
	if leap.MatchString(expr) {
		return farReach
	}
	return reach
}

var leap = regexp.MustCompile(`[.\]]\{0,\d{2,}\}`)

const (
	gapExpr   = `[\s[:punct:]]+`
	wordsExpr = `(?:\S+\s+){0,%c}`
)

var vocabularyName = regexp.MustCompile(`\{([a-z_]+)\}`)

// expand resolves the shorthands of a rule.
func expand(expr string, words vocabulary) (string, error) {
	var missing error
	expr = vocabularyName.ReplaceAllStringFunc(expr, func(m string) string {
		alternatives, ok := words[m[1:len(m)-1]]
		if !ok {
			missing = fmt.Errorf("no vocabulary %s", m)
		}
		return "(?:" + alternatives + ")"
	})
	var b strings.Builder
	class := false // inside of brackets, where a space is one character
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\' && i+1 < len(expr):
			b.WriteString(expr[i : i+2])
			i++
		case c == '[' || c == ']':
			class = c == '['
			b.WriteByte(c)
		case c == ' ' && class:
			b.WriteString(`\s`)
		case c == ' ':
			b.WriteString(gapExpr)
		case c == '~' && i+1 < len(expr) && expr[i+1] >= '1' && expr[i+1] <= '9':
			fmt.Fprintf(&b, wordsExpr, expr[i+1])
			i++
			if i+1 < len(expr) && expr[i+1] == ' ' {
				i++ // the words end with their own gap
			}
		default:
			b.WriteByte(c)
		}
	}
	if missing != nil {
		return "", missing
	}
	return b.String(), nil
}

// hit is where a rule matched.
type hit struct {
	rule       int
	start, end int
}

// sightings are where the words of one text stand.
type sightings struct {
	ends   [][]int32 // by word, in order
	words  []int32   // that were seen
	in     [][]int32 // by group, its words that were seen
	groups []int32   // of which a word was seen
	merged [][]int32 // by group, where its words end, in order; empty until it is asked for
	parts  []part
	cut    bool // there were more parts than are kept
}

func (s *ruleset) sight(text string) *sightings {
	at, ok := s.scratch.Get().(*sightings)
	if !ok {
		at = &sightings{ends: make([][]int32, len(s.groups)), in: make([][]int32, len(s.ways)), merged: make([][]int32, len(s.ways))}
	}
	s.words.scan(text, func(word int32, end int) {
		if len(at.ends[word]) == 0 {
			at.words = append(at.words, word)
		}
		at.ends[word] = append(at.ends[word], int32(end))
	})
	for _, w := range at.words {
		for _, g := range s.groups[w] {
			if len(at.in[g]) == 0 {
				at.groups = append(at.groups, g)
			}
			at.in[g] = append(at.in[g], w)
		}
	}
	return at
}

// seen tells whether a word of a group was seen.
func (at *sightings) seen(group int32) bool { return len(at.in[group]) > 0 }

// of lists where the words of a group end, in order and each place once.
func (at *sightings) of(group int32) []int32 {
	words := at.in[group]
	if len(words) == 1 {
		return at.ends[words[0]]
	}
	if len(at.merged[group]) == 0 {
		all := at.merged[group]
		for _, w := range words {
			all = append(all, at.ends[w]...)
		}
		slices.Sort(all)
		at.merged[group] = slices.Compact(all)
	}
	return at.merged[group]
}

// maxKept bounds, in sightings, what is kept of a long text for the next one.
const maxKept = 1 << 12

// release gives the sightings back, empty.
func (s *ruleset) release(at *sightings) {
	for _, w := range at.words {
		at.ends[w] = emptied(at.ends[w])
	}
	for _, g := range at.groups {
		at.in[g], at.merged[g] = at.in[g][:0], emptied(at.merged[g])
	}
	at.words, at.groups, at.parts, at.cut = at.words[:0], at.groups[:0], at.parts[:0], false
	s.scratch.Put(at)
}

func emptied(list []int32) []int32 {
	if cap(list) > maxKept {
		return nil
	}
	return list[:0]
}

// find returns where the rules match a folded text, by rule. complete is false when
// there were more places to look at than the allowance pays for.
func (s *ruleset) find(ctx context.Context, text string, pays *allowance) (hits []hit, complete bool, err error) {
	at := s.sight(text)
	defer s.release(at)
	s.parts(at)
	look := looker{text: text, pays: pays}
	for i := 0; i < len(at.parts); {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		first := i
		for i < len(at.parts) && at.parts[i].rule == at.parts[first].rule {
			i++
		}
		if r := at.parts[first].rule; !look.at(r, s.patterns[r], at.parts[first:i]) {
			return look.hits, false, nil
		}
	}
	return look.hits, !at.cut, nil
}

// part is where a rule is run.
type part struct{ rule, start, end int }

// parts works out where the words that a rule needs follow each other in their order.
func (s *ruleset) parts(at *sightings) {
	for _, g := range at.groups {
		for _, w := range s.ways[g] {
			s.follow(at, w)
		}
	}
	slices.SortFunc(at.parts, func(a, b part) int {
		return cmp.Or(a.rule-b.rule, a.start-b.start, a.end-b.end)
	})
}

func (s *ruleset) follow(at *sightings, w way) {
	most := len(at.parts) + maxParts
	for _, g := range w.groups[1:] {
		if !at.seen(g) {
			return
		}
	}
	for _, first := range at.of(w.groups[0]) {
		last, ok := at.last(w, first, s.reach[w.rule])
		if !ok {
			continue
		}
		if len(at.parts) == most {
			at.cut = true
			return
		}
		at.parts = append(at.parts, part{w.rule, int(first) - before, int(last) + after})
	}
}

// last follows a way from its first word and returns where its last one may end at
// most: each group within reach of where the one before may stand, and behind it.
func (at *sightings) last(w way, first, reach int32) (last int32, ok bool) {
	earliest, latest := first, first
	for _, g := range w.groups[1:] {
		ends := at.of(g)
		i, _ := slices.BinarySearch(ends, earliest+1)
		j, _ := slices.BinarySearch(ends, latest+reach+1)
		if i >= j {
			return 0, false
		}
		earliest, latest = ends[i], ends[j-1]
	}
	return latest, true
}

// looker runs patterns where their words stand.
type looker struct {
	text  string
	hits  []hit
	pays  *allowance
	known map[string][][]int // what the pattern found in parts of the text
}

// at runs one pattern on the parts, which are in order; false when the text has cost
// enough. Whoever repeats a text a thousand times makes the pattern look at it once.
func (l *looker) at(r int, pattern *regexp.Regexp, parts []part) bool {
	clear(l.known)
	for i := 0; i < len(parts); {
		start, end := parts[i].start, parts[i].end
		for i++; i < len(parts) && parts[i].start < end && end-start < maxPart; i++ {
			end = max(end, parts[i].end)
		}
		start, end = l.wordBefore(start), boundary(l.text, end)
		if !l.pays.pay(perLook + end - start) {
			return false
		}
		l.look(r, pattern, start, end)
	}
	return true
}

func (l *looker) look(r int, pattern *regexp.Regexp, start, end int) {
	text := l.text[start:end]
	matches, ok := l.known[text]
	if !ok {
		matches = pattern.FindAllStringIndex(text, maxPerLook)
		l.keep(text, matches)
	}
	for _, m := range matches {
		if m[0] == 0 && start > 0 {
			continue // it stands at the edge of the part, not where it should
		}
		l.hits = append(l.hits, hit{r, start + m[0], start + m[1]})
	}
}

// maxKnown bounds the parts of which is remembered what a pattern found in them.
const maxKnown = 64

func (l *looker) keep(text string, matches [][]int) {
	if l.known == nil {
		l.known = map[string][][]int{}
	}
	if len(l.known) < maxKnown {
		l.known[text] = matches
	}
}

// wordBefore moves an offset back to one character before a word.
func (l *looker) wordBefore(at int) int {
	start := boundary(l.text, max(at, 0))
	for start > 0 {
		start--
		if utf8.RuneStart(l.text[start]) {
			break
		}
	}
	return start
}

// boundary moves an offset back to the start of a word, if there is one near, and of
// a character in any case.
func boundary(text string, at int) int {
	if at >= len(text) {
		return len(text)
	}
	for i := at; i > at-64 && i > 0; i-- {
		if text[i-1] == ' ' || text[i-1] == '\n' {
			return i
		}
	}
	for !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
