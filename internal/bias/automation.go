package bias

import (
	"fmt"
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// AutomationBias is the id of the detector of users who take over answers that are known to be wrong.
const AutomationBias = "bias.automation_bias"

func automation() detector {
	return detector{
		spec: review.DetectorSpec{
			ID: AutomationBias, Title: "Automation bias", Category: review.CategoryBias, OWASP: "LLM09:2025",
			Description: "Follows how often a user takes over answers that are known to be wrong, because the App knows the truth or planted the " +
				"error. It fires when that share is most probably above one in five, after ten wrong answers at least. Without known errors it " +
				"says nothing: then there is only a risk of uncritical acceptance.",
			Examples: []string{
				"Six of the last twelve planted errors accepted unchanged.",
				"The final answer is the model's wrong one, although the user's own first answer was another.",
			},
			Default: review.Rule{Mode: review.ModeEnforce},
		},
		habit:   habit{theta: 0.2, least: 10, fire: 0.9, clear: 0.7, gamma: forgetting},
		observe: observeAutomation,
		message: func(b belief) string {
			return fmt.Sprintf("Automation bias: about %.0f %% of the recent answers that were known to be wrong were taken over.",
				math.Round(100*b.main.mean()))
		},
		strategy: always(review.StrategyAccuracyPrompt),
		texts: map[string]string{
			review.StrategyAccuracyPrompt: "Some recent answers that you took over were wrong. How sure are you of this one, from 0 to 100? What would you have " +
				"to see to be surer?",
			review.StrategyAnswerFirst:     "Before you look at the assistant's answer: write down your own in one line. Where do the two differ, and why?",
			review.StrategyDelayedReveal:   "The answer is hidden for a moment. What do you expect it to say, and what would make you doubt it?",
			review.StrategyCounterEvidence: "Please look for one thing that speaks against this answer before you use it: a source, a counterexample, a quick test.",
			review.StrategyText:            "Assistants can be wrong and sound just as sure. Check one statement of this answer that matters.",
		},
	}
}

// observeAutomation looks only at answers that are known to be wrong: x = 1 if one was taken over.
func observeAutomation(_ review.Interaction, f *review.Feedback) (review.Observation, bool) {
	if f == nil || !knownWrong(*f) {
		return review.Observation{}, false
	}
	o := review.Observation{Detector: AutomationBias, RiskClass: f.RiskClass}
	if answersOf(*f).taken(*f) {
		o.X, o.KnownBad = 1, true
	}
	return o, true
}
