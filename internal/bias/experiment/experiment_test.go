package experiment

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func halves() []float64 { return []float64{0.5, 0.5} }

func outcome(arm int, value float64) review.Outcome { return review.Outcome{Arm: arm, Value: value} }

// simulate draws n outcomes of two arms; rates are P(Y=1) per arm.
func simulate(r *rand.Rand, n int, rates [2]float64) []review.Outcome {
	out := make([]review.Outcome, n)
	for i := range out {
		arm := r.IntN(2)
		y := 0.0
		if r.Float64() < rates[arm] {
			y = 1
		}
		out[i] = outcome(arm, y)
	}
	return out
}

// Somebody looks after each of 5,000 units; in at most 5 % of the tests of equal arms may they ever see a difference.
func TestPeekingDoesNotMakeADifference(t *testing.T) {
	const tests, units = 1000, 5000
	r := rand.New(rand.NewPCG(1, 2))
	rejected, missed := 0, 0
	for range tests {
		d, excluded := newDifference(halves()[0], halves()[1]), false
		e := newEvidence(halves())
		for _, o := range simulate(r, units, [2]float64{0.3, 0.3}) {
			e.observe(o.Arm, o.Value)
			d.observe(o.Arm == 1, o.Value)
			if i := d.interval(Alpha); i != nil && (i.Low > 0 || i.High < 0) {
				excluded = true
			}
		}
		if math.Exp(e.peak) >= 1/Alpha {
			rejected++
		}
		if excluded {
			missed++
		}
	}
	t.Logf("rejected %d of %d by evidence, %d by the interval", rejected, tests, missed)
	assert.LessOrEqual(t, rejected, tests*5/100)
	assert.LessOrEqual(t, missed, tests*5/100)
}

func TestFindsAPlantedEffect(t *testing.T) {
	const tests = 301
	r := rand.New(rand.NewPCG(3, 4))
	var found []int
	covered := 0
	for range tests {
		outcomes := simulate(r, 6000, [2]float64{0.3, 0.2})
		e, at := newEvidence(halves()), 6000
		for i, o := range outcomes {
			if e.observe(o.Arm, o.Value); e.log >= math.Log(1/Alpha) {
				at = i + 1
				break
			}
		}
		found = append(found, at)
		if i := read(halves(), outcomes, true).Effects[0].Difference; i.Low <= -0.1 && -0.1 <= i.High {
			covered++
		}
	}
	slices.Sort(found)
	t.Logf("found .3 → .2 after %d units (median; 90 %%: %d); %d of %d intervals cover it", found[tests/2], found[tests*9/10], covered, tests)
	assert.InDelta(t, 700, found[tests/2], 150)
	assert.GreaterOrEqual(t, covered, tests*95/100)
}

func TestBalance(t *testing.T) {
	arms := halves()
	assert.Less(t, mismatch(arms, []int{5000, 5040}), 1.0)
	assert.Greater(t, mismatch(arms, []int{5000, 4300}), float64(mismatchAt))
	// One head in one toss is as likely under a symmetric prior as under the half itself.
	assert.InDelta(t, 1, mismatch(arms, []int{1, 0}), 1e-9)
	assert.InDelta(t, 1, mismatch(arms, []int{0, 0}), 1e-9)
}

func TestReadingSaysNothingBeforeItCan(t *testing.T) {
	r := read(halves(), []review.Outcome{outcome(0, 1), outcome(1, 0), outcome(7, 1), outcome(0, math.NaN())}, true)
	assert.Equal(t, []int{1, 1}, r.Units)
	assert.Nil(t, r.Effects[0].Difference)
	assert.False(t, r.Rejects())
	assert.True(t, math.IsNaN(read(halves(), nil, true).Means[0]))
}

func TestSeveralTreatmentsShareAlpha(t *testing.T) {
	arms := []float64{0.4, 0.3, 0.3}
	r := rand.New(rand.NewPCG(5, 6))
	rates := []float64{0.4, 0.4, 0.2}
	var outcomes []review.Outcome
	for range 6000 {
		arm := [10]int{0, 0, 0, 0, 1, 1, 1, 2, 2, 2}[r.IntN(10)]
		outcomes = append(outcomes, outcome(arm, float64(min(1, int(r.Float64()/(1-rates[arm]))))))
	}
	got := read(arms, outcomes, true)
	require.Len(t, got.Effects, 2)
	assert.True(t, got.Rejects())
	assert.Less(t, got.Effects[0].Difference.Low, 0.0)
	assert.Greater(t, got.Effects[0].Difference.High, 0.0)
	assert.Less(t, got.Effects[1].Difference.High, 0.0)
	assert.InDelta(t, -0.2, got.Effects[1].Difference.Mean, 0.04)
}

func TestMeasuresThatAreNoShares(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var outcomes []review.Outcome
	for range 4000 {
		arm := r.IntN(2)
		outcomes = append(outcomes, outcome(arm, r.NormFloat64()+0.3*float64(arm)))
	}
	got := read(halves(), outcomes, false)
	assert.Nil(t, got.Evidence)
	assert.False(t, got.Rejects())
	assert.Greater(t, got.Effects[0].Difference.Low, 0.0)
	assert.InDelta(t, 0.3, got.Effects[0].Difference.Mean, 0.1)
}

// TestStopsWhatHarms plants an arm that doubles over-reliance, one that only takes longer than it may, and one that does
// no harm.
func TestStopsWhatHarms(t *testing.T) {
	arm := func(share int) review.ExperimentArm { return review.ExperimentArm{Share: share} }
	v := review.ExperimentView{Outcomes: map[string][]review.Outcome{}, Enrolled: []int{2500, 2500, 2500, 2500}}
	v.Plan.Arms = []review.ExperimentArm{arm(2500), arm(2500), arm(2500), arm(2500)}
	r := rand.New(rand.NewPCG(9, 10))
	taken, slow := []float64{0.2, 0.45, 0.2, 0.15}, []float64{0, 0, 0.5, 0.05}
	for range 10_000 {
		a := r.IntN(4)
		y := 0.0
		if r.Float64() < taken[a] {
			y = 1
		}
		v.Outcomes[review.MeasureOverReliance] = append(v.Outcomes[review.MeasureOverReliance], outcome(a, y))
		v.Outcomes[review.MeasureTime] = append(v.Outcomes[review.MeasureTime], outcome(a, 2+slow[a]+0.5*r.NormFloat64()))
		v.Outcomes[review.MeasureVerification] = append(v.Outcomes[review.MeasureVerification], outcome(a, float64(a%2)))
	}
	report := Of(v)
	require.False(t, report.Broken())
	require.Equal(t, []Harm{{1, review.MeasureOverReliance}, {2, review.MeasureTime}}, report.Harms)
	require.NotEmpty(t, report.Harms[0].Why())

	v.Enrolled = []int{2500, 2500, 2500, 1500}
	require.True(t, Of(v).Broken())
}

func TestEveryMeasureIsRead(t *testing.T) {
	require.Len(t, measures, len(review.Measures()))
	for _, m := range review.Measures() {
		require.Contains(t, measures, m)
	}
}
