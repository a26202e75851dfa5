package review

import (
	"encoding/json"
	"strconv"
)

// Segments lists the texts of the content in the order in which a reader meets
// them. Empty texts are left out.
func (c Content) Segments() []Segment {
	out := make([]Segment, 0, 3+len(c.Messages)+len(c.Documents)+2*len(c.ToolCalls))
	add := func(name string, kind SegmentKind, trust Trust, text string) {
		if text != "" {
			out = append(out, Segment{Name: name, Kind: kind, Trust: trust, Text: text})
		}
	}
	add("system", SegmentSystem, TrustOperator, c.System)
	for i, m := range c.Messages {
		kind, trust := segmentOfRole(m.Role)
		add("messages["+strconv.Itoa(i)+"]", kind, trust, m.Content)
	}
	add("prompt", SegmentPrompt, TrustUser, c.Prompt)
	for i, d := range c.Documents {
		add("documents["+strconv.Itoa(i)+"]", SegmentDocument, TrustNone, d.Content)
	}
	for i, t := range c.ToolCalls {
		at := "tool_calls[" + strconv.Itoa(i) + "]"
		add(at+".arguments", SegmentToolArguments, TrustModel, t.ArgumentsText())
		add(at+".output", SegmentToolOutput, TrustNone, t.Output)
	}
	add("response", SegmentResponse, TrustModel, c.Response)
	return out
}

func segmentOfRole(role string) (SegmentKind, Trust) {
	switch role {
	case "system":
		return SegmentSystem, TrustOperator
	case "assistant":
		return SegmentResponse, TrustModel
	case "tool":
		return SegmentToolOutput, TrustNone
	default:
		return SegmentPrompt, TrustUser
	}
}

// ArgumentsText is the text of the arguments that is screened and shown: the
// content of a JSON string, or the JSON itself.
func (t ToolCall) ArgumentsText() string {
	var s string
	if json.Unmarshal(t.Arguments, &s) == nil {
		return s
	}
	return string(t.Arguments)
}
