package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/classifier"
	"github.com/guardroom/guardroom/internal/guard/detectors"
	"github.com/guardroom/guardroom/internal/quality"
	"github.com/guardroom/guardroom/internal/review"
)

// trainedModel is the detector that training makes the weights of.
const trainedModel = "injection.model"

// heldOutGuard is the guard under the default policy with the model that is built in
// replaced by scores of models that had not seen a text.
type heldOutGuard struct {
	screener    review.Screener
	policy      review.Policy // whole
	without     review.Policy // the model switched off
	combination review.Combination
}

func newHeldOutGuard() (*heldOutGuard, error) {
	pipeline, _, err := newGuard(nil, guard.Options{})
	if err != nil {
		return nil, err
	}
	g := &heldOutGuard{screener: pipeline, policy: review.DefaultPolicy(pipeline.Specs()), without: review.DefaultPolicy(pipeline.Specs())}
	g.without.Detectors[trainedModel] = review.Rule{Mode: review.ModeOff}
	return g, nil
}

// seenText is a scored text and what counts of what the guard found in it.
type seenText struct {
	classifier.Scored
	review.Screening
}

// look screens the texts.
func (g *heldOutGuard) look(ctx context.Context, scored []classifier.Scored) ([]seenText, error) {
	seen := make([]seenText, len(scored))
	for i, s := range scored {
		segments := review.Content{Prompt: s.Text}.Segments()
		screening := g.screener.Screen(ctx, segments, g.without)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		add(&screening, s, segments[0].Name)
		seen[i] = seenText{s, screening}
	}
	return seen, nil
}

// add puts in what the model would have found, were it the one that had not seen the text.
func add(screening *review.Screening, s classifier.Scored, segment string) {
	f := review.Finding{
		Detector: trainedModel, Category: review.CategoryInjection, Severity: review.SeverityMedium,
		Confidence: s.Score, Segment: segment, Start: s.Start, End: s.End,
	}
	switch {
	case s.Score >= review.LeastTold:
		screening.Findings = append(screening.Findings, f)
	case s.Score >= detectors.ModelLeast:
		screening.Faint = append(screening.Faint, f)
	}
}

// The shares of harmless texts of unseen publishers that the default thresholds on the
// risk may flag and block, shown at 95 %. A block is taken further, to so many times the
// odds: other people's texts are harder, and what is blocked nobody answers.
const (
	mostFlagged = 0.005
	mostBlocked = 0.001
	blockMargin = 10
)

// fit finds how findings add up, and the default thresholds on the risk.
func (g *heldOutGuard) fit(seen []seenText) (err error) {
	if g.combination, err = quality.FitCombination(g.observed(seen), map[string]float64{trainedModel: detectors.ModelLeast}); err != nil {
		return err
	}
	g.combination.Flag = g.threshold(seen, review.VerdictFlag, mostFlagged)
	block := g.threshold(seen, review.VerdictBlock, mostBlocked)
	g.combination.Block = max(roundUp(1/(1+(1-block)/block/blockMargin)), g.combination.Flag)
	g.policy.Risk = review.Thresholds{Flag: g.combination.Flag, Block: g.combination.Block}
	return nil
}

// unknownToRules is the share of attacks that counts as if no rule knew them: the rules
// were written by people who know such texts, so that on others the model must speak for
// itself more often than it has to here.
const unknownToRules = 0.3

// observed weighs the texts: a source counts with the root
// of its size.
func (g *heldOutGuard) observed(seen []seenText) []quality.Observed {
	type key struct {
		source string
		attack bool
	}
	sizes := map[key]float64{}
	for _, s := range seen {
		sizes[key{s.Source, s.Attack}]++
	}
	out := make([]quality.Observed, 0, 2*len(seen))
	for _, s := range seen {
		o := quality.Observed{Findings: g.policy.Enforced(slices.Concat(s.Findings, s.Faint)), Attack: s.Attack}
		o.Weight = 1 / math.Sqrt(sizes[key{s.Source, s.Attack}])
		if s.Weak {
			o.Weight *= classifier.WeakWeight
		}
		if s.Attack {
			bare := o
			bare.Findings = onlyModel(o.Findings)
			bare.Weight *= unknownToRules
			o.Weight *= 1 - unknownToRules
			out = append(out, bare)
		}
		out = append(out, o)
	}
	return out
}

func onlyModel(findings []review.Finding) (out []review.Finding) {
	for _, f := range findings {
		if f.Detector == trainedModel {
			out = append(out, f)
		}
	}
	return out
}

// threshold is the least risk at which the verdict is shown to meet at most fpr of
// harmless texts, those counted that a detector meets alone; rounded up.
func (g *heldOutGuard) threshold(seen []seenText, verdict review.Verdict, fpr float64) float64 {
	judged := make([]quality.Judged, len(seen))
	for i, s := range seen {
		enforced := g.policy.Enforced(s.Findings)
		judged[i] = quality.Judged{Score: g.combination.Risk(enforced), Positive: s.Attack}
		if g.policy.Alone(enforced) >= verdict {
			judged[i].Score = 1
		}
	}
	return roundUp(quality.NewRanking(judged).Shown(fpr).Threshold)
}

// roundUp keeps three digits of a threshold.
func roundUp(x float64) float64 { return min(math.Ceil(1000*x)/1000, 1) }

// compare tells what the model's scores are worth alone, and in the guard.
func (g *heldOutGuard) compare(name string, seen []seenText, out io.Writer) {
	alone, whole := make([]quality.Judged, len(seen)), make([]quality.Judged, len(seen))
	verdicts := make([]review.Verdict, len(seen))
	for i, s := range seen {
		alone[i] = quality.Judged{Score: s.Sum, Positive: s.Attack}
		var risk float64
		verdicts[i], risk = g.combination.Judge(g.policy, s.Screening)
		whole[i] = quality.Judged{Score: risk, Positive: s.Attack}
	}
	fmt.Fprintf(out, "\nThe model alone, %s:\n", name)
	ranking := quality.NewRanking(alone)
	printRanking(out, ranking)
	for _, fpr := range append([]float64{0}, evalRates...) {
		printThreshold(out, fpr, ranking.At(fpr).Threshold, seen)
	}
	fmt.Fprintf(out, "The whole guard, %s for the model:\n", name)
	printRanking(out, quality.NewRanking(whole))
	printVerdicts(out, seen, verdicts)
}

// printThreshold tells the score at a threshold on sums.
func printThreshold(out io.Writer, fpr, sum float64, seen []seenText) {
	for _, s := range seen {
		if s.Sum == sum {
			fmt.Fprintf(out, "  at most %g %% of harmless texts score %.4f or more\n", 100*fpr, s.Score)
			return
		}
	}
}

// printVerdicts tells how often the default policy flags and blocks, in all and by source.
func printVerdicts(out io.Writer, seen []seenText, verdicts []review.Verdict) {
	type tally struct{ n, flagged, blocked int }
	type key struct {
		attack bool
		source string
	}
	tallies := map[key]*tally{}
	count := func(k key, v review.Verdict) {
		t := tallies[k]
		if t == nil {
			t = &tally{}
			tallies[k] = t
		}
		t.n++
		if v >= review.VerdictFlag {
			t.flagged++
		}
		if v >= review.VerdictBlock {
			t.blocked++
		}
	}
	for i, s := range seen {
		source := s.Source
		if s.Weak {
			source += " (weak labels)"
		}
		count(key{s.Attack, source}, verdicts[i])
		count(key{s.Attack, ""}, verdicts[i])
	}
	keys := make([]key, 0, len(tallies))
	for k := range tallies {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(fmt.Sprint(b.attack), fmt.Sprint(a.attack)), cmp.Compare(a.source, b.source))
	})
	for _, k := range keys {
		t, kind := tallies[k], "harmless"
		if k.attack {
			kind = "attacks"
		}
		fmt.Fprintf(out, "  %s %s: flagged %s, blocked %s of %d\n", kind, cmp.Or(k.source, "in all"),
			quality.NewProportion(t.flagged, t.n), quality.NewProportion(t.blocked, t.n), t.n)
	}
}
