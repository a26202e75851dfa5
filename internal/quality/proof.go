package quality

import (
	"slices"

	"github.com/guardroom/guardroom/internal/review"
)

// The shares of false alarms that a flag and a block may have.
const (
	FlagTarget  = 0.01
	BlockTarget = 0.001
)

// Proof is what hidden decisions prove of one detector's thresholds.
type Proof struct {
	Detector          string
	Labels, Positive  int
	Flag, Block       *Suggestion
	FlagWhy, BlockWhy Refusal
}

// Proofs suggests thresholds for every detector that found something in a decision that was made without seeing its
// score. A block says that the finding was right; what a detector did not find counts with the score 0.
func Proofs(hidden []review.Hidden) []Proof {
	var detectors []string
	for _, h := range hidden {
		detectors = append(detectors, review.DetectorIDs(h.Findings)...)
	}
	slices.Sort(detectors)
	detectors = slices.Compact(detectors)
	out := make([]Proof, 0, len(detectors))
	for _, d := range detectors {
		labels := labelsOf(hidden, d)
		p := Proof{Detector: d, Labels: len(labels)}
		for _, l := range labels {
			p.Positive += one(l.Positive)
		}
		p.Flag, p.FlagWhy = Suggest(labels, FlagTarget, 1)
		p.Block, p.BlockWhy = Suggest(labels, BlockTarget, 1)
		out = append(out, p)
	}
	return out
}

// Proved tells whether there is a threshold to take over.
func (p Proof) Proved() bool { return p.Flag != nil || p.Block != nil }

// Into returns the rule with what is proved. A block below the flag, of which nothing is proved, moves up to it.
func (p Proof) Into(rule review.Rule) review.Rule {
	if p.Flag != nil {
		rule.Flag = p.Flag.Threshold
	}
	if p.Block != nil {
		rule.Block = p.Block.Threshold
	}
	if rule.Block > 0 {
		rule.Block = max(rule.Block, rule.Flag)
	}
	return rule
}

func labelsOf(hidden []review.Hidden, detector string) []Labelled {
	out := make([]Labelled, 0, len(hidden))
	for _, h := range hidden {
		if h.Judgement == review.JudgeEscalate || h.Propensity <= 0 {
			continue
		}
		l := Labelled{Positive: h.Judgement == review.JudgeBlock, Weight: 1 / h.Propensity}
		for _, f := range h.Findings {
			if f.Detector == detector {
				l.Score = max(l.Score, f.Confidence)
			}
		}
		out = append(out, l)
	}
	return out
}
