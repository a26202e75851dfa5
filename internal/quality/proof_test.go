package quality

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// hiddenWorld is 4,000 harmless items and 100 violations, of which the detector finds most with a high confidence, and
// ten of the harmless ones with a low one.
func hiddenWorld() []review.Hidden {
	found := func(confidence float64) []review.Finding {
		return []review.Finding{{Detector: "a.b", Confidence: confidence / 2}, {Detector: "a.b", Confidence: confidence}}
	}
	var out []review.Hidden
	for i := range 4000 {
		h := review.Hidden{Judgement: review.JudgeApprove, Propensity: 1}
		if i < 10 {
			h.Findings = found(0.4)
		}
		out = append(out, h)
	}
	for i := range 100 {
		h := review.Hidden{Judgement: review.JudgeBlock, Propensity: 1, Findings: found(0.9)}
		if i < 20 {
			h.Findings, h.Propensity = nil, 0.1 // missed, and each stands for ten
		}
		out = append(out, h)
	}
	return append(out, review.Hidden{Judgement: review.JudgeEscalate, Propensity: 1}, review.Hidden{Judgement: review.JudgeBlock})
}

func TestProofsFromHiddenDecisions(t *testing.T) {
	proofs := Proofs(hiddenWorld())
	require.Len(t, proofs, 1)
	p := proofs[0]
	require.Equal(t, []int{4100, 100}, []int{p.Labels, p.Positive}, "escalations, and what was drawn with no known chance, say nothing")
	require.Equal(t, 0.4, p.Flag.Threshold)
	require.Equal(t, 10, p.Flag.FalsePositives)
	require.InDelta(t, UpperBound(10, 4000, 0.05), p.Flag.Bound, 1e-12)
	require.InDelta(t, 80.0/280, p.Flag.Recall.Value, 1e-12, "what was drawn seldom counts more")
	require.Less(t, p.Flag.Recall.Lower, p.Flag.Recall.Value)
	require.Equal(t, 0.9, p.Block.Threshold)
	require.Zero(t, p.Block.FalsePositives)

	few := Proofs(hiddenWorld()[3990:])[0]
	require.False(t, few.Proved())
	require.Equal(t, TooFewLabels, few.FlagWhy)
}

func TestAProofGoesIntoARule(t *testing.T) {
	flag, block := &Suggestion{Threshold: 0.6}, &Suggestion{Threshold: 0.8}
	was := review.Rule{Mode: review.ModeMonitor, Flag: 0.3, Block: 0.5}
	for _, c := range []struct {
		name  string
		proof Proof
		want  review.Rule
	}{
		{"nothing proved", Proof{}, was},
		{"both", Proof{Flag: flag, Block: block}, review.Rule{Mode: review.ModeMonitor, Flag: 0.6, Block: 0.8}},
		{"a flag above the block", Proof{Flag: flag}, review.Rule{Mode: review.ModeMonitor, Flag: 0.6, Block: 0.6}},
		{"a block alone", Proof{Block: block}, review.Rule{Mode: review.ModeMonitor, Flag: 0.3, Block: 0.8}},
	} {
		require.Equal(t, c.want, c.proof.Into(was), c.name)
	}
	require.Zero(t, Proof{Flag: flag}.Into(review.Rule{}).Block, "never stays never")
}
