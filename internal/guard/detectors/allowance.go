package detectors

import "github.com/guardroom/guardroom/internal/guard"

// allowance is what the expressions of one ruleset may still cost one Input, however many
// views it has, in bytes that an expression runs over.
type allowance struct{ left int }

const (
	// freeBytes is what every text has beside its length. Both together are several times
	// what ordinary texts cost, which is in proportion to their length.
	freeBytes = 48 << 10
	// perLook is what starting an expression costs, perWeighing what the expressions cost
	// that look at the words around a hit.
	perLook, perWeighing = 64, 1 << 10
)

func newAllowance(bytes int) *allowance { return &allowance{left: freeBytes + bytes} }

// allowanceOf is the one allowance that a ruleset has for an Input.
func allowanceOf(in *guard.Input, rules *ruleset) *allowance {
	return guard.Once(in, rules, func() *allowance { return newAllowance(len(in.Segment.Text)) })
}

// pay takes from the allowance; false when there is not enough left, and from then on.
func (a *allowance) pay(bytes int) bool {
	if a.left < bytes {
		a.left = 0
		return false
	}
	a.left -= bytes
	return true
}
