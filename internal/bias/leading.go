package bias

import (
	"cmp"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// LeadingPrompt is the id of the detector of prompts that suggest their answer.
const LeadingPrompt = "bias.leading_prompt"

// maxNamedCues is how many cues a message names.
const maxNamedCues = 3

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
