package bias

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// UncriticalAcceptance is the id of the detector of answers that are taken over unread, unchecked and unchanged.
const UncriticalAcceptance = "bias.uncritical_acceptance"

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
	o.KnownBad = f.AITruth == "wrong" || f.Seeded != nil && *f.Seeded
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
