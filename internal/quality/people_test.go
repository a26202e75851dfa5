package quality

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/guardroom/guardroom/internal/review"
)

func pairs(both, firstOnly, secondOnly, neither int) []Pair {
	var out []Pair
	add := func(n int, p Pair) {
		for range n {
			out = append(out, p)
		}
	}
	add(both, Pair{"a", "a"})
	add(firstOnly, Pair{"a", "b"})
	add(secondOnly, Pair{"b", "a"})
	add(neither, Pair{"b", "b"})
	return out
}

// The table on which kappa is below zero although 94 % agree.
func TestKappaAndAC1(t *testing.T) {
	a := NewAgreement(pairs(118, 5, 2, 0))
	require.InDelta(t, -0.023, a.Kappa, 0.0005)
	require.InDelta(t, 0.941, a.AC1, 0.0005)
	require.Equal(t, 118, a.Agreed)
	require.True(t, math.IsNaN(NewAgreement(nil).Kappa))
	require.True(t, math.IsNaN(NewAgreement(pairs(5, 0, 0, 0)).AC1))
	require.InDelta(t, 1, NewAgreement(pairs(5, 0, 0, 5)).Kappa, 1e-12)
}

// Krippendorff's own example with four observers and missing values (2011, section C).
func TestAlpha(t *testing.T) {
	table := strings.Split("1 2 3 3 2 1 4 1 2 . . .|1 2 3 3 2 2 4 1 2 5 . 3|. 3 3 3 2 3 4 2 2 5 1 .|1 2 3 3 2 4 4 1 2 5 1 .", "|")
	units := make([][]string, 12)
	for _, observer := range table {
		for i, v := range strings.Fields(observer) {
			if v != "." {
				units[i] = append(units[i], v)
			}
		}
	}
	require.InDelta(t, 0.743, Alpha(units), 0.0005)
	require.True(t, math.IsNaN(Alpha([][]string{{"a", "a"}})))
}

func TestBootstrapCoversAndRepeats(t *testing.T) {
	sample := pairs(60, 8, 7, 45)
	kappa := func(of []Pair) float64 { return NewAgreement(of).Kappa }
	a := Bootstrap(sample, 1, kappa)
	require.Equal(t, a, Bootstrap(sample, 1, kappa))
	require.Less(t, a.Lower, a.Value)
	require.Greater(t, a.Upper, a.Value)
	require.InDelta(t, 0.746, a.Value, 0.01)
}

// People with a planted sensitivity and bias are measured as what they are.
func TestDetectionRecoversWhatWasPlanted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	covered := 0
	const tries = 400
	for range tries {
		const d, c, n = 1.5, -0.3, 80
		hits, alarms := 0, 0
		for range n {
			if r.NormFloat64()+d/2 > c {
				hits++
			}
			if r.NormFloat64()-d/2 > c {
				alarms++
			}
		}
		got := NewDetection(hits, n, alarms, n)
		if got.Sensitivity.Lower <= d && d <= got.Sensitivity.Upper {
			covered++
		}
		require.InDelta(t, c, got.Bias, 0.6)
	}
	require.Greater(t, covered, tries*92/100)
	require.True(t, math.IsInf(NewDetection(0, 0, 0, 0).Sensitivity.Upper, 1))
}

func TestDriftSpeaksOfErrorsThatPileUp(t *testing.T) {
	d := Drift{Usual: 0.1}
	for range 50 {
		for i := range 10 {
			require.False(t, d.Add(i == 0))
		}
	}
	alarm := false
	for range 8 {
		alarm = d.Add(true) || alarm
	}
	require.True(t, alarm)
}

func TestSequenceEffect(t *testing.T) {
	one := SequenceEffect([]Sequence{{40, 60, 40, 60}, {10, 90, 20, 180}})
	require.InDelta(t, 1, one.Value, 1e-9)
	require.False(t, one.Alarming())
	strong := SequenceEffect([]Sequence{{60, 40, 40, 60}, {30, 90, 20, 180}})
	require.Greater(t, strong.Lower, 1.0)
	require.True(t, strong.Alarming())
	require.True(t, math.IsNaN(SequenceEffect(nil).Value))
}

func TestReliance(t *testing.T) {
	r := NewReliance([]Verdicts{
		{Guard: true, Initial: false, Final: true, Truth: true},   // corrected by the guard
		{Guard: true, Initial: false, Final: false, Truth: true},  // stayed wrong
		{Guard: true, Initial: false, Final: true, Truth: false},  // led astray
		{Guard: true, Initial: false, Final: false, Truth: false}, // stayed right
		{Guard: true, Initial: true, Final: true, Truth: true},
	})
	require.Equal(t, []int{1, 2}, []int{r.RAIR.K, r.RAIR.N})
	require.Equal(t, []int{1, 2}, []int{r.RSR.K, r.RSR.N})
	require.Equal(t, []int{1, 2}, []int{r.NegativeSwitch.K, r.NegativeSwitch.N})
	require.Equal(t, []int{2, 4}, []int{r.Switch.K, r.Switch.N})
	require.Equal(t, []int{1, 2}, []int{r.Over.K, r.Over.N})
	require.Equal(t, []int{1, 3}, []int{r.Under.K, r.Under.N})
}

func TestTooFast(t *testing.T) {
	require.True(t, TooFast(1, 1999))
	require.False(t, TooFast(1, 2000))
	require.True(t, TooFast(75, 10_999))
	require.False(t, TooFast(75, 11_000))
}

// How many harmless items it takes to show less than one false alarm in a thousand.
func TestUpperBound(t *testing.T) {
	for k, n := range map[int]int{0: 2995, 1: 4742, 2: 6294, 3: 7752, 5: 10511, 10: 16959} {
		require.Less(t, UpperBound(k, n, 0.05), 0.001, "%d of %d", k, n)
		require.GreaterOrEqual(t, UpperBound(k, n-1, 0.05), 0.001, "%d of %d", k, n-1)
	}
	require.Equal(t, 1.0, UpperBound(3, 3, 0.05))
}

// With one in five thresholds' worth of data the promise must still hold: over many worlds the suggested threshold's
// true share of false alarms exceeds the target in at most one of twenty.
func TestSuggestKeepsItsPromise(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	const worlds, target = 300, 0.05
	broken, suggested := 0, 0
	for w := range worlds {
		var labels []Labelled
		for range 400 {
			labels = append(labels, Labelled{Score: r.NormFloat64(), Weight: 1})
		}
		for range 60 {
			labels = append(labels, Labelled{Score: 2 + r.NormFloat64(), Positive: true, Weight: 1})
		}
		s, _ := Suggest(labels, target, uint64(w))
		if s == nil {
			continue
		}
		suggested++
		if distuv.UnitNormal.Survival(s.Threshold) > target {
			broken++
		}
	}
	require.Greater(t, suggested, worlds*9/10)
	require.LessOrEqual(t, broken, suggested*7/100)
}

func TestSuggestRefuses(t *testing.T) {
	_, why := Suggest(make([]Labelled, 199), 0.01, 1)
	require.Equal(t, TooFewLabels, why)
	_, why = Suggest(make([]Labelled, 300), 0.01, 1)
	require.Equal(t, TooFewKinds, why)
	all := make([]Labelled, 300)
	for i := range all {
		all[i] = Labelled{Score: 1, Positive: i < 100, Weight: 1}
	}
	_, why = Suggest(all, 0.01, 1)
	require.Equal(t, NothingHolds, why)
}

// Pace is shown only where there are hours enough to tell how much it varies.
func TestPaceNeedsHours(t *testing.T) {
	start := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	worked := func(hours, each int) Person {
		var out []review.WorkTally
		for h := range hours {
			out = append(out, review.WorkTally{UserID: "u", UserName: "Ann", Hour: start.Add(time.Duration(h) * time.Hour), Decisions: each + 1, Timed: each, Focused: time.Duration(each*(5+h)) * time.Second})
		}
		return People(out, nil)[0]
	}
	require.Nil(t, worked(1, 200).Looked)
	require.Nil(t, worked(5, 3).Looked)
	p := worked(5, 10)
	require.Equal(t, []int{55, 50, 5}, []int{p.Decisions, p.Timed, p.Hours})
	require.InDelta(t, 7, p.Looked.Value, 1e-9)
	require.Less(t, p.Looked.Lower, 7.0)
	require.Greater(t, p.Looked.Upper, 7.0)
}
