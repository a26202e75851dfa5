package bias

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// lexiconText declares the cues; its head explains the notation.
//
//go:embed lexicon.txt
var lexiconText string

// The kinds of families of cues.
const (
	kindStrong  = "strong"
	kindWeak    = "weak"
	kindContext = "context"
	kindOpen    = "open"
)

// maxCues leaves room in a mask for what cues say together.
const maxCues = 48

// The first numbers of every vocabulary.
const (
	unknownWord  uint16 = iota // every word that no pattern names
	commaMark                  // also dashes
	questionMark               // ends a question
	stopMark                   // ends any other sentence, also where only the line ends
)

func isMark(word uint16) bool { return word >= commaMark && word <= stopMark }

// cue is one way of leading, or of asking openly.
type cue struct {
	name   string
	family string
}

// family is the cues that lead in the same way.
type family struct {
	kind string
	cues cueMask
}

// pair is two groups of cues that say something together.
type pair struct {
	name string
	a, b cueMask
}

// lexicon is the compiled cues.
type lexicon struct {
	cues     []cue
	pairs    []pair
	families []family          // the leading ones
	leading  cueMask           // their union
	words    map[string]uint16 // the vocabulary: what patterns name, numbered
	patterns []pattern
	byAnchor [][]int32 // per word: the patterns whose anchor it can be
}

// pattern is a sequence of elements that is looked for at each token that its anchor matches.
type pattern struct {
	cue          int
	elements     []element
	anchor       int  // an element that names words; those before it stand for exactly one token each
	startsPhrase bool // only at the start of a sentence
	inQuestion   bool // only in a question
	inStatement  bool // only outside of questions
}

// element matches one token, or up to gap words.
type element struct {
	set wordSet // nil for a gap
	gap int
}

// wordSet is a bit per word of the vocabulary.
type wordSet []uint64

func (s wordSet) has(w uint16) bool { return s[w>>6]&(1<<(w&63)) != 0 }
func (s wordSet) add(w uint16)      { s[w>>6] |= 1 << (w & 63) }

// parseLexicon compiles the notation that the head of lexicon.txt explains.
func parseLexicon(text string) (*lexicon, error) {
	p := lexiconParser{
		classes: map[string][]string{}, kinds: map[string]string{}, names: map[string]bool{},
		words: map[string]uint16{",": commaMark, "?": questionMark, ".": stopMark},
	}
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("lexicon line %d: %w", i+1, err)
		}
	}
	return p.compile()
}

type lexiconParser struct {
	cues    []cue
	pairs   []pair
	kinds   map[string]string // of families
	names   map[string]bool
	classes map[string][]string
	words   map[string]uint16
	drafts  []draft
}

// draft is a pattern before its sets can be made, because the vocabulary still grows.
type draft struct {
	cue          int
	parts        []part
	startsPhrase bool
	inQuestion   bool
	inStatement  bool
}

// part is one element: words any of which may stand there, all others, or a gap.
type part struct {
	words    []uint16
	negative bool
	gap      int
}

func (p *lexiconParser) line(line string) error {
	head, rest, _ := strings.Cut(line, " ")
	switch head {
	case "class":
		name, words, ok := strings.Cut(rest, ":")
		if !ok || p.classes[name] != nil {
			return fmt.Errorf("class %q is malformed or declared twice", name)
		}
		p.classes[name] = strings.Fields(words)
		return nil
	case "family":
		name, kind, _ := strings.Cut(rest, ": ")
		if !slices.Contains([]string{kindStrong, kindWeak, kindContext, kindOpen}, kind) || p.kinds[name] != "" {
			return fmt.Errorf("family %q has no known kind or is declared twice", name)
		}
		p.kinds[name] = kind
		return nil
	case "cue":
		name, family, _ := strings.Cut(rest, " ")
		if p.kinds[family] == "" || p.names[name] || len(p.cues) == maxCues {
			return fmt.Errorf("cue %q has no family, is declared twice, or is one too many", name)
		}
		p.names[name] = true
		p.cues = append(p.cues, cue{name: name, family: family})
		return nil
	case "both":
		return p.both(rest)
	}
	if len(p.cues) == 0 {
		return errors.New("a pattern before the first cue")
	}
	return p.pattern(strings.Fields(line))
}

func (p *lexiconParser) both(rest string) error {
	name, sides, _ := strings.Cut(rest, ":")
	left, right, ok := strings.Cut(sides, "+")
	if !ok || p.names[name] {
		return fmt.Errorf("pair %q is malformed or declared twice", name)
	}
	a, err := p.mask(left)
	if err != nil {
		return err
	}
	b, err := p.mask(right)
	if err != nil {
		return err
	}
	p.names[name] = true
	p.pairs = append(p.pairs, pair{name: name, a: a, b: b})
	return nil
}

// mask reads names of cues and of families.
func (p *lexiconParser) mask(names string) (cueMask, error) {
	var all cueMask
	for name := range strings.FieldsSeq(names) {
		var m cueMask
		for i, c := range p.cues {
			if c.name == name || c.family == name {
				m |= 1 << i
			}
		}
		if m == 0 {
			return 0, fmt.Errorf("%q is neither a cue nor a family", name)
		}
		all |= m
	}
	return all, nil
}

func (p *lexiconParser) pattern(fields []string) error {
	d := draft{cue: len(p.cues) - 1}
	if d.inQuestion, d.inStatement = fields[0] == "??", fields[0] == ".."; d.inQuestion || d.inStatement {
		fields = fields[1:]
	}
	if len(fields) > 0 && fields[0] == "^" {
		d.startsPhrase, fields = true, fields[1:]
	}
	if len(fields) == 0 {
		return errors.New("an empty pattern")
	}
	return p.expand(d, fields)
}

// expand adds the patterns that follow from what is optional, or written as several words in one place.
func (p *lexiconParser) expand(d draft, fields []string) error {
	if len(fields) == 0 {
		p.drafts = append(p.drafts, d)
		return nil
	}
	field, rest := fields[0], fields[1:]
	if optional, ok := strings.CutSuffix(field, "~"); ok {
		if err := p.expand(d, rest); err != nil {
			return err
		}
		field = optional
	}
	variants, err := p.variants(field)
	if err != nil {
		return err
	}
	for _, parts := range variants {
		longer := d
		longer.parts = append(slices.Clip(d.parts), parts...)
		if err := p.expand(longer, rest); err != nil {
			return err
		}
	}
	return nil
}

// variants reads one field: the words of one place together, and each run of several words by itself.
func (p *lexiconParser) variants(field string) ([][]part, error) {
	if gap, ok := strings.CutPrefix(field, "_"); ok {
		if gap == "" {
			return [][]part{{{negative: true}}}, nil
		}
		n, err := strconv.Atoi(gap)
		if err != nil || n < 1 || n > 9 {
			return nil, fmt.Errorf("%q is no gap", field)
		}
		return [][]part{{{gap: n}}}, nil
	}
	field, negative := strings.CutPrefix(field, "!")
	together := part{negative: negative}
	var out [][]part
	for alternative := range strings.SplitSeq(field, "|") {
		words, err := p.alternative(alternative)
		if err != nil {
			return nil, err
		}
		for _, w := range words {
			run := p.split(w)
			switch {
			case len(run) == 1:
				together.words = append(together.words, run[0])
			case negative:
				return nil, fmt.Errorf("%q cannot be excluded: it is several words", w)
			default:
				out = append(out, partsOf(run))
			}
		}
	}
	if len(together.words) > 0 {
		out = append(out, []part{together})
	}
	return out, nil
}

func partsOf(run []uint16) []part {
	parts := make([]part, len(run))
	for i, w := range run {
		parts[i] = part{words: []uint16{w}}
	}
	return parts
}

func (p *lexiconParser) alternative(s string) ([]string, error) {
	name, isClass := strings.CutPrefix(s, "<")
	if !isClass {
		if s == "" {
			return nil, errors.New("an empty alternative")
		}
		return []string{s}, nil
	}
	words := p.classes[strings.TrimSuffix(name, ">")]
	if words == nil {
		return nil, fmt.Errorf("class %s is not declared", s)
	}
	return words, nil
}

// split reads a word as the tokenizer would: one number, or several where it is a+b or the script has no spaces.
func (p *lexiconParser) split(word string) []uint16 {
	var run []uint16
	plain := strings.Builder{}
	flush := func() {
		if plain.Len() > 0 {
			run = append(run, p.number(plain.String()))
			plain.Reset()
		}
	}
	for _, r := range word {
		switch {
		case standsAlone(r):
			flush()
			run = append(run, p.number(string(r)))
		case r == '+':
			flush()
		default:
			plain.WriteRune(r)
		}
	}
	flush()
	return run
}

// number returns the number of a word; zero is left to the unknown.
func (p *lexiconParser) number(word string) uint16 {
	n, ok := p.words[word]
	if !ok {
		n = uint16(len(p.words) + 1)
		p.words[word] = n
	}
	return n
}

// ambiguous are words that lose their meaning with their apostrophe.
var ambiguous = []string{"i'd", "i'll", "it's", "we're", "we'll", "we'd", "he'll", "she'll", "let's", "who's"}

func (p *lexiconParser) compile() (*lexicon, error) {
	size := len(p.words) + 1
	if size > 1<<15 {
		return nil, errors.New("too many words")
	}
	lex := &lexicon{cues: p.cues, pairs: p.pairs, words: p.words, byAnchor: make([][]int32, size)}
	c := compiler{size: size, uses: p.uses(size), shared: map[string]wordSet{}}
	for _, d := range p.drafts {
		pattern, err := c.pattern(d)
		if err != nil {
			return nil, fmt.Errorf("cue %s: %w", p.cues[d.cue].name, err)
		}
		for _, w := range slices.Compact(slices.Sorted(slices.Values(d.parts[pattern.anchor].words))) {
			lex.byAnchor[w] = append(lex.byAnchor[w], int32(len(lex.patterns)))
		}
		lex.patterns = append(lex.patterns, pattern)
	}
	p.acceptMissingApostrophes()
	lex.findFamilies(p.kinds)
	if n := len(lex.featureNames()); n > 64 {
		return nil, fmt.Errorf("%d features do not fit a mask", n)
	}
	return lex, nil
}

// uses counts in how many places each word is named.
func (p *lexiconParser) uses(size int) []int {
	uses := make([]int, size)
	for _, d := range p.drafts {
		for _, part := range d.parts {
			for _, w := range part.words {
				uses[w]++
			}
		}
	}
	return uses
}

// findFamilies gathers the leading families in the order of their cues.
func (l *lexicon) findFamilies(kinds map[string]string) {
	index := map[string]int{}
	for i, c := range l.cues {
		kind := kinds[c.family]
		if kind != kindStrong && kind != kindWeak {
			continue
		}
		n, known := index[c.family]
		if !known {
			n = len(l.families)
			index[c.family] = n
			l.families = append(l.families, family{kind: kind})
		}
		l.families[n].cues |= 1 << i
		l.leading |= 1 << i
	}
}

// acceptMissingApostrophes lets dont stand for don't.
func (p *lexiconParser) acceptMissingApostrophes() {
	for _, word := range slices.Sorted(maps.Keys(p.words)) {
		plain := strings.ReplaceAll(word, "'", "")
		if _, taken := p.words[plain]; !taken && !slices.Contains(ambiguous, word) {
			p.words[plain] = p.words[word]
		}
	}
}

// compiler turns drafts into patterns once the vocabulary is complete.
type compiler struct {
	size   int
	uses   []int
	shared map[string]wordSet // equal sets are one
}

func (c compiler) pattern(d draft) (pattern, error) {
	out := pattern{cue: d.cue, startsPhrase: d.startsPhrase, inQuestion: d.inQuestion, inStatement: d.inStatement}
	anchor, err := c.anchor(d.parts)
	if err != nil {
		return pattern{}, err
	}
	out.anchor = anchor
	for _, part := range d.parts {
		e := element{gap: part.gap}
		if part.gap == 0 {
			e.set = c.set(part)
		}
		out.elements = append(out.elements, e)
	}
	return out, nil
}

// anchor picks the part before any gap whose words are named least often elsewhere: looking for "convinced" finds fewer
// places than looking for "I".
func (c compiler) anchor(parts []part) (int, error) {
	best, cost := -1, 0
	for i, part := range parts {
		if part.gap > 0 {
			break
		}
		if part.negative {
			continue
		}
		most := 0
		for _, w := range part.words {
			most = max(most, c.uses[w])
		}
		if best < 0 || most < cost {
			best, cost = i, most
		}
	}
	if best < 0 {
		return 0, errors.New("no word is named before the first gap")
	}
	return best, nil
}

// set makes the bits of a part.
func (c compiler) set(p part) wordSet {
	key := fmt.Sprint(p.negative, p.words)
	if same, ok := c.shared[key]; ok {
		return same
	}
	s := make(wordSet, (c.size+63)/64)
	for _, w := range p.words {
		s.add(w)
	}
	if p.negative {
		for _, mark := range []uint16{commaMark, questionMark, stopMark} {
			s.add(mark)
		}
		for i := range s {
			s[i] = ^s[i]
		}
	}
	c.shared[key] = s
	return s
}
