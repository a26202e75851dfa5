package detectors

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// needs says which words a text must have for an expression to match: of every
// element at least one, in this order. They let a rule be passed over without running it.
type needs [][]string

const (
	// minWord is the shortest word worth looking for, in bytes.
	minWord = 2
	// maxWords bounds how many words one element is spelled out to.
	maxWords = 600
	// maxWays bounds how many branches an expression is taken apart into.
	maxWays = 96
	// maxClass bounds the size of a character class that is spelled out.
	maxClass = 12
	// edge stands, at the start or end of a spelling, for the edge of a word.
	edge = "\x00"
)

// needsOf works out the needs of an expression, one for each way in which it can match;
// none when one of them needs no word at all.
func needsOf(expr string) ([]needs, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	var out []needs
	for _, way := range waysOf(re.Simplify()) {
		n := spellingOf(way).close()
		if len(n) == 0 {
			return nil, nil
		}
		out = append(out, n)
	}
	return out, nil
}

// waysOf takes the alternatives that cannot be spelled out apart, as long as there are
// few: together they would need hardly anything.
func waysOf(re *syntax.Regexp) []*syntax.Regexp {
	var out []*syntax.Regexp
	switch re.Op {
	case syntax.OpCapture:
		out = waysOf(re.Sub[0])
	case syntax.OpAlternate:
		if spellingOf(re).whole != nil {
			return []*syntax.Regexp{re}
		}
		for _, sub := range re.Sub {
			out = append(out, waysOf(sub)...)
		}
	case syntax.OpConcat:
		for i, sub := range re.Sub {
			branches := waysOf(sub)
			if len(branches) < 2 {
				continue
			}
			for _, branch := range branches {
				way := *re
				way.Sub = slices.Concat(re.Sub[:i], flat(branch), re.Sub[i+1:])
				out = append(out, waysOf(&way)...)
				if len(out) > maxWays {
					return []*syntax.Regexp{re}
				}
			}
			break
		}
	}
	if len(out) == 0 || len(out) > maxWays {
		return []*syntax.Regexp{re}
	}
	return out
}

// flat returns the parts of a concatenation.
func flat(re *syntax.Regexp) []*syntax.Regexp {
	if re.Op == syntax.OpConcat {
		return re.Sub
	}
	return []*syntax.Regexp{re}
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
		if len(strings.ReplaceAll(w, edge, "")) < minWord {
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
		syntax.OpNoWordBoundary:
		return spelling{whole: []string{""}}
	case syntax.OpWordBoundary:
		return spelling{whole: []string{edge}}
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
func concatenated(subs []*syntax.Regexp) spelling { return behind([]string{""}, subs) }

// behind is concatenated with one of the heads right before the first neighbour.
func behind(heads []string, subs []*syntax.Regexp) spelling {
	run := spelling{whole: heads}
	gaps := false
	for _, sub := range subs {
		s := spellingOf(sub)
		if sub.Op == syntax.OpPlus {
			// The first of what repeats joins what is before it.
			if once := firstOf(sub); once != nil && len(run.whole)*len(once) <= maxWords {
				run.whole, s = crossed(run.whole, once), spelling{}
			}
		}
		if s.whole != nil && len(run.whole)*len(s.whole) <= maxWords {
			run.whole = crossed(run.whole, s.whole)
			continue
		}
		gaps = true
		atEdge := endsWord(sub) && (sub.Op == syntax.OpPlus || allEnd(run.whole, edge))
		if words := branchesBehind(run.whole, sub); s.whole == nil && words != nil {
			run.whole, s.needs = nil, needs{words}
		}
		run.needs = run.close()
		if run.whole = s.whole; s.whole != nil {
			continue
		}
		run.needs = append(run.needs, s.needs...)
		if run.whole = []string{""}; atEdge {
			run.whole = []string{edge}
		}
	}
	if gaps {
		return spelling{needs: run.close()}
	}
	return run
}

// maxHeads bounds what branches are spelled out behind.
const maxHeads = 16

// branchesBehind are words of which one is needed by whichever branch follows the heads:
// where a word begins is worth knowing in each of them. Nil when it is not known, or when
// the branches are none.
func branchesBehind(heads []string, alternate *syntax.Regexp) (words []string) {
	for alternate.Op == syntax.OpCapture {
		alternate = alternate.Sub[0]
	}
	if alternate.Op != syntax.OpAlternate || len(heads) == 0 || len(heads) > maxHeads || heads[0] == "" {
		return nil
	}
	for _, branch := range alternate.Sub {
		best := rarest(behind(heads, flat(branch)).close())
		if best == nil || len(words)+len(best) > maxWords {
			return nil
		}
		words = append(words, best...)
	}
	return words
}

// firstOf spells out the first of what repeats; white space and punctuation are the
// edge of a word.
func firstOf(plus *syntax.Regexp) []string {
	if breaksWord(plus.Sub[0]) {
		return []string{edge}
	}
	return spellingOf(plus.Sub[0]).whole
}

// breaksWord tells a class of white space and punctuation.
func breaksWord(re *syntax.Regexp) bool {
	if re.Op != syntax.OpCharClass || len(re.Rune) == 0 {
		return false
	}
	for i := 0; i < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			if r >= utf8.RuneSelf || wordByte(byte(r)) {
				return false
			}
		}
	}
	return true
}

// endsWord tells whether whatever the expression matches ends in white space or
// punctuation, or is nothing.
func endsWord(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpPlus, syntax.OpQuest, syntax.OpStar, syntax.OpCapture:
		return endsWord(re.Sub[0])
	case syntax.OpConcat:
		last := re.Sub[len(re.Sub)-1]
		if last.Op == syntax.OpQuest || last.Op == syntax.OpStar {
			return endsWord(last) && len(re.Sub) > 1 && endsWord(re.Sub[len(re.Sub)-2])
		}
		return endsWord(last)
	default:
		return breaksWord(re)
	}
}

func allEnd(words []string, suffix string) bool {
	for _, w := range words {
		if !strings.HasSuffix(w, suffix) {
			return false
		}
	}
	return true
}

// wordByte tells the letters and digits of folded ASCII text.
func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z'
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
