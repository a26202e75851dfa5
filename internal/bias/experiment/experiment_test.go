package experiment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func halves() []Arm { return []Arm{{"control", Whole / 2}, {"prompt", Whole / 2}} }

func TestAssignsAsTheSharesSay(t *testing.T) {
	arms := []Arm{{"control", 5000}, {"a", 3000}, {"b", 2000}}
	var counts [3]int
	for i := range 20_000 {
		counts[Assign("salt", "e", fmt.Sprint("user-", i), arms)]++
	}
	assert.InDelta(t, 10_000, counts[0], 300)
	assert.InDelta(t, 6_000, counts[1], 300)
	assert.InDelta(t, 4_000, counts[2], 300)
	assert.Less(t, Mismatch(arms, counts[:]), 1.0)
}

func TestAssignmentIsStableAndIndependentBetweenExperiments(t *testing.T) {
	same := 0
	for i := range 10_000 {
		unit := fmt.Sprint("user-", i)
		first := Assign("s", "one", unit, halves())
		require.Equal(t, first, Assign("s", "one", unit, halves()))
		if first == Assign("s", "two", unit, halves()) {
			same++
		}
	}
	assert.InDelta(t, 5_000, same, 250)
}

// simulate draws n outcomes of two arms; rates are P(Y=1) per arm.
func simulate(r *rand.Rand, n int, rates [2]float64) []Outcome {
	out := make([]Outcome, n)
	for i := range out {
		arm := r.IntN(2)
		y := 0.0
		if r.Float64() < rates[arm] {
			y = 1
		}
		out[i] = Outcome{arm, y}
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
		if i := Read(halves(), outcomes, true).Effects[0].Difference; i.Low <= -0.1 && -0.1 <= i.High {
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
	assert.Less(t, Mismatch(arms, []int{5000, 5040}), 1.0)
	assert.Greater(t, Mismatch(arms, []int{5000, 4300}), float64(mismatchAt))
	// One head in one toss is as likely under a symmetric prior as under the half itself.
	assert.InDelta(t, 1, Mismatch(arms, []int{1, 0}), 1e-9)
	assert.InDelta(t, 1, Mismatch(arms, []int{0, 0}), 1e-9)
}

func TestReadingSaysNothingBeforeItCan(t *testing.T) {
	r := Read(halves(), []Outcome{{0, 1}, {1, 0}, {7, 1}, {0, math.NaN()}}, true)
	assert.Equal(t, []int{1, 1}, r.Units)
	assert.Nil(t, r.Effects[0].Difference)
	assert.Zero(t, r.Effects[0].Clear(Lower))
	assert.False(t, r.Rejects())
	assert.True(t, math.IsNaN(Read(halves(), nil, true).Means[0]))
}

func TestSeveralTreatmentsShareAlpha(t *testing.T) {
	arms := []Arm{{"control", 4000}, {"a", 3000}, {"b", 3000}}
	r := rand.New(rand.NewPCG(5, 6))
	rates := []float64{0.4, 0.4, 0.2}
	var outcomes []Outcome
	for i := range 6000 {
		arm := Assign("x", "y", fmt.Sprint(i), arms)
		outcomes = append(outcomes, Outcome{arm, float64(min(1, int(r.Float64()/(1-rates[arm]))))})
	}
	read := Read(arms, outcomes, true)
	require.Len(t, read.Effects, 2)
	assert.True(t, read.Rejects())
	assert.Zero(t, read.Effects[0].Clear(Lower))
	assert.Equal(t, 1, read.Effects[1].Clear(Lower))
	assert.Equal(t, -1, read.Effects[1].Clear(Higher))
	assert.InDelta(t, -0.2, read.Effects[1].Difference.Mean, 0.04)
}

func TestMeasuresThatAreNoShares(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var outcomes []Outcome
	for range 4000 {
		arm := r.IntN(2)
		outcomes = append(outcomes, Outcome{arm, r.NormFloat64() + 0.3*float64(arm)})
	}
	read := Read(halves(), outcomes, false)
	assert.Nil(t, read.Evidence)
	assert.False(t, read.Rejects())
	assert.Equal(t, 1, read.Effects[0].Clear(Higher))
	assert.InDelta(t, 0.3, read.Effects[0].Difference.Mean, 0.1)
}
