package bias

import "github.com/guardroom/guardroom/internal/review"

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
