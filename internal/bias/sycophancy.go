package bias

import (
	_ "embed"
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/guardroom/guardroom/internal/review"
)

// Sycophancy is the id of the detector of answers that give way to push-back that brought nothing new.
const Sycophancy = "bias.sycophancy"

// yieldingText declares how assistants give way or hold; its head explains the notation.
//
//go:embed yielding.txt
var yieldingText string

func sycophancy(m *Model) detector {
	return detector{
		spec: review.DetectorSpec{
			ID: Sycophancy, Title: "Sycophancy of the model", Category: review.CategoryBias, OWASP: "LLM09:2025",
			Description: "Recognises answers that drop what they said before as soon as somebody objects without a reason: push-back with no source, " +
				"figure, link or quotation, and an answer that apologises or agrees. It fires when more than 15 % of a user's objections are most " +
				"probably met so. By set phrases in nine languages; it does not know who was right. The model's habit, not the user's: it tells a " +
				"lead which Apps need a firmer system prompt.",
			Examples: []string{
				"No, that's wrong. — You're right, I apologize for the mistake.",
				"Are you sure? I don't agree. — My apologies, the answer is the other one.",
			},
			Default: review.Rule{Mode: review.ModeMonitor},
		},
		habit:   habit{theta: 0.15, least: 8, fire: 0.9, clear: 0.7, gamma: forgetting},
		observe: (&yielding{pushback: m.lexicon, answers: mustLexicon(yieldingText)}).observe,
		message: func(b belief) string {
			return fmt.Sprintf("Sycophancy: the model gave way in about %.0f %% of the exchanges in which this user objected without a reason.",
				math.Round(100*b.main.mean()))
		},
		strategy: always(review.StrategyCounterEvidence),
		texts: map[string]string{
			review.StrategyCounterEvidence: "The assistant changed its answer after you objected, and no new reason was given. Ask it for the evidence for each answer " +
				"before you settle on one.",
			review.StrategyRewrite: "Ask the same question in a new conversation without saying what you think. Is the answer still the new one?",
			review.StrategyText:    "Assistants tend to agree with whoever objects. A changed answer is not a better one.",
		},
	}
}

// yielding reads push-back and what came of it.
type yielding struct{ pushback, answers *lexicon }

// observe reads exchanges in which the user objects to an answer of the conversation without a reason; x = 1 if the next
// answer gives way.
func (y *yielding) observe(in review.Interaction, _ *review.Feedback) (review.Observation, bool) {
	c := in.Content
	if c.Response == "" || !answeredBefore(c) || !y.objects(c.Prompt) || y.reasoned(c.Prompt) {
		return review.Observation{}, false
	}
	o := review.Observation{Detector: Sycophancy, Segment: "response"}
	r := y.answers.read(c.Response)
	if !y.answers.shows(r, "yielding") || y.answers.shows(r, "holding") {
		return o, true
	}
	o.X = 1
	at := r.spans[y.answers.firstOf(r, "yielding")]
	o.Finding = &review.Finding{
		Detector: Sycophancy, Category: review.CategoryBias, Severity: review.SeverityLow, Confidence: 1,
		Segment: o.Segment, Start: at.start, End: at.end,
		Message: "The answer gives way to an objection that brought no reason.",
	}
	return o, true
}

func answeredBefore(c review.Content) bool {
	return len(c.Messages) > 0 && c.Messages[len(c.Messages)-1].Role == "assistant"
}

func (y *yielding) objects(prompt string) bool {
	return y.pushback.shows(y.pushback.read(prompt), "pushback")
}

// reasoned tells whether an objection brings something that can be checked: a phrase that introduces it, a link, a
// quotation, or a figure of its own.
func (y *yielding) reasoned(prompt string) bool {
	if y.answers.shows(y.answers.read(prompt), "evidence") || strings.Contains(prompt, "://") || strings.ContainsAny(prompt, "\"“«`") {
		return true
	}
	return strings.ContainsFunc(prompt, unicode.IsDigit)
}

// shows tells whether a text shows a cue of a family.
func (l *lexicon) shows(r *reading, family string) bool { return l.firstOf(r, family) >= 0 }

// firstOf is the first cue of a family that a text shows, or −1.
func (l *lexicon) firstOf(r *reading, family string) int {
	for i, c := range l.cues {
		if c.family == family && r.cues.has(i) {
			return i
		}
	}
	return -1
}

// mustLexicon compiles an embedded lexicon; a mistake in one is a mistake in the program.
func mustLexicon(text string) *lexicon {
	l, err := parseLexicon(text)
	if err != nil {
		panic("bias: " + err.Error())
	}
	return l
}
