package guard

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/guardroom/guardroom/internal/review"
)

// Spec is everything there is to say of a Detector. Pages, docs, metrics and the
// default policy are made from it.
type Spec struct {
	review.DetectorSpec
	Placeholder string // what stands for a redacted value, such as "EMAIL"; for personal data and secrets only
	New         func() (Detector, error)

	// Instead of New, for a detector that calls out.
	NewRemote func() (Remote, error)
	Reach     Reach
}

var (
	idForm          = regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)
	owaspForm       = regexp.MustCompile(`^LLM(0[1-9]|10):2025$`)
	placeholderForm = regexp.MustCompile(`^[A-Z][A-Z_]*$`)
)

// redacts tells whether what a Detector of the category finds must not be shown.
func redacts(c review.Category) bool {
	return c == review.CategoryPII || c == review.CategorySecret
}

// check tells what is missing or wrong.
func (s Spec) check() error {
	switch rule := s.Default; {
	case !idForm.MatchString(s.ID):
		return fmt.Errorf("id %q is not of the form family.name", s.ID)
	case s.Title == "" || s.Description == "" || s.Category == "":
		return fmt.Errorf("%s: title, description and category are needed", s.ID)
	case !owaspForm.MatchString(s.OWASP):
		return fmt.Errorf("%s: %q is no entry of the OWASP list of 2025", s.ID, s.OWASP)
	case len(s.Examples) == 0 || slices.Contains(s.Examples, ""):
		return fmt.Errorf("%s: examples are needed", s.ID)
	case rule.Mode != review.ModeEnforce && rule.Mode != review.ModeMonitor && rule.Mode != review.ModeOff:
		return fmt.Errorf("%s: default mode %q", s.ID, rule.Mode)
	case rule.Flag < 0 || rule.Flag > 1 || rule.Block < 0 || rule.Block > 1 || rule.Block > 0 && rule.Block < rule.Flag:
		return fmt.Errorf("%s: default thresholds %v and %v", s.ID, rule.Flag, rule.Block)
	case redacts(s.Category) != placeholderForm.MatchString(s.Placeholder):
		return fmt.Errorf("%s: placeholder %q", s.ID, s.Placeholder)
	case (s.New == nil) == (s.NewRemote == nil):
		return fmt.Errorf("%s: one constructor is needed", s.ID)
	}
	if s.NewRemote == nil {
		return nil
	}
	if err := s.Reach.check(); err != nil {
		return fmt.Errorf("%s: %w", s.ID, err)
	}
	return nil
}
