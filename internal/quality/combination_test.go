package quality

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func sighting(detector string, category review.Category, confidence float64) review.Finding {
	return review.Finding{Detector: detector, Category: category, Severity: review.SeverityHigh, Confidence: confidence, Segment: "prompt"}
}

// Three detectors, of which the second always says what the first says, and the third
// says what it likes: together the first two must not count twice, the third nothing.
func TestFitCombinationTellsEvidenceFromEchoAndNoise(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	var observed []Observed
	for i := range 4000 {
		o := Observed{Attack: i%2 == 0, Weight: 1}
		if seen := rnd.Float64(); o.Attack && seen < 0.7 || !o.Attack && seen < 0.05 {
			o.Findings = append(o.Findings, sighting("injection.eye", review.CategoryInjection, 0.7), sighting("injection.echo", review.CategoryInjection, 0.7))
		}
		if rnd.Float64() < 0.3 {
			o.Findings = append(o.Findings, sighting("injection.noise", review.CategoryInjection, 0.7))
		}
		o.Findings = append(o.Findings, sighting("pii.card", review.CategoryPII, 0.9))
		observed = append(observed, o)
	}
	c, err := FitCombination(observed, nil)
	require.NoError(t, err)
	require.NotContains(t, c.Evidence, "pii.card", "says nothing of attacks")
	require.InDelta(t, c.Evidence["injection.eye"].Weight, c.Evidence["injection.echo"].Weight, 1e-9)
	require.Less(t, c.Evidence["injection.noise"].Weight, 0.45, "what holds it is all that is left")
	require.Greater(t, c.Evidence["injection.eye"].Weight, 0.3)
	alone, err := FitCombination(without(observed, "injection.echo"), map[string]float64{"injection.eye": 0.05})
	require.NoError(t, err)
	require.Greater(t, alone.Evidence["injection.eye"].Weight, c.Evidence["injection.eye"].Weight, "an echo takes half of what is said alone, what holds the weights gives some of it back")
	require.Equal(t, 0.05, alone.Evidence["injection.eye"].From)
	risk := alone.Risk([]review.Finding{sighting("injection.eye", review.CategoryInjection, 0.7)})
	truth := 0.1 * 0.7 / (0.1*0.7 + 0.9*0.05)
	require.InDelta(t, truth, risk, 0.15, "a chance where one text in ten is an attack")
	again, err := FitCombination(observed, nil)
	require.NoError(t, err)
	require.Equal(t, c, again)
}

func without(observed []Observed, detector string) []Observed {
	out := make([]Observed, len(observed))
	for i, o := range observed {
		out[i] = Observed{Attack: o.Attack, Weight: o.Weight}
		for _, f := range o.Findings {
			if f.Detector != detector {
				out[i].Findings = append(out[i].Findings, f)
			}
		}
	}
	return out
}

// The table of bias.md's rule: so many harmless texts show that at most 0.1 % are met.
func TestShownNeedsEnoughHarmlessTexts(t *testing.T) {
	for _, tt := range []struct{ met, n int }{{0, 2995}, {1, 4742}, {2, 6294}, {3, 7752}, {5, 10511}, {10, 16959}} {
		require.LessOrEqual(t, upperBound(tt.met, tt.n), 0.001, "%d of %d", tt.met, tt.n)
		require.Greater(t, upperBound(tt.met, tt.n-1), 0.001, "%d of %d", tt.met, tt.n-1)
	}
	require.Equal(t, 1.0, upperBound(3, 3))
}

func TestShownStopsAtTheFirstFailure(t *testing.T) {
	judged := []Judged{{0.9, true}, {0.8, true}, {0.7, false}, {0.6, true}, {0.5, false}, {0.4, true}}
	for range 60 {
		judged = append(judged, Judged{0.1, false})
	}
	r := NewRanking(judged)
	require.Equal(t, Point{Threshold: 0.6, TruePositives: 3, FalsePositives: 1}, r.Shown(0.08), "one of 62 is shown to be below 7.5 %, two are not")
	require.Equal(t, math.Inf(1), r.Shown(0.001).Threshold, "62 texts show nothing of the kind")
}
