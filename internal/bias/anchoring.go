package bias

import (
	"fmt"
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// Anchoring is the id of the detector of users whose own numbers give way to a planted one.
const Anchoring = "bias.anchoring"

// The weight of advice is clipped to this range, and only read where the advice moves it: closer to the user's own number
// than a twentieth of the scale, a rounding would look like a conversion.
const (
	leastWeight  = -0.5
	mostWeight   = 1.5
	leastDistant = 0.05 // of the scale
)

func anchoring() detector {
	return detector{
		spec: review.DetectorSpec{
			ID: Anchoring, Title: "Anchoring on numbers", Category: review.CategoryBias, OWASP: "LLM09:2025",
			Description: "Measures how far a user's number moves towards a wrong one that the App planted: the weight of advice, (final − initial) ÷ " +
				"(advice − initial), between −0.5 and 1.5. It fires when the mean is most probably over one half. Needs Feedback with seeded and " +
				"the three answers as plain numbers (initial_answer, ai_answer, final_answer); advice within a twentieth of the scale counts neither way.",
			Examples: []string{
				"Own estimate 40, planted answer 90, final answer 80: a weight of 0.8.",
				"Eight estimates in a row that ended closer to the planted number than to the first one.",
			},
			Default: review.Rule{Mode: review.ModeEnforce},
		},
		habit:   usual(),
		observe: observeAnchoring,
		message: func(b belief) string {
			return fmt.Sprintf("Anchoring: this user's own numbers move about %.0f %% of the way towards planted wrong ones.",
				math.Round(100*weightOf(b.main.mean())))
		},
		strategy: always(review.StrategyAnswerFirst),
		texts: map[string]string{
			review.StrategyAnswerFirst: "Before you take this number: what was your own estimate, and what was it based on? Start from that and change it only for a " +
				"reason that you could name.",
			review.StrategyCounterEvidence: "Name one reason why the true number could be much higher, and one why it could be much lower. Where does that leave you?",
			review.StrategyDelayedReveal:   "The number is hidden for a moment. Write down your own estimate and the range in which you would not be surprised.",
			review.StrategyText:            "A first number pulls our own towards it, even when it is arbitrary. Estimate once more without it.",
		},
	}
}

// observeAnchoring reads the weight of planted advice, as x in [0,1].
func observeAnchoring(_ review.Interaction, f *review.Feedback) (review.Observation, bool) {
	if f == nil || f.Seeded == nil || !*f.Seeded {
		return review.Observation{}, false
	}
	a := answersOf(*f)
	initial, ok1 := number(a.initial)
	advice, ok2 := number(a.ai)
	final, ok3 := number(a.final)
	if !ok1 || !ok2 || !ok3 || math.Abs(advice-initial) <= leastDistant*scaleOf(*f, initial, advice) {
		return review.Observation{}, false
	}
	weight := min(max((final-initial)/(advice-initial), leastWeight), mostWeight)
	x := (weight - leastWeight) / (mostWeight - leastWeight)
	return review.Observation{Detector: Anchoring, X: x, RiskClass: f.RiskClass, KnownBad: weight > 0.5}, true
}

// weightOf turns x back into a weight of advice.
func weightOf(x float64) float64 { return leastWeight + x*(mostWeight-leastWeight) }

// scaleOf is the width of the scale of the answers; an App that did not say gets the greater of the two numbers.
func scaleOf(f review.Feedback, initial, advice float64) float64 {
	if f.Scale != nil {
		return *f.Scale
	}
	return max(math.Abs(initial), math.Abs(advice))
}
