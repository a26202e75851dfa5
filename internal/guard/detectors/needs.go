package detectors

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// needs says which words a text must have for an expression to match: of every
// element at least one, in this order. It is what lets a rule be passed over without running it.
type needs [][]string

const (
	// minWord is the shortest word worth looking for, in bytes.
	minWord = 2
	// maxWords bounds how many words one element is spelled out to.
	maxWords = 600
	// maxClass bounds the size of a character class that is spelled out.
	maxClass = 12
)

// needsOf works out the needs of an expression; none when it could match without any
// word.
func needsOf(expr string) (needs, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	s := spellingOf(re.Simplify())
	return s.close(), nil
}

// spelling is what is known of an expression: all texts that it matches, when they are
// few (whole), or else what it needs.
type spelling struct {
	whole []string
	needs needs
}

// close turns a spelling into needs alone.
func (s spelling) close() needs {
	if usable(s.whole) {
		return append(s.needs, s.whole)
	}
	return s.needs
}

// usable tells whether words can be looked for.
func usable(words []string) bool {
	for _, w := range words {
		if len(w) < minWord {
			return false
		}
	}
	return len(words) > 0
}

func spellingOf(re *syntax.Regexp) spelling {
	switch re.Op {
	case syntax.OpLiteral:
		return spelling{whole: []string{string(re.Rune)}}
	case syntax.OpCharClass:
		return spelling{whole: classWords(re.Rune)}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return spelling{whole: []string{""}}
	case syntax.OpCapture:
		return spellingOf(re.Sub[0])
	case syntax.OpConcat:
		return concatenated(re.Sub)
	case syntax.OpAlternate:
		return alternated(re.Sub)
	case syntax.OpQuest:
		if s := spellingOf(re.Sub[0]); s.whole != nil {
			return spelling{whole: append(slices.Clone(s.whole), "")}
		}
	case syntax.OpPlus:
		return spelling{needs: spellingOf(re.Sub[0]).close()}
	}
	return spelling{}
}

// classWords spells a small character class out.
func classWords(ranges []rune) (words []string) {
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if len(words) == maxClass || !utf8.ValidRune(r) {
				return nil
			}
			words = append(words, string(r))
		}
	}
	return words
}

// concatenated joins the spellings of neighbours as long as they stay few; what cannot
// be spelled out is a gap between what is needed.
func concatenated(subs []*syntax.Regexp) spelling {
	run := spelling{whole: []string{""}}
	gaps := false
	for _, sub := range subs {
		s := spellingOf(sub)
		if sub.Op == syntax.OpPlus {
			// The first of what repeats joins what is before it.
			if once := spellingOf(sub.Sub[0]); once.whole != nil && len(run.whole)*len(once.whole) <= maxWords {
				run.whole, s = crossed(run.whole, once.whole), spelling{}
			}
		}
		if s.whole != nil && len(run.whole)*len(s.whole) <= maxWords {
			run.whole = crossed(run.whole, s.whole)
			continue
		}
		gaps = true
		run.needs = run.close()
		if run.whole = s.whole; s.whole == nil {
			run.needs = append(run.needs, s.needs...)
			run.whole = []string{""}
		}
	}
	if gaps {
		return spelling{needs: run.close()}
	}
	return run
}

func crossed(heads, tails []string) []string {
	out := make([]string, 0, len(heads)*len(tails))
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

// alternated needs one word of those that any of the branches needs.
func alternated(subs []*syntax.Regexp) spelling {
	var whole []string
	spelled := true
	for _, sub := range subs {
		s := spellingOf(sub)
		if s.whole == nil || len(whole)+len(s.whole) > maxWords {
			spelled = false
			break
		}
		whole = append(whole, s.whole...)
	}
	if spelled {
		return spelling{whole: whole}
	}
	var words []string
	for _, sub := range subs {
		best := rarest(spellingOf(sub).close())
		if best == nil {
			return spelling{}
		}
		words = append(words, best...)
	}
	return spelling{needs: needs{words}}
}

// rarest picks the element whose shortest word is longest, of equals the one with the
// fewest words.
func rarest(n needs) (best []string) {
	length := 0
	for _, words := range n {
		shortest := len(slices.MinFunc(words, func(a, b string) int { return len(a) - len(b) }))
		if best == nil || shortest > length || shortest == length && len(words) < len(best) {
			best, length = words, shortest
		}
	}
	return best
}
