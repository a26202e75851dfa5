package bias

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// LeadingPrompt is the id of the detector of prompts that suggest their answer.
const LeadingPrompt = "bias.leading_prompt"

// maxNamedCues is how many cues a message names.
const maxNamedCues = 3

func leading(m *Model) detector {
	return detector{
		spec:  leadingSpec(m),
		habit: usual(),
		observe: func(in review.Interaction, _ *review.Feedback) (review.Observation, bool) {
			if in.Content.Prompt == "" {
				return review.Observation{}, false
			}
			return m.observeLeading(in.Content.Prompt), true
		},
		message: func(b belief) string {
			return fmt.Sprintf("Leading prompts are a habit: about %.0f %% of this user's recent prompts suggest their own answer.",
				math.Round(100*b.main.mean()))
		},
		strategy: always(review.StrategyRewrite),
		texts: map[string]string{
			review.StrategyRewrite: "Your prompt already contains an answer, and assistants tend to agree with it. You could ask it openly: say what you want to " +
				"find out, leave out what you expect, and ask what speaks for it and what against. Does the answer stay the same?",
			review.StrategyCounterEvidence: "Your prompt suggests its own answer. Before you read on: which fact would make you change your mind? Ask the assistant for that one.",
			review.StrategyAnswerFirst:     "You seem to have an answer already. Write it down with your reasons, then ask openly and compare the reasons, not the conclusions.",
			review.StrategyText:            "Assistants tend to agree with what a prompt suggests. An open question gets a more honest answer.",
		},
	}
}

// leadingSpec lets the detector propose only as far as its measured precision carries.
func leadingSpec(m *Model) review.DetectorSpec {
	r := m.Report()
	mode := review.ModeMonitor
	// As mixed in the data, and as where one prompt in ten leads: the lower of the two bounds counts.
	precision := review.Precision{Rate: r.Precision.Rate, Lower: min(r.LeastExpected, r.Precision.Lower), Upper: r.Precision.Upper}
	if precision.Lower >= review.LeastPrecision {
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
		Default:   review.Rule{Mode: mode},
		Precision: &precision,
	}
}

// observeLeading reads a prompt: x is how likely it leads, and from the cut on the text itself is a Finding.
func (m *Model) observeLeading(prompt string) review.Observation {
	r := m.lexicon.read(prompt)
	score := m.score(r.cues)
	o := review.Observation{Detector: LeadingPrompt, X: score, Segment: "prompt"}
	if score < m.Cut() {
		return o
	}
	cues := m.leadingCues(r.cues)
	o.Finding = &review.Finding{
		Detector: LeadingPrompt, Category: review.CategoryBias, Severity: review.SeverityLow, Confidence: score,
		Segment: o.Segment, Message: "The prompt suggests its own answer: " + m.describe(cues) + ".",
	}
	if len(cues) > 0 {
		s := r.spans[cues[0]]
		o.Finding.Start, o.Finding.End = s.start, s.end
	}
	return o
}

// leadingCues lists the leading cues of a text, the weightiest first.
func (m *Model) leadingCues(shown cueMask) []int {
	var cues []int
	for i := range m.lexicon.cues {
		if shown.has(i) && m.lexicon.leading.has(i) {
			cues = append(cues, i)
		}
	}
	slices.SortStableFunc(cues, func(a, b int) int { return cmp.Compare(m.perBit[b], m.perBit[a]) })
	return cues
}

// describe names cues by their names in the lexicon, never by the words of the text.
func (m *Model) describe(cues []int) string {
	var names []string
	for _, i := range cues[:min(len(cues), maxNamedCues)] {
		names = append(names, strings.ReplaceAll(m.lexicon.cues[i].name, "_", " "))
	}
	return strings.Join(names, ", ")
}
