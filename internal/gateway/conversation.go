package gateway

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

type rawObject = json.RawMessage

// slot is one text of a request: which Segment it becomes, and how to replace it in what is sent.
type slot struct {
	segment string
	text    string
	replace func(string)
	user    bool // an end user wrote it
}

// conversation lays a chat out as a Submission. Slots say which text stands where, so that each can be replaced in the
// request by its redacted one.
type conversation struct {
	sub   review.Submission
	slots []slot
	calls map[string]int // id of a tool call → its place in sub.ToolCalls
}

// newConversation flattens what the protocol lets be said in several ways: parts of text become one text, what nothing
// here can screen is left out or refused, and what was no part of the conversation is dropped.
func newConversation(request *llm.ChatRequest, rules review.GatewayRules) (*conversation, error) {
	c := &conversation{calls: map[string]int{}}
	c.sub.System = rules.System
	for i := range request.Messages {
		if err := c.add(&request.Messages[i], i, rules); err != nil {
			return nil, err
		}
	}
	c.nameSegments()
	return c, nil
}

func (c *conversation) add(m *llm.ChatMessage, number int, rules review.GatewayRules) error {
	at := "messages[" + strconv.Itoa(number) + "]"
	if m.FunctionCall != nil {
		return invalid(at+".function_call", "is not supported: use tool_calls")
	}
	if err := flatten(m, at, rules); err != nil {
		return err
	}
	// What nobody looks at does not leave.
	m.Refusal, m.ReasoningContent = "", ""
	if !plainName(m.Name) {
		return invalid(at+".name", "must have at most 64 of a–z, A–Z, 0–9, _ and -")
	}
	text, set := textOf(m)
	switch m.Role {
	case "tool":
		if place, known := c.calls[m.ToolCallID]; known && c.sub.ToolCalls[place].Output == "" {
			c.sub.ToolCalls[place].Output = text
			c.slots = append(c.slots, slot{segment: "tool_calls[" + strconv.Itoa(place) + "].output", text: text, replace: set})
			return nil
		}
		c.say("tool", text, set)
	case "assistant":
		c.say("assistant", text, set)
		for i := range m.ToolCalls {
			c.call(&m.ToolCalls[i])
		}
	case "user":
		c.say("user", text, set)
	case "system", "developer":
		c.say("system", text, set)
	default:
		return invalid(at+".role", "must be system, developer, user, assistant or tool")
	}
	return nil
}

func plainName(name string) bool {
	return len(name) <= 64 && !strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-')
	})
}

// flatten makes one text of the parts of a message: what is written across parts is read across them.
func flatten(m *llm.ChatMessage, at string, rules review.GatewayRules) error {
	if len(m.MultiContent) == 0 {
		m.MultiContent = nil
		return nil
	}
	var texts []string
	var others []llm.ChatPart
	for _, part := range m.MultiContent {
		switch {
		case part.Type == llm.PartText:
			texts = append(texts, part.Text)
		case rules.OtherParts:
			part.Text = ""
			others = append(others, part)
		default:
			return invalid(at+".content", "has a part of the type "+strconv.Quote(string(part.Type))+", which cannot be screened and which this App does not allow")
		}
	}
	joined := strings.Join(texts, "\n")
	if len(others) == 0 {
		m.Content, m.MultiContent = joined, nil
		return nil
	}
	m.MultiContent = append([]llm.ChatPart{{Type: llm.PartText, Text: joined}}, others...)
	return nil
}

// textOf is the one text of a flattened message, and how to replace it.
func textOf(m *llm.ChatMessage) (string, func(string)) {
	if m.MultiContent != nil {
		return m.MultiContent[0].Text, func(s string) { m.MultiContent[0].Text = s }
	}
	return m.Content, func(s string) { m.Content = s }
}

func (c *conversation) say(role, text string, set func(string)) {
	if text == "" {
		return
	}
	c.sub.Messages = append(c.sub.Messages, review.Message{Role: role, Content: text})
	// The name of the segment is not known before all messages are.
	c.slots = append(c.slots, slot{segment: "", text: text, replace: set, user: role == "user"})
}

func (c *conversation) call(t *llm.ToolCall) {
	place := len(c.sub.ToolCalls)
	c.sub.ToolCalls = append(c.sub.ToolCalls, toolCall(*t))
	c.calls[t.ID] = place
	c.slots = append(c.slots, slot{
		segment: "tool_calls[" + strconv.Itoa(place) + "].arguments", text: t.Function.Arguments,
		replace: func(s string) { t.Function.Arguments = s },
	})
}

// toolCall keeps arguments that are no JSON as a text.
func toolCall(t llm.ToolCall) review.ToolCall {
	name := t.Function.Name
	if name == "" {
		name = "unnamed"
	}
	arguments := json.RawMessage(t.Function.Arguments)
	if len(arguments) > 0 && !json.Valid(arguments) {
		arguments, _ = json.Marshal(t.Function.Arguments) //nolint:errchkjson // a string
	}
	return review.ToolCall{Name: name, Arguments: arguments}
}

// nameSegments gives each message the name that review gives it.
func (c *conversation) nameSegments() {
	names := segmentNames(c.sub)
	next := 0
	for i := range c.slots {
		if c.slots[i].segment == "" {
			c.slots[i].segment = names[next]
			next++
		}
	}
}

// segmentNames tells where Submission.Content puts each message.
func segmentNames(sub review.Submission) []string {
	names := make([]string, len(sub.Messages))
	content := sub.Content()
	first, end := 0, len(names)
	if sub.System == "" && content.System != "" {
		names[0] = "system"
		first = 1
	}
	if end > first && content.Response != "" {
		end--
		names[end] = "response"
	}
	if end > first && content.Prompt != "" {
		end--
		names[end] = "prompt"
	}
	for i := first; i < end; i++ {
		names[i] = "messages[" + strconv.Itoa(i-first) + "]"
	}
	return names
}

// redact replaces the texts in the request by their redacted ones.
func (c *conversation) redact(a review.Assessment) {
	for _, s := range c.slots {
		if clean := a.Sanitized(s.segment, s.text); clean != s.text {
			s.replace(clean)
		}
	}
}

func invalid(field, message string) error {
	return review.Unprocessable([]review.FieldError{{Field: field, Message: message}})
}
