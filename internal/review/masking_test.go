package review

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMaskedTextsHoldNoPersonalData(t *testing.T) {
	const secret = "ann@example.com"
	answer := secret
	v := ItemView{
		Interaction: Interaction{Context: []byte(`{"mail":"` + secret + `"}`), Content: Content{
			System: "s " + secret, Prompt: "write to " + secret + " now", Response: secret + " it is", Messages: []Message{{"user", secret}, {"user", "no"}},
			Documents: []Document{{Content: "x " + secret}}, ToolCalls: []ToolCall{{Name: "mail", Arguments: []byte(`{"to":"` + secret + `"}`), Output: "sent to " + secret}},
		}},
		Feedback:    &Feedback{InitialAnswer: &answer},
		Annotations: []Annotation{{Segment: "prompt", Start: 9, End: 9 + len(secret)}, {Body: "a note"}},
	}
	for _, s := range v.Interaction.Content.Segments() {
		if at := strings.Index(s.Text, secret); at >= 0 {
			v.Assessment.Redactions = append(v.Assessment.Redactions, Redaction{s.Name, at, at + len(secret), "[EMAIL_1]"})
		}
	}
	require.Len(t, v.Assessment.Redactions, 7)
	v.Assessment.Findings = []Finding{{Segment: "prompt", Start: 9 + len(secret) + 1, End: 9 + len(secret) + 4}, {Segment: "response"}}
	before := mustJSON(v)

	m := v.masked()
	require.True(t, m.Masked)
	require.NotContains(t, string(mustJSON(m)), secret)
	prompt := m.Interaction.Content.Prompt
	require.Equal(t, "write to [EMAIL_1] now", prompt)
	require.Equal(t, "now", prompt[m.Assessment.Findings[0].Start:m.Assessment.Findings[0].End])
	require.Equal(t, "[EMAIL_1]", prompt[m.Annotations[0].Start:m.Annotations[0].End])
	require.Equal(t, `{"to":"[EMAIL_1]"}`, m.Interaction.Content.ToolCalls[0].ArgumentsText())
	require.JSONEq(t, string(before), string(mustJSON(v)), "what was read stays as it was")
}

func TestMaskedSpansStayInTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat("0123456789", 4)
		var a Assessment
		at := 0
		for range rapid.IntRange(0, 4).Draw(t, "redactions") {
			start := at + rapid.IntRange(0, 8).Draw(t, "start")
			end := start + rapid.IntRange(1, 6).Draw(t, "length")
			if end > len(text) {
				break
			}
			a.Redactions = append(a.Redactions, Redaction{"prompt", start, end, rapid.SampledFrom([]string{"[A]", "[EMAIL_1]"}).Draw(t, "placeholder")})
			at = end
		}
		start := rapid.IntRange(0, len(text)).Draw(t, "from")
		end := rapid.IntRange(start, len(text)).Draw(t, "to")
		from, to := a.sanitizedSpan("prompt", start, end)
		sanitized := a.Sanitized("prompt", text)
		if from < 0 || from > to || to > len(sanitized) {
			t.Fatalf("%d–%d in %d", from, to, len(sanitized))
		}
		touched := false
		for _, r := range a.Redactions {
			touched = touched || r.Start < end && start < r.End
		}
		if !touched && start < end && sanitized[from:to] != text[start:end] {
			t.Fatalf("%q is not %q", sanitized[from:to], text[start:end])
		}
	})
}
