package demo

import (
	"math"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// reported is how often an App reports what the user did, by habit.
var reported = map[habit]float64{ordinary: 0.3, careful: 0.45, trusting: 0.95, suggestive: 0.4, hostile: 0.05}

// feedback makes the evidence of how a user dealt with a response, nil when the App reports none.
func (g *Generator) feedback(c *conversation, response string) *review.Feedback {
	if !g.chance(reported[c.person.habit]) {
		return nil
	}
	f := &review.Feedback{RiskClass: c.scenario.risk}
	if c.person.habit == trusting && g.chance(0.93) {
		g.takeOver(f)
	} else {
		g.read(f, c.person.habit, readingMS(response))
	}
	if g.chance(0.12) {
		f.AITruth = pick(g.random, []string{"right", "right", "right", "unknown", "wrong"})
	}
	if g.chance(0.2) {
		confidence := math.Round(100*(0.55+0.4*g.random.Float64())) / 100
		f.AIConfidence = &confidence
	}
	return f
}

// readingMS is what an ordinary reader takes for a text, at 240 words a minute.
func readingMS(text string) float64 { return 800 + float64(len(strings.Fields(text)))*250 }

// takeOver: accepted within a moment, nothing changed, nothing opened.
func (g *Generator) takeOver(f *review.Feedback) {
	f.Action = review.FeedbackAccepted
	if g.chance(0.15) {
		f.Action = review.FeedbackAcceptedWithoutReview
	}
	unchanged, ms := 0.0, int64(250+g.random.IntN(700))
	f.EditRatio, f.FocusedMS, f.Verification = &unchanged, &ms, &review.Verification{}
}

// read: looked at for about as long as it takes, and dealt with as people do.
func (g *Generator) read(f *review.Feedback, h habit, usualMS float64) {
	ms := int64(usualMS * (0.7 + 1.6*g.random.Float64()))
	f.FocusedMS = &ms
	checks := 0.15
	if h == careful {
		checks = 0.55
	}
	f.Verification = &review.Verification{
		SourceOpened: g.chance(checks), TestRun: g.chance(checks / 3), CounterQuestion: g.chance(checks / 3),
	}
	ratio := 0.0
	switch n := g.random.IntN(100); {
	case n < 58:
		f.Action = review.FeedbackAccepted
	case n < 78:
		f.Action = review.FeedbackEdited
		ratio = math.Round(1000*(0.03+0.5*g.random.Float64()*g.random.Float64())) / 1000
	case n < 88:
		f.Action = review.FeedbackCriticallyEvaluated
	case n < 95:
		f.Action = review.FeedbackRejected
	default:
		f.Action = review.FeedbackAlternativeRequested
		f.Verification.AlternativeRequested = true
	}
	if g.chance(0.8) {
		f.EditRatio = &ratio
	}
}
