package detectors

import (
	"regexp/syntax"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// TestRulesAreFolded holds that no rule waits for a letter that folding never leaves.
func TestRulesAreFolded(t *testing.T) {
	for name, f := range ruleFamilies(t) {
		for _, p := range f.patterns {
			parsed, err := syntax.Parse(p.String(), syntax.Perl)
			require.NoError(t, err)
			checkFolded(t, name+": "+p.String(), parsed)
		}
	}
}

func checkFolded(t *testing.T, rule string, re *syntax.Regexp) {
	if re.Op == syntax.OpLiteral {
		s := string(re.Rune)
		require.Equal(t, textview.Fold(s), s, rule)
	}
	if re.Op == syntax.OpCharClass && len(re.Rune) <= 20 { // not \p{L}
		for i := 0; i < len(re.Rune); i += 2 {
			if lo := re.Rune[i]; lo == re.Rune[i+1] {
				require.Equal(t, textview.Fold(string(lo)), string(lo), rule)
			}
		}
	}
	for _, sub := range re.Sub {
		checkFolded(t, rule, sub)
	}
}

func ruleFamilies(t testing.TB) map[string]*ruleset {
	out := map[string]*ruleset{}
	for _, spec := range All().Specs() {
		d, err := spec.New()
		require.NoError(t, err)
		if s, ok := d.(*shared); ok {
			d = s.Detector
		}
		switch f := d.(type) {
		case *family:
			out[spec.ID] = f.rules
		case *plainRules:
			out[spec.ID] = f.rules
		case *indirect:
			out[spec.ID+", spoken to"], out[spec.ID+", work"] = f.addressed.rules, f.work.rules
		}
	}
	require.GreaterOrEqual(t, len(out), 9)
	return out
}
