package guard

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestRegistryIsSorted(t *testing.T) {
	r := NewRegistry(spec("b.b", review.CategoryInput, nil), spec("a.b", review.CategoryInput, nil), spec("a.a", review.CategoryPII, nil))
	var ids []string
	for _, s := range r.Specs() {
		ids = append(ids, s.ID)
	}
	require.Equal(t, []string{"a.a", "a.b", "b.b"}, ids)
}

func TestRegistryRefuses(t *testing.T) {
	whole := spec("a.b", review.CategoryInput, nil)
	require.PanicsWithValue(t, "guard: duplicate detector: a.b", func() { NewRegistry(whole, whole) })
	cases := map[string]func(*Spec){
		"id":          func(s *Spec) { s.ID = "Nope" },
		"title":       func(s *Spec) { s.Title = "" },
		"description": func(s *Spec) { s.Description = "" },
		"category":    func(s *Spec) { s.Category = "" },
		"OWASP":       func(s *Spec) { s.OWASP = "LLM11:2025" },
		"examples":    func(s *Spec) { s.Examples = nil },
		"empty":       func(s *Spec) { s.Examples = []string{""} },
		"mode":        func(s *Spec) { s.Default.Mode = "" },
		"flag":        func(s *Spec) { s.Default.Flag = 2 },
		"block below": func(s *Spec) { s.Default.Block = 0.1 },
		"placeholder": func(s *Spec) { s.Placeholder = "X" },
		"no name":     func(s *Spec) { s.Category = review.CategorySecret },
		"constructor": func(s *Spec) { s.New = nil },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			s := whole
			spoil(&s)
			require.Panics(t, func() { NewRegistry(s) })
		})
	}
}
