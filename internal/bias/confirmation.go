package bias

import (
	"fmt"
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// ConfirmationBias is the id of the detector of users who believe what agrees with them.
const ConfirmationBias = "bias.confirmation"

func confirmation() detector {
	return detector{
		spec: review.DetectorSpec{
			ID: ConfirmationBias, Title: "Confirmation bias", Category: review.CategoryBias, OWASP: "LLM09:2025",
			Description: "Compares how often a user takes over answers that agree with what they thought before with how often they take over answers " +
				"that do not. It fires when the first share is most probably greater by more than 15 points, with ten answers of each sort at " +
				"least. Needs Feedback with the user's own answer and the model's (initial_answer, ai_answer). It cannot tell users who are " +
				"usually right from users who only think so.",
			Examples: []string{
				"Nine of ten agreeing answers accepted, two of eleven others.",
				"Every answer that differed from the first guess was rejected, every other one kept.",
			},
			Default: review.Rule{Mode: review.ModeEnforce},
		},
		habit:   habit{margin: 0.15, least: 10, fire: 0.9, clear: 0.7, gamma: forgetting},
		observe: observeConfirmation,
		message: func(b belief) string {
			return fmt.Sprintf("Confirmation bias: about %.0f %% of the recent answers that agreed with this user were taken over, and %.0f %% of the others.",
				math.Round(100*b.main.mean()), math.Round(100*b.other.mean()))
		},
		strategy: always(review.StrategyCounterEvidence),
		texts: map[string]string{
			review.StrategyCounterEvidence: "This answer agrees with what you thought. What is the best argument against it? Ask the assistant for that, too, and see " +
				"whether you still agree.",
			review.StrategyRewrite:        "Try asking for the other side: what would somebody say who thinks the opposite, and what do they rest it on?",
			review.StrategyAccuracyPrompt: "You agree with this answer. Would the reasons convince you if they led to the opposite conclusion?",
			review.StrategyText:           "We all believe more easily what we already think. Give the answers that differ from yours the same look.",
		},
	}
}

// observeConfirmation sorts taking over by whether the model agreed with what the user thought before.
func observeConfirmation(_ review.Interaction, f *review.Feedback) (review.Observation, bool) {
	if f == nil {
		return review.Observation{}, false
	}
	a := answersOf(*f)
	agreed, known := a.agreed()
	if !known {
		return review.Observation{}, false
	}
	o := review.Observation{Detector: ConfirmationBias, RiskClass: f.RiskClass, Contrast: !agreed}
	if a.taken(*f) {
		o.X, o.KnownBad = 1, agreed && knownWrong(*f)
	}
	return o, true
}
