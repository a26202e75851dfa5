package bias

import (
	"fmt"

	"github.com/guardroom/guardroom/internal/review"
)

// leadingSpec lets the detector propose only as far as its measured precision carries.
func leadingSpec(m *Model) review.DetectorSpec {
	r := m.Report()
	mode := review.ModeMonitor
	if r.LeastExpected >= leastPrecision && r.Precision.Lower >= leastPrecision {
		mode = review.ModeEnforce
	}
	return review.DetectorSpec{
		ID:       LeadingPrompt,
		Title:    "Leading prompt",
		Category: review.CategoryBias,
		OWASP:    "LLM09:2025",
		Description: fmt.Sprintf("Recognises prompts that suggest their own answer: tag and negative questions, requests to confirm, beliefs stated "+
			"before the question, appeals to what everybody or an expert says, presuppositions, and push-back. On %d leading and %d neutral texts "+
			"of sources that it was not trained on it found %.0f %% of the leading ones and marked %.1f %% of the neutral ones. Every such prompt "+
			"is recorded; a prompt to ask openly is proposed when it has become a user's habit. English above all; the plainest forms in eleven "+
			"other languages. It reads the first and the last 2 KiB of a prompt, and not what is quoted.",
			r.Recall.N, r.FalseAlarms.N, 100*r.Recall.Rate, 100*r.FalseAlarms.Rate),
		Examples: []string{
			"It's Canberra, isn't it? Just confirm it for me.",
			"Many parents report the same thing. Doesn't that show that there is a link?",
		},
		Default: review.Rule{Mode: mode},
	}
}

// acceptanceSpec: what is enforced here is that an analyst is asked; nothing reaches the user before a person sends it.
// Its alarms cannot be measured against labels, because nobody can label a habit; under the belief's own prior at least
// nine in ten users for whom it fires do accept more than half of what they see in this way (TestFiresForHabits).
func acceptanceSpec() review.DetectorSpec {
	return review.DetectorSpec{
		ID:       UncriticalAcceptance,
		Title:    "Uncritical acceptance risk",
		Category: review.CategoryBias,
		OWASP:    "LLM09:2025",
		Description: "Follows how often a user takes over answers unchanged, without checking anything, and in less time than the fastest " +
			"reader needs (1 s + words ÷ 7.5 per s). Needs Feedback with edit ratio, verification and focused time; what was not observed " +
			"counts neither way. It measures a risk: whether the answers were wrong it does not know.",
		Examples: []string{
			"Ten answers of 200 words in a row accepted after two seconds each, nothing opened, nothing changed.",
			"Feedback “accepted without review” again and again.",
		},
		Default: review.Rule{Mode: review.ModeEnforce},
	}
}
