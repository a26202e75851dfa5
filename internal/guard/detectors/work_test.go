package detectors

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// work is what a text costs, counted rather than timed.
type work struct {
	views int // bytes of all views
	rules int // bytes that the expressions of all rules ran over
}

// workOf counts what the local detectors do with a prompt.
func workOf(t *testing.T, all []guard.Detector, text string) (w work, in *guard.Input) {
	policy := review.DefaultPolicy(nil)
	segments := promptSegment(text)
	in = &guard.Input{Segment: segments[0], Views: textview.New(text, textview.DefaultLimits()), All: segments, Policy: &policy}
	for _, v := range in.Views.All() {
		w.views += len(v.Text)
	}
	for _, d := range all {
		_, err := d.Detect(context.Background(), in)
		require.NoError(t, err)
	}
	for _, rules := range rulesOf(all) {
		w.rules += newAllowance(len(text)).left - allowanceOf(in, rules).left
	}
	return w, in
}

// rulesOf lists the rulesets of detectors.
func rulesOf(all []guard.Detector) (out []*ruleset) {
	for _, d := range all {
		if s, ok := d.(*shared); ok {
			d = s.Detector
		}
		switch f := d.(type) {
		case *family:
			out = append(out, f.rules)
		case *plainRules:
			out = append(out, f.rules)
		case *indirect:
			out = append(out, f.addressed.rules, f.work.rules)
		case *topic:
			out = append(out, f.rules)
		}
	}
	return out
}

// TestWorkIsBounded holds every text of the cost table to work in proportion to its
// length, and to a finding that says so wherever a bound was reached.
func TestWorkIsBounded(t *testing.T) {
	var all []guard.Detector
	for _, spec := range All().Specs() {
		d, err := spec.New()
		require.NoError(t, err)
		all = append(all, d)
	}
	families := len(rulesOf(all))
	require.GreaterOrEqual(t, families, 10)
	p, policy := newPipeline(t)
	spent := 0
	for _, c := range costTexts() {
		for _, size := range []int{2 << 10, 64 << 10} {
			text := c.make(size)
			w, in := workOf(t, all, text)
			require.LessOrEqual(t, w.views, 8*max(len(text), len(in.Views.Raw().Text))+(64<<10), "%s: bytes of views", c.name)
			require.LessOrEqual(t, w.rules, families*((48<<10)+len(text)), "%s: bytes of expressions", c.name)
			if !c.hostile {
				require.LessOrEqual(t, w.views, 3*len(text), "%s: bytes of views", c.name)
				require.LessOrEqual(t, w.rules, 4*len(text), "%s: bytes of expressions", c.name)
			}
			emptied := slices.ContainsFunc(rulesOf(all), func(r *ruleset) bool { return allowanceOf(in, r).left == 0 })
			if emptied || in.Views.Truncated() {
				spent++
				_, s := verdictOf(t, p, policy, promptSegment(text))
				require.True(t, tooMuchToSee(s.Findings), "%s: nothing says that it was too much", c.name)
			}
		}
	}
	require.Greater(t, spent, 3, "the texts reach the bounds")
}

// tooMuchToSee tells whether a finding says that part of a text went unseen.
func tooMuchToSee(findings []review.Finding) bool {
	return slices.ContainsFunc(findings, func(f review.Finding) bool {
		return strings.Contains(f.Message, "could be looked at") || strings.Contains(f.Message, "too much to look at")
	})
}

// TestNumbersAreCheckedInProportion counts the checks that rows of digits set off: a number
// that starts everywhere, in groups that go together in many ways, must not set off more
// for a byte in a long text than in a short one.
func TestNumbersAreCheckedInProportion(t *testing.T) {
	checks := 0
	counted := func(all []scheme) map[int][]known {
		for i := range all {
			check := all[i].check
			all[i].check = func(s string) bool {
				checks++
				return check(s)
			}
		}
		return bySize(all)
	}
	f := nationalFinder{digits: counted(digitSchemes()), letters: counted(letterSchemes()), words: anyWord(newWordset("pesel", ""))}
	for _, piece := range []string{"105 103 110 ", "4111 1111 1111 1112 ", "1-", "1", "12 34 56 ", "ab1 ", "1 2 ", "123456789", "a1/"} {
		perByte := [2]float64{}
		for i, size := range []int{2 << 10, 64 << 10} {
			checks = 0
			f.find("pesel " + strings.Repeat(piece, size/len(piece)))
			perByte[i] = float64(checks) / float64(size)
		}
		require.LessOrEqual(t, perByte[1], 1.2*perByte[0]+0.01, "%q", piece)
		require.Less(t, perByte[1], 20.0, "%q", piece)
	}
}
