package detectors

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/wasilibs/go-re2/experimental"
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

// ruleset finds many patterns at once: one set tells which of them occur, and only
// those are asked where.
type ruleset struct {
	rules    []rule
	set      *experimental.Set
	patterns []*regexp.Regexp
}

const (
	// setMemory bounds the automaton of one set, in bytes. When a text would need
	// more, the set says so, and that is a Failure.
	setMemory = 16 << 20
	// chunk is how much text a set is asked about at a time.
	chunk = 32 << 10
	// window is how much text the patterns that occur are looked for in at a time.
	window = 2 << 10
	// overlap is how far chunks and windows reach into the next ones: no pattern
	// that is meant to be found is longer.
	overlap = 320
	// maxLooks bounds how often single patterns are looked for in one text.
	maxLooks = 200
)

// newRuleset compiles the rules. The name of a rule must be unique.
func newRuleset(rules []rule, words vocabulary) (*ruleset, error) {
	s := &ruleset{rules: rules}
	exprs := make([]string, len(rules))
	names := map[string]bool{}
	for i, r := range rules {
		if names[r.name] || r.weight <= 0 || r.weight >= 1 {
			return nil, fmt.Errorf("rule %q: duplicate name or weight out of (0,1)", r.name)
		}
		names[r.name] = true
		expr, err := expand(r.expr, words)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.name, err)
		}
		if exprs[i] = expr; !utf8.ValidString(expr) {
			return nil, fmt.Errorf("rule %q: not UTF-8", r.name)
		}
		pattern, err := regexp.Compile(expr)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.name, err)
		}
		s.patterns = append(s.patterns, pattern)
	}
	set, err := experimental.CompileSetWithOptions(exprs, experimental.CompileOptions{MaxMem: setMemory})
	if err != nil {
		return nil, err
	}
	s.set = set
	return s, nil
}

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
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\' && i+1 < len(expr):
			b.WriteString(expr[i : i+2])
			i++
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
	if _, err := syntax.Parse(b.String(), syntax.Perl); err != nil {
		return "", err
	}
	return b.String(), nil
}

// hit is where a rule matched.
type hit struct {
	rule       int
	start, end int
}

var errTooManyHits = errors.New("too many matches to look at")

// find returns where the rules match a folded text, in no particular order, at most
// one match of a rule in each window. complete is false when there were more than are
// looked at.
func (s *ruleset) find(ctx context.Context, text string) (hits []hit, complete bool, err error) {
	looks := 0
	for start := 0; ; {
		end := boundary(text, start+chunk+overlap)
		occurring, err := s.set.FindAllStringWithError(text[start:end], -1)
		if err != nil {
			return nil, false, err
		}
		if len(occurring) > 0 {
			found, n, err := s.locate(ctx, text[:end], start, maxLooks-looks)
			if err != nil && !errors.Is(err, errTooManyHits) {
				return nil, false, err
			}
			hits = append(hits, found...)
			if looks += n; err != nil {
				return hits, false, nil
			}
		}
		if end == len(text) {
			return hits, true, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		start = boundary(text, start+chunk)
	}
}

// locate looks for the rules in windows of text from start on.
func (s *ruleset) locate(ctx context.Context, text string, start, budget int) (hits []hit, looks int, err error) {
	for ; ; start = boundary(text, start+window) {
		if err := ctx.Err(); err != nil {
			return nil, looks, err
		}
		end := boundary(text, start+window+overlap)
		part := text[start:end]
		occurring, err := s.set.FindAllStringWithError(part, -1)
		if err != nil {
			return nil, looks, err
		}
		for _, r := range occurring {
			if looks++; looks > budget {
				return hits, looks, errTooManyHits
			}
			if at := s.patterns[r].FindStringIndex(part); at != nil {
				hits = append(hits, hit{r, start + at[0], start + at[1]})
			}
		}
		if end == len(text) {
			return hits, looks, nil
		}
	}
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
