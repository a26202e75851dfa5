package guard

import (
	"slices"
	"strings"
)

// Registry holds the Specs of all detectors.
type Registry struct {
	specs []Spec
}

// NewRegistry panics when a Spec is incomplete or its id is taken: both are mistakes
// in the program, not in its input.
func NewRegistry(specs ...Spec) *Registry {
	r := &Registry{specs: slices.Clone(specs)}
	slices.SortFunc(r.specs, func(a, b Spec) int { return strings.Compare(a.ID, b.ID) })
	for i, s := range r.specs {
		if err := s.check(); err != nil {
			panic("guard: incomplete detector: " + err.Error())
		}
		if i > 0 && r.specs[i-1].ID == s.ID {
			panic("guard: duplicate detector: " + s.ID)
		}
	}
	return r
}

// Specs lists the detectors, sorted by id.
func (r *Registry) Specs() []Spec { return slices.Clone(r.specs) }
