package detectors

import (
	"regexp"
	"regexp/syntax"
)

// expression is a regular expression of a policy and the size of its program. RE2 takes
// time in proportion to the text and to the program, and a few counted repetitions make
// a program large.
type expression struct {
	*regexp.Regexp
	size int // instructions
}

func newExpression(expr string) (e expression, err error) {
	if e.Regexp, err = regexp.Compile(expr); err != nil {
		return e, err
	}
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return e, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return e, err
	}
	e.size = len(program.Inst)
	return e, nil
}

// work is how many instructions a text of n bytes can cost; one takes some nanoseconds.
func (e expression) work(n int) int { return n * e.size }
