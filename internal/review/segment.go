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
		first := len(out)
		add(at+".arguments", SegmentToolArguments, TrustModel, t.ArgumentsText())
		add(at+".output", SegmentToolOutput, TrustNone, t.Output)
		for j := range out[first:] {
			out[first+j].Tool = t.Name
		}
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
// content of a JSON string, or the JSON itself; an empty object when there are none,
// for a call is one without arguments, too.
func (t ToolCall) ArgumentsText() string {
	text := string(t.Arguments)
	var s string
	if json.Unmarshal(t.Arguments, &s) == nil {
		text = s
	}
	if text == "" {
		return "{}"
	}
	return text
}
