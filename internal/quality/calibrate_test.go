package quality

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// judgedAs makes decisions whose true chance is a function of the risk.
func judgedAs(n int, seed uint64, truth func(risk float64) float64) (out []review.Hidden) {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range n {
		h := review.Hidden{At: noon.Add(time.Duration(i) * time.Minute), Risk: r.Float64(), Judgement: review.JudgeApprove, Propensity: 1}
		if r.Float64() < truth(h.Risk) {
			h.Judgement = review.JudgeBlock
		}
		out = append(out, h)
	}
	return out
}

func tooSure(risk float64) float64 { return risk * risk * risk }

func TestCalibrateRefusesWhatSaysTooLittle(t *testing.T) {
	_, why := Calibrate(judgedAs(leastLabels-1, 1, tooSure))
	require.Equal(t, TooFewLabels, why)
	_, why = Calibrate(judgedAs(400, 1, func(float64) float64 { return 0.02 }))
	require.Equal(t, TooFewKinds, why)
	// Enough of both, but nearly all violations came early.
	early := 0
	_, why = Calibrate(judgedAs(400, 1, func(float64) float64 {
		if early++; early < 120 {
			return 0.5
		}
		return 0
	}))
	require.Equal(t, TooFewKinds, why)
}

func TestCalibrateMakesRisksChances(t *testing.T) {
	for _, c := range []struct {
		n      int
		method Method
	}{{800, Platt}, {4000, Isotonic}} {
		got, why := Calibrate(judgedAs(c.n, 5, tooSure))
		require.Empty(t, why)
		require.Equal(t, c.method, got.Method)
		require.Equal(t, c.n/2, got.Fitted)
		require.Equal(t, c.n/2, got.Shown)
		require.InDelta(t, 0.25, got.ErrorBefore.Value, 0.05)
		require.Less(t, got.ErrorAfter.Value, 0.08)
		require.Positive(t, got.Better.Lower)
		last := 0.0
		for risk := 0.0; risk <= 1; risk += 0.01 {
			chance := got.Chance(risk)
			require.GreaterOrEqual(t, chance, last, "more risk is never less chance")
			require.LessOrEqual(t, chance, 1.0)
			last = chance
		}
		require.InDelta(t, tooSure(0.8), got.Chance(0.8), 0.12)
	}
}

// The half that is shown has no say in the fit.
func TestCalibrateIsShownOnTheLaterHalf(t *testing.T) {
	hidden := judgedAs(1000, 5, tooSure)
	before, _ := Calibrate(hidden)
	for i := 500; i < 1000; i++ {
		hidden[i].Risk = 1 - hidden[i].Risk
	}
	after, _ := Calibrate(hidden)
	require.Equal(t, before.Chance(0.7), after.Chance(0.7))
	require.Greater(t, after.ErrorAfter.Value, before.ErrorAfter.Value)
	require.NotEqual(t, before.After, after.After)
}

// Weights undo what the selection did: harmless texts that were seldom looked at count for those that were not.
func TestCalibrateCountsBySelection(t *testing.T) {
	hidden := judgedAs(4000, 9, func(risk float64) float64 { return 0.5 })
	for i := range hidden {
		if hidden[i].Judgement == review.JudgeApprove {
			hidden[i].Propensity = 0.1
		}
	}
	got, _ := Calibrate(hidden)
	require.InDelta(t, 1.0/11, got.Chance(0.5), 0.03)
}

// Separable labels do not run away.
func TestPlattStaysFinite(t *testing.T) {
	got, why := Calibrate(judgedAs(400, 3, func(risk float64) float64 {
		if risk > 0.5 {
			return 1
		}
		return 0
	}))
	require.Empty(t, why)
	require.Greater(t, got.Chance(0.9), 0.9)
	require.Less(t, got.Chance(0.1), 0.1)
}

func TestRiskProofBlocksOnlyWhatIsShown(t *testing.T) {
	sharp := func(risk float64) float64 {
		if risk > 0.9 {
			return 1
		}
		return 0.02
	}
	few := RiskProof(judgedAs(1000, 4, sharp))
	require.NotNil(t, few.Flag)
	require.Nil(t, few.Block, "it takes about 3,000 harmless texts to show one in a thousand")
	require.Equal(t, review.Thresholds{Flag: few.Flag.Threshold}, few.IntoRisk(review.Thresholds{Flag: 0.3, Block: 0.8}))

	many := RiskProof(judgedAs(5000, 4, sharp))
	require.NotNil(t, many.Block)
	require.LessOrEqual(t, many.Block.Bound, BlockTarget)
	require.GreaterOrEqual(t, many.IntoRisk(review.Thresholds{}).Block, many.Flag.Threshold)
	require.Equal(t, review.Thresholds{Flag: 0.3}, RiskProof(nil).IntoRisk(review.Thresholds{Flag: 0.3, Block: 0.5}))
}
