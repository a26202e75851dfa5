package bias

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/guardroom/guardroom/internal/review"
)

// Fixation is the id of the detector of conversations that never leave their first answer.
const Fixation = "bias.fixation"

const (
	fixedTurns   = 4    // turns in a row that bring nothing new
	fixedNovelty = 0.2  // under it a turn says what an earlier one said
	fixedKept    = 0.8  // share of the first answer's key words that the last one still has
	leastKeys    = 5    // with fewer key words everything is kept
	keyLength    = 4    // letters from which a word is a key word: shorter ones mostly hold sentences together
	maxTurns     = 40   // of a conversation, the newest
	maxTurnBytes = 4096 // of each turn, its start
)

func fixation() detector {
	return detector{
		spec: review.DetectorSpec{
			ID: Fixation, Title: "Fixation on the first answer", Category: review.CategoryBias, OWASP: "LLM09:2025",
			Description: "Recognises conversations in which four prompts in a row say what was said before (cosine of their words over .8), the answer still " +
				"has four fifths of the first one's key words, and nobody asked for an alternative. Reads earlier turns from messages, the newest " +
				"forty, by words alone: it does not see that another wording means the same.",
			Examples: []string{"Make the slogan shorter. — Make the slogan shorter please. — Please make the slogan shorter. — Make the slogan even shorter."},
			Default:  review.Rule{Mode: review.ModeMonitor},
		},
		habit:   usual(),
		observe: observeFixation,
		message: func(b belief) string {
			return fmt.Sprintf("Fixation: about %.0f %% of this user's longer conversations never leave the first answer.", math.Round(100*b.main.mean()))
		},
		strategy: always(review.StrategyText),
		texts: map[string]string{
			review.StrategyText:        "You have been working on the first answer for a while. Ask for two quite different ones, and compare.",
			review.StrategyAnswerFirst: "Put the first answer aside for a minute. How would you solve this from scratch?",
			review.StrategyRewrite:     "Ask for what you want to achieve instead of for a change to this answer.",
		},
	}
}

// observeFixation reads conversations of at least four prompts; x = 1 if the last four brought nothing new.
func observeFixation(in review.Interaction, f *review.Feedback) (review.Observation, bool) {
	if len(in.Content.Messages) < fixedTurns || in.Content.Response == "" {
		return review.Observation{}, false
	}
	prompts, first := turnsOf(in.Content)
	if len(prompts) < fixedTurns+1 || first == "" {
		return review.Observation{}, false
	}
	o := review.Observation{Detector: Fixation, Segment: "prompt"}
	asked := f != nil && (f.Action == review.FeedbackAlternativeRequested || f.Verification != nil && f.Verification.AlternativeRequested)
	if asked || !repeats(prompts) || kept(first, in.Content.Response) < fixedKept {
		return o, true
	}
	o.X = 1
	o.Finding = &review.Finding{
		Detector: Fixation, Category: review.CategoryBias, Severity: review.SeverityLow, Confidence: 1, Segment: o.Segment,
		Message: fmt.Sprintf("The last %d prompts ask for the same thing again, and the answer still is the first one.", fixedTurns),
	}
	return o, true
}

// turnsOf returns the words of the user's turns, the present one last, and the first answer that is left of the conversation.
func turnsOf(c review.Content) (prompts []bag, first string) {
	messages := c.Messages[max(0, len(c.Messages)-2*maxTurns):]
	for _, m := range messages {
		switch {
		case m.Role == "user":
			prompts = append(prompts, bagOf(m.Content))
		case m.Role == "assistant" && first == "":
			first = m.Content
		}
	}
	return append(prompts, bagOf(c.Prompt)), first
}

// repeats tells whether each of the last turns says what an earlier one said.
func repeats(turns []bag) bool {
	for i := len(turns) - fixedTurns; i < len(turns); i++ {
		closest := 0.0
		for _, earlier := range turns[:i] {
			closest = max(closest, turns[i].cosine(earlier))
		}
		if 1-closest >= fixedNovelty {
			return false
		}
	}
	return true
}

// kept is the share of the key words of a text that another one still has, 0 when there are too few to tell.
func kept(first, last string) float64 {
	words, left := bagOf(first), bagOf(last)
	keys, found := 0, 0
	for w := range words {
		if len([]rune(w)) < keyLength {
			continue
		}
		keys++
		if left[w] > 0 {
			found++
		}
	}
	if keys < leastKeys {
		return 0
	}
	return float64(found) / float64(keys)
}

// bag counts the words of a text.
type bag map[string]int

func bagOf(text string) bag {
	text = text[:min(len(text), maxTurnBytes)]
	b := bag{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}) {
		b[w]++
	}
	return b
}

// cosine is in [0,1], 0 for an empty bag.
func (b bag) cosine(other bag) float64 {
	dot, n, m := 0.0, 0.0, 0.0
	for w, k := range b {
		dot += float64(k) * float64(other[w])
		n += float64(k) * float64(k)
	}
	for _, k := range other {
		m += float64(k) * float64(k)
	}
	if n == 0 || m == 0 {
		return 0
	}
	return dot / math.Sqrt(n*m)
}
