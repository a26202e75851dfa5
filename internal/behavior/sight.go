package behavior

import (
	"fmt"

	"github.com/guardroom/guardroom/internal/review"
)

// sight is what the detectors look at: an event that was counted, and whom it belongs to.
type sight struct {
	event *event
	now   slot
	user  *user // nil when the App named none
	app   *appState
	first bool // the user was never seen before

	ofUser, ofApp spans
	limits        []review.ConductLimit // of the policy
}

// spans are the sums of a subject's window and of its newest half minute.
type spans struct{ whole, recent tally }

// alarm says how unusual something is, in [0,1], and what it is. The zero alarm says nothing.
type alarm struct {
	score   float64
	message string
}

func alarmf(score float64, format string, args ...any) alarm {
	return alarm{score, fmt.Sprintf(format, args...)}
}

// detector is one way of looking. Either function may be nil.
type detector struct {
	spec review.DetectorSpec
	user func(*sight) alarm
	app  func(*sight) alarm
	// ofEvent: what is said of the App is about the event that it is said with.
	ofEvent bool
}

// detectors lists every detector, sorted by id.
var detectors = [detectorCount]detector{
	errorsDetector, latencyDetector, lengthDetector, limitsDetector, newUserDetector, rateDetector, refusalsDetector, repeatFlagsDetector,
	tokensDetector, toolArgumentsDetector, toolSequenceDetector, topicShiftDetector, extractionDetector,
}

const detectorCount = 13

// look asks every detector that is not switched off. What goes on for long is said once a window, and of a user each time
// when it is grave.
func (s *sight) look(policy review.Policy) []review.Finding {
	s.limits = policy.Limits
	var out []review.Finding
	for i := range detectors {
		d := &detectors[i]
		if policy.Mode(d.spec.ID) == review.ModeOff {
			continue
		}
		if d.user != nil && s.user != nil {
			out = s.note(out, i, &s.user.subject, d.user(s), true, true)
		}
		if d.app != nil {
			out = s.note(out, i, &s.app.subject, d.app(s), d.ofEvent, false)
		}
	}
	return out
}

// grave is the score from which an alarm about a user is repeated with each of their events. One about an App is not: it
// says nothing about those who just come along.
const grave = 0.8

func (s *sight) note(out []review.Finding, i int, of *subject, a alarm, mayRepeat, ofUser bool) []review.Finding {
	if a.score <= 0 || !(mayRepeat && a.score >= grave) && s.now < of.Fired[i]+windowBuckets {
		return out
	}
	of.Fired[i] = s.now
	return append(out, review.Finding{
		Detector: detectors[i].spec.ID, Category: detectors[i].spec.Category,
		Severity: severityOf(a.score), Confidence: min(a.score, 1), Message: a.message, OfUser: ofUser,
	})
}

func severityOf(score float64) review.Severity {
	switch {
	case score >= grave:
		return review.SeverityHigh
	case score >= 0.5:
		return review.SeverityMedium
	default:
		return review.SeverityLow
	}
}
