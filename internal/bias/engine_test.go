package bias

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
)

var testTime = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func newEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := New()
	require.NoError(t, err)
	return e
}

func TestPosteriorGivesTheFiguresOfTheDesign(t *testing.T) {
	const forgetNothing = 1
	for _, c := range []struct {
		hits, n int
		want    float64
	}{{6, 8, 0.910}, {5, 8, 0.746}, {0, 0, 0.5}} {
		p := uniform()
		for i := range c.n {
			x := 0.0
			if i < c.hits {
				x = 1
			}
			p = p.observe(x, forgetNothing)
		}
		require.InDelta(t, c.want, p.above(0.5), 0.0005, "%d of %d", c.hits, c.n)
		require.InDelta(t, float64(c.n), p.weight, 1e-9)
	}
}

func TestForgettingHalvesAnObservationAfterTwenty(t *testing.T) {
	p := uniform().observe(1, forgetting)
	for range 20 {
		p = p.observe(0, forgetting)
	}
	require.InDelta(t, 1.5, p.alpha, 1e-9)
	require.InDelta(t, math.Exp2(-1.0/20), forgetting, 1e-15)
}

// feed gives the engine observations an hour apart and returns after which ones it proposed.
func feed(e *Engine, s review.BiasState, xs []float64, gap time.Duration) (review.BiasState, []int) {
	var proposed []int
	now := testTime
	if !s.UpdatedAt.IsZero() {
		now = s.UpdatedAt.Add(gap)
	}
	for i, x := range xs {
		var p *review.Proposal
		s, p = e.Update(s, review.Observation{Detector: UncriticalAcceptance, X: x}, now)
		if p != nil {
			proposed = append(proposed, i)
		}
		now = now.Add(gap)
	}
	return s, proposed
}

func repeat(x float64, n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = x
	}
	return xs
}

func TestFiresOnlyWhenEnoughIsKnown(t *testing.T) {
	e := newEngine(t)
	s, proposed := feed(e, review.BiasState{}, repeat(1, 30), time.Minute)
	require.Equal(t, []int{9}, proposed, "γ makes ten observations the first eight effective ones; then the cooldown holds")
	require.True(t, s.Firing)
	require.Equal(t, testTime.Add(9*time.Minute), *s.FiredAt)

	_, proposed = feed(e, review.BiasState{}, repeat(0, 60), time.Hour)
	require.Empty(t, proposed)
	_, proposed = feed(e, review.BiasState{}, []float64{1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, time.Hour)
	require.Empty(t, proposed, "half is not more than half")
}

func TestStaysFiredUntilTheBeliefIsWeak(t *testing.T) {
	e := newEngine(t)
	s, _ := feed(e, review.BiasState{}, repeat(1, 12), time.Minute)
	require.True(t, s.Firing)
	confidence := func() float64 { return beliefOf(s).main.above(0.5) }
	between := false
	for s.Firing {
		s, _ = feed(e, s, []float64{0}, time.Minute)
		if c := confidence(); c > usual().clear && c < usual().fire {
			require.True(t, s.Firing, "between the thresholds nothing changes")
			between = true
		}
	}
	require.True(t, between)
	require.LessOrEqual(t, confidence(), usual().clear)
	s, _ = feed(e, s, []float64{1}, time.Minute)
	require.False(t, s.Firing, "it takes .9 to fire again")
}

func TestProposesAtMostOnceInADay(t *testing.T) {
	e := newEngine(t)
	_, proposed := feed(e, review.BiasState{}, repeat(1, 10+24*3), time.Hour)
	require.Equal(t, []int{9, 33, 57, 81}, proposed, "a habit that goes on is spoken of again after the cooldown")
}

func TestNeverProposesRightAfterCarefulBehaviour(t *testing.T) {
	e := newEngine(t)
	s, _ := feed(e, review.BiasState{}, repeat(1, 20), time.Minute)
	s, proposed := feed(e, s, []float64{0}, 25*time.Hour)
	require.True(t, s.Firing)
	require.Empty(t, proposed)
	_, proposed = feed(e, s, []float64{1}, time.Minute)
	require.Equal(t, []int{0}, proposed)
}

func TestBrokenInputCannotBreakAState(t *testing.T) {
	e := newEngine(t)
	before := review.BiasState{Alpha: 3, Beta: 2, Weight: 3}
	for _, x := range []float64{math.NaN(), math.Inf(1), -0.1, 1.1} {
		after, p := e.Update(before, review.Observation{Detector: UncriticalAcceptance, X: x}, testTime)
		require.Equal(t, before, after)
		require.Nil(t, p)
	}
	for _, s := range []review.BiasState{{Alpha: math.NaN(), Beta: 1}, {Alpha: math.Inf(1), Beta: 1, Weight: 1}, {Alpha: -4, Beta: 2}} {
		after, _ := e.Update(s, review.Observation{Detector: UncriticalAcceptance, X: 1}, testTime)
		require.Equal(t, uniform().observe(1, forgetting), beliefOf(after).main, "it starts anew")
	}
}

// Under its own prior the engine is right about at least nine in ten users for whom it fires: the claim that lets it
// ask an analyst. The lower Wilson bound stays over what the design demands.
func TestFiresForHabits(t *testing.T) {
	e := newEngine(t)
	random := newRandom(7)
	fired, right := 0, 0
	for range 3000 {
		theta := random()
		s := review.BiasState{}
		for range 40 {
			x := 0.0
			if random() < theta {
				x = 1
			}
			var p *review.Proposal
			if s, p = e.Update(s, review.Observation{Detector: UncriticalAcceptance, X: x}, testTime); p != nil {
				fired++
				if theta > usual().theta {
					right++
				}
				break
			}
		}
	}
	precision := wilson(right, fired)
	require.Greater(t, fired, 1000)
	require.Greater(t, precision.Lower, review.LeastPrecision)
	require.Greater(t, precision.Rate, 0.9)
}

// newRandom is a small generator of our own (splitmix64), so that figures do not move with the standard library.
func newRandom(seed uint64) func() float64 {
	return func() float64 {
		seed += 0x9e3779b97f4a7c15
		z := seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return float64((z^z>>31)>>11) / (1 << 53)
	}
}

func TestUpdateIsMonotoneAndBounded(t *testing.T) {
	e := newEngine(t)
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 60).Draw(t, "xs")
		i := rapid.IntRange(0, len(xs)-1).Draw(t, "i")
		higher := append([]float64(nil), xs...)
		higher[i] = rapid.Float64Range(xs[i], 1).Draw(t, "x")
		low, _ := feed(e, review.BiasState{}, xs, time.Minute)
		high, _ := feed(e, review.BiasState{}, higher, time.Minute)

		require.LessOrEqual(t, beliefOf(low).main.above(0.5), beliefOf(high).main.above(0.5)+1e-9)
		require.LessOrEqual(t, low.Weight, 1/(1-forgetting))
		require.InDelta(t, low.Weight+2, low.Alpha+low.Beta, 1e-6, "every observation is worth one")
		c := beliefOf(low).main.above(0.5)
		require.True(t, c >= 0 && c <= 1)
	})
}

func TestSeverityFollowsWhatIsAtStake(t *testing.T) {
	for _, c := range []struct {
		mean float64
		o    review.Observation
		want review.Severity
	}{
		{0.95, review.Observation{}, review.SeverityLow},
		{0.95, review.Observation{RiskClass: "low"}, review.SeverityLow},
		{0.40, review.Observation{RiskClass: "medium"}, review.SeverityLow},
		{0.95, review.Observation{RiskClass: "medium"}, review.SeverityMedium},
		{0.25, review.Observation{RiskClass: "high"}, review.SeverityMedium},
		{0.95, review.Observation{RiskClass: "high"}, review.SeverityHigh},
		{0.10, review.Observation{RiskClass: "high", KnownBad: true}, review.SeverityCritical},
		{0.95, review.Observation{RiskClass: "medium", KnownBad: true}, review.SeverityMedium},
	} {
		require.Equal(t, c.want, severityOf(c.mean, c.o), "%+v", c)
	}
}

func TestSpecsAreComplete(t *testing.T) {
	specs := newEngine(t).Specs()
	ids := make([]string, len(specs))
	for i, s := range specs {
		ids[i] = s.ID
	}
	require.Equal(t, []string{Anchoring, AutomationBias, ConfirmationBias, Fixation, LeadingPrompt, Overconfidence, Sycophancy, UncriticalAcceptance}, ids)
	require.True(t, slices.IsSorted(ids))
	for _, s := range specs {
		require.NotEmpty(t, s.Title)
		require.NotEmpty(t, s.Description)
		require.NotEmpty(t, s.Examples)
		require.Equal(t, review.CategoryBias, s.Category)
		// Without known errors nobody may speak of a bias.
		require.True(t, s.ID == AutomationBias || !strings.Contains(strings.ToLower(s.Title+s.Description), "automation bias"), s.ID)
		require.Zero(t, s.Default.Flag+s.Default.Block, "a habit of the user never blocks an exchange")
	}
	policy := review.DefaultPolicy(specs)
	require.NoError(t, policy.Validate())
}

func TestProposalsAreWorded(t *testing.T) {
	e := newEngine(t)
	strong := review.BiasState{Alpha: 80, Beta: 1, Weight: 79, OtherAlpha: 1, OtherBeta: 40, OtherWeight: 39}
	for _, spec := range e.Specs() {
		for _, o := range []review.Observation{
			{X: 1}, {X: 1, RiskClass: "high"}, {X: 1, RiskClass: "high", KnownBad: true},
			{X: 1, Segment: "prompt", Finding: &review.Finding{Start: 3, End: 9}},
		} {
			o.Detector = spec.ID
			_, p := e.Update(strong, o, testTime)
			require.NotNil(t, p, spec.ID)
			require.Contains(t, e.Texts(), review.InterventionText{Bias: spec.ID, Strategy: p.Strategy, Text: p.Text})
			require.NotEmpty(t, p.Finding.Message)
			require.NotEmpty(t, p.Finding.Segment)
			require.Equal(t, spec.ID, p.Finding.Detector)
			require.Equal(t, review.CategoryBias, p.Finding.Category)
			require.True(t, p.Finding.Confidence >= 0.9 && p.Finding.Confidence <= 1)
		}
	}
}

func TestEveryTextIsWorthSaying(t *testing.T) {
	texts := newEngine(t).Texts()
	require.GreaterOrEqual(t, len(texts), 3*8)
	seen := map[string]bool{}
	for _, x := range texts {
		require.Greater(t, len(x.Text), 40)
		require.Less(t, len(x.Text), 400)
		require.False(t, seen[x.Text], "%s: said twice", x.Text)
		require.NotContains(t, strings.ToLower(x.Text), "bias", "nobody is told that they are biased")
		seen[x.Text] = true
	}
}
