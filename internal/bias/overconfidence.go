package bias

import (
	"fmt"
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// Overconfidence is the id of the detector of users who are surer than they are right.
const Overconfidence = "bias.overconfidence"

func overconfidence() detector {
	return detector{
		spec: review.DetectorSpec{
			ID: Overconfidence, Title: "Overconfidence", Category: review.CategoryBias, OWASP: "LLM09:2025",
			Description: "Compares how sure users say they are of their own first answers with how often these are right. It fires when the difference is " +
				"over 5 points with a probability of 97.5 % and after 50 answers at least, none of which is forgotten. Needs Feedback with " +
				"initial_answer, initial_confidence, ai_answer and the truth (ai_truth). Bounded as it is, it takes a difference of about 15 points to " +
				"be seen at fifty answers.",
			Examples: []string{
				"Ninety percent sure on average, and right in six of ten.",
				"Certain of sixty answers of which fifteen were wrong.",
			},
			Default: review.Rule{Mode: review.ModeMonitor},
		},
		habit:   habit{theta: 0.5 + 0.05/2, least: 50, fire: 0.975, clear: 0.7, gamma: 1},
		observe: observeOverconfidence,
		message: func(b belief) string {
			return fmt.Sprintf("Overconfidence: this user is surer of their own answers than they are right, by about %.0f points.",
				math.Round(100*(2*b.main.mean()-1)))
		},
		strategy: always(review.StrategyAccuracyPrompt),
		texts: map[string]string{
			review.StrategyAccuracyPrompt:  "How sure are you, from 0 to 100? Of the last times when you were that sure, how many turned out right?",
			review.StrategyCounterEvidence: "Assume for a moment that your answer is wrong. What would be the most likely reason?",
			review.StrategyText:            "You have been surer than right lately. A range is often more honest than a number.",
		},
	}
}

// observeOverconfidence reads x = ½ + (confidence − correctness) ÷ 2: over one half, the user was surer than right.
func observeOverconfidence(_ review.Interaction, f *review.Feedback) (review.Observation, bool) {
	if f == nil || f.InitialConfidence == nil {
		return review.Observation{}, false
	}
	right, known := initiallyRight(*f)
	if !known {
		return review.Observation{}, false
	}
	return review.Observation{Detector: Overconfidence, X: 0.5 + (*f.InitialConfidence-right)/2, RiskClass: f.RiskClass}, true
}

// initiallyRight tells whether the user's first answer was right, 1 or 0. Where the model was wrong, an answer that differs
// from the model's may be either.
func initiallyRight(f review.Feedback) (right float64, known bool) {
	agreed, comparable := answersOf(f).agreed()
	switch {
	case !comparable:
		return 0, false
	case knownRight(f) && agreed:
		return 1, true
	case knownRight(f), knownWrong(f) && agreed:
		return 0, true
	default:
		return 0, false
	}
}
