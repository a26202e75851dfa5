package bias

import (
	"fmt"
	"math"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// UncriticalAcceptance is the id of the detector of answers that are taken over unread, unchecked and unchanged.
const UncriticalAcceptance = "bias.uncritical_acceptance"

func acceptance() detector {
	return detector{
		spec:  acceptanceSpec(),
		habit: usual(),
		observe: func(in review.Interaction, f *review.Feedback) (review.Observation, bool) {
			if f == nil {
				return review.Observation{}, false
			}
			return observeAcceptance(in.Content.Response, *f)
		},
		message: func(b belief) string {
			return fmt.Sprintf("Uncritical acceptance risk: about %.0f %% of this user's recent answers were taken over unchanged, "+
				"unchecked and faster than they can be read.", math.Round(100*b.main.mean()))
		},
		notes: func(o review.Observation) string {
			if o.KnownBad {
				return " This answer is known to be wrong."
			}
			return ""
		},
		strategy: acceptanceStrategy,
		texts: map[string]string{
			review.StrategyAccuracyPrompt: "You have been taking over answers very quickly. Before this one: which part would matter most if it were wrong, " +
				"and where could you check it?",
			review.StrategyCounterEvidence: "Please look at this answer once more before you use it. Can you find one statement in it that you would want to check, " +
				"and a source that would settle it?",
			review.StrategyAnswerFirst: "A lot may depend on this answer. Before you use it: what would you have said yourself, where does the answer differ, " +
				"and which source could settle that?",
			review.StrategyDelayedReveal: "The answer comes in a moment. Meanwhile: what would a good answer have to contain, and how would you notice that it does not?",
			review.StrategyText:          "You have been taking over answers very quickly. Checking one statement takes a minute and finds most mistakes.",
		},
	}
}

// acceptanceStrategy asks for more the more is at stake.
func acceptanceStrategy(o review.Observation) string {
	switch {
	case o.KnownBad:
		return review.StrategyCounterEvidence
	case o.RiskClass == "high":
		return review.StrategyAnswerFirst
	default:
		return review.StrategyAccuracyPrompt
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

// editedFrom is the edit ratio from which an answer counts as changed.
const editedFrom = 0.02

// sign is one condition of uncritical acceptance. What was not observed is not false.
type sign int8

const (
	unobserved sign = iota
	absent
	present
)

func signOf(is bool) sign {
	if is {
		return present
	}
	return absent
}

// observeAcceptance reads Feedback on a response: x = 1 if it was accepted, with an edit ratio under .02, without any
// verification, and in less focused time than the fastest reader needs; x = 0 as soon as one of these is known to be
// otherwise; and nothing at all as long as neither is known.
func observeAcceptance(response string, f review.Feedback) (review.Observation, bool) {
	o := review.Observation{Detector: UncriticalAcceptance, RiskClass: f.RiskClass}
	if !accepted(f.Action) {
		return o, true
	}
	o.KnownBad = knownWrong(f)
	signs := [...]sign{unchanged(f), unverified(f), unread(f, response)}
	unknown := false
	for _, s := range signs {
		if s == absent {
			return o, true
		}
		unknown = unknown || s == unobserved
	}
	// An App that reports acceptance without review has observed what the signs would tell.
	if unknown && f.Action != review.FeedbackAcceptedWithoutReview {
		return o, false
	}
	o.X = 1
	return o, true
}

func accepted(a review.FeedbackAction) bool {
	return a == review.FeedbackAccepted || a == review.FeedbackAcceptedWithoutReview
}

func unchanged(f review.Feedback) sign {
	if f.EditRatio == nil {
		return unobserved
	}
	return signOf(*f.EditRatio < editedFrom)
}

func unverified(f review.Feedback) sign {
	if f.Verification == nil {
		return unobserved
	}
	return signOf(!f.Verification.Any())
}

// unread compares the focused time with what reading takes. The time between showing and deciding bounds the focused
// time from above: it can show that there was too little of it, never that there was enough.
func unread(f review.Feedback, response string) sign {
	if response == "" {
		return unobserved
	}
	if f.FocusedMS != nil {
		return signOf(time.Duration(*f.FocusedMS)*time.Millisecond < leastReadingTime(response))
	}
	if f.ShownAt != nil && f.DecidedAt != nil && f.DecidedAt.Sub(*f.ShownAt) < leastReadingTime(response) {
		return present
	}
	return unobserved
}
