package bias

import "github.com/guardroom/guardroom/internal/review"

// detector is one bias: what it reads, from when on it is a habit, and what is said of it.
type detector struct {
	spec     review.DetectorSpec
	habit    habit
	observe  func(review.Interaction, *review.Feedback) (review.Observation, bool)
	message  func(belief) string             // for the analyst, what is known of the user
	strategy func(review.Observation) string // what could help best
	notes    func(review.Observation) string // what an analyst should know of this one exchange; may be nil
	texts    map[string]string               // per strategy, for the user
}

// propose words what a fired detector would say to the user, and to the analyst who decides whether it is said.
func (d detector) propose(b belief, confidence float64, o review.Observation) *review.Proposal {
	f := review.Finding{
		Detector: o.Detector, Category: review.CategoryBias, Severity: severityOf(b.main.mean(), o), Confidence: confidence,
		Segment: o.Segment, Message: d.message(b),
	}
	if f.Segment == "" {
		f.Segment = "response" // conduct is about what was answered
	}
	if o.Finding != nil {
		f.Start, f.End = o.Finding.Start, o.Finding.End
	}
	if d.notes != nil {
		f.Message += d.notes(o)
	}
	strategy := d.strategy(o)
	return &review.Proposal{Finding: f, Strategy: strategy, Text: d.texts[strategy]}
}

// always proposes the same strategy.
func always(strategy string) func(review.Observation) string {
	return func(review.Observation) string { return strategy }
}
