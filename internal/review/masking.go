package review

import (
	"encoding/json"
	"slices"
	"strconv"
)

// masked is the view without personal data and secrets: the texts with their
// placeholders, and everything that points into them moved along. What the App sent
// beside the texts was never screened and is left out.
func (v ItemView) masked() ItemView {
	a := v.Assessment
	v.Masked = len(a.Redactions) > 0 || len(v.Interaction.Context) > 0 || v.Feedback.quotes()
	v.Interaction.Content = v.Interaction.Content.rewritten(a.Sanitized)
	v.Interaction.Context = nil
	v.Assessment.Redactions = nil
	v.Assessment.Findings = slices.Clone(a.Findings)
	for i := range v.Assessment.Findings {
		f := &v.Assessment.Findings[i]
		f.Start, f.End = a.sanitizedSpan(f.Segment, f.Start, f.End)
	}
	v.Annotations = slices.Clone(v.Annotations)
	for i := range v.Annotations {
		n := &v.Annotations[i]
		n.Start, n.End = a.sanitizedSpan(n.Segment, n.Start, n.End)
	}
	if v.Feedback != nil {
		f := *v.Feedback
		f.InitialAnswer, f.AIAnswer, f.FinalAnswer = nil, nil, nil
		v.Feedback = &f
	}
	return v
}

// sanitizedSpan moves a span of a Segment to where Sanitized puts its text. What
// reaches into a redaction reaches over its whole placeholder.
func (a Assessment) sanitizedSpan(segment string, start, end int) (int, int) {
	shift, from, to := 0, start, end
	at := 0
	for _, r := range a.Redactions {
		if r.Segment != segment || r.Start < at {
			continue
		}
		at = r.End
		grows := len(r.Placeholder) - (r.End - r.Start)
		if r.End <= start {
			from = start + shift + grows
		} else if r.Start < start {
			from = r.Start + shift
		}
		switch {
		case r.End <= end:
			to = end + shift + grows
		case r.Start < end:
			to = r.Start + shift + len(r.Placeholder)
		}
		shift += grows
	}
	return from, to
}

// submittedSpan moves a span of a Sanitized text to where it stands in the Segment as it
// was submitted. What reaches into a placeholder reaches over everything that it hides.
func (a Assessment) submittedSpan(segment string, start, end int) (int, int) {
	shift, from, to := 0, start, end
	at := 0
	for _, r := range a.Redactions {
		if r.Segment != segment || r.Start < at {
			continue
		}
		at = r.End
		shownAt := r.Start + shift
		shownEnd := shownAt + len(r.Placeholder)
		shift += len(r.Placeholder) - (r.End - r.Start)
		switch {
		case start >= shownEnd:
			from = start - shift
		case start > shownAt:
			from = r.Start
		}
		switch {
		case end >= shownEnd:
			to = end - shift
		case end > shownAt:
			to = r.End
		}
	}
	return from, to
}

// rewritten is the content with each of its texts, by the name of its Segment, put
// through rewrite.
func (c Content) rewritten(rewrite func(segment, text string) string) Content {
	c.Messages, c.Documents, c.ToolCalls = slices.Clone(c.Messages), slices.Clone(c.Documents), slices.Clone(c.ToolCalls)
	c.System = rewrite("system", c.System)
	c.Prompt = rewrite("prompt", c.Prompt)
	c.Response = rewrite("response", c.Response)
	for i := range c.Messages {
		m := &c.Messages[i]
		m.Content = rewrite("messages["+strconv.Itoa(i)+"]", m.Content)
	}
	for i := range c.Documents {
		d := &c.Documents[i]
		d.Content = rewrite("documents["+strconv.Itoa(i)+"]", d.Content)
	}
	for i := range c.ToolCalls {
		c.ToolCalls[i] = c.ToolCalls[i].rewritten("tool_calls["+strconv.Itoa(i)+"]", rewrite)
	}
	return c
}

// rewritten keeps arguments that do not change as they were sent; others become a
// string, for they may be no JSON any more.
func (t ToolCall) rewritten(at string, rewrite func(segment, text string) string) ToolCall {
	t.Output = rewrite(at+".output", t.Output)
	text := t.ArgumentsText()
	if changed := rewrite(at+".arguments", text); changed != text {
		t.Arguments, _ = json.Marshal(changed) // a string always can be
	}
	return t
}
