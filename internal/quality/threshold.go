package quality

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// What must be there before a threshold is suggested.
const (
	leastLabels = 200
	leastOfKind = 30
)

// UpperBound is the exact upper bound, at 1 − delta, of a share of which k of n were seen (Clopper and Pearson 1934).
func UpperBound(k, n int, delta float64) float64 {
	if k >= n {
		return 1
	}
	if k == 0 {
		return 1 - math.Pow(delta, 1/float64(n))
	}
	return distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - delta)
}

// Labelled is a decision that was made without seeing the guard's score.
type Labelled struct {
	Score    float64 // the guard's
	Positive bool    // what the person said
	Weight   float64 // one by the chance with which it was selected
}

// Suggestion is a threshold that decisions prove.
type Suggestion struct {
	Threshold      float64
	FalsePositives int     // harmless items at or over it,
	Harmless       int     // of so many
	Bound          float64 // the upper 95 % bound of their share
	Recall         Interval
}

// Refusal says why nothing is suggested.
type Refusal string

// The refusals.
const (
	TooFewLabels Refusal = "too few labels"
	TooFewKinds  Refusal = "too few labels of one kind"
	NothingHolds Refusal = "no threshold keeps the share of false alarms under the target"
)

// Suggest is the lowest threshold whose share of harmless items is shown, at 95 %, to be at most target. Thresholds are
// tested from the strictest on and the first that fails ends it, so that testing many needs no correction (Angelopoulos
// et al. 2021, fixed-sequence testing). Recall is estimated with the weights and gets a bootstrap interval.
func Suggest(labels []Labelled, target float64, seed uint64) (*Suggestion, Refusal) {
	positives, harmless := 0, 0
	for _, l := range labels {
		if l.Positive {
			positives++
		} else {
			harmless++
		}
	}
	switch {
	case len(labels) < leastLabels:
		return nil, TooFewLabels
	case positives < leastOfKind || harmless < leastOfKind:
		return nil, TooFewKinds
	}
	sorted := slices.Clone(labels)
	slices.SortStableFunc(sorted, func(a, b Labelled) int { return cmp.Compare(b.Score, a.Score) })
	var best *Suggestion
	alarms := 0
	for i := 0; i < len(sorted); {
		score := sorted[i].Score
		for ; i < len(sorted) && sorted[i].Score == score; i++ {
			if !sorted[i].Positive {
				alarms++
			}
		}
		bound := UpperBound(alarms, harmless, 0.05)
		if bound > target {
			break
		}
		best = &Suggestion{Threshold: score, FalsePositives: alarms, Harmless: harmless, Bound: bound}
	}
	if best == nil {
		return nil, NothingHolds
	}
	violations := slices.DeleteFunc(sorted, func(l Labelled) bool { return !l.Positive })
	best.Recall = Bootstrap(violations, seed, func(of []Labelled) float64 { return weightedRecall(of, best.Threshold) })
	return best, ""
}

// weightedRecall is the share of violations at or over a threshold, each counted by its weight.
func weightedRecall(violations []Labelled, threshold float64) float64 {
	caught, all := 0.0, 0.0
	for _, l := range violations {
		all += l.Weight
		if l.Score >= threshold {
			caught += l.Weight
		}
	}
	return caught / all
}
