package gateway

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// RespondCall is a request of the Responses API, as a caller makes it.
type RespondCall struct {
	Model        string
	Instructions string
	Input        any              // a text, or a list of items
	Tools        []map[string]any // functions only
	ToolChoice   any
	Format       *ResponseFormat
	Asked        Asked
	User         string
	Extra        Extra
}

// ResponseFormat is the format of the text that a caller asks for.
type ResponseFormat struct {
	Type   string          `json:"type"`
	Name   string          `json:"name,omitempty"`
	Schema json.RawMessage `json:"schema,omitempty"`
	Strict *bool           `json:"strict,omitempty"`
}

// RespondAnswer is what the caller gets.
type RespondAnswer struct {
	Response llm.ResponseAnswer
	Text     string
	Ticket   Ticket
}

// Respond guards a call of the Responses API: what is no message and no call of a function is neither sent nor answered,
// for nothing here could screen it.
func (g *Gateway) Respond(ctx context.Context, caller review.Caller, call RespondCall) (RespondAnswer, error) {
	policy, err := g.Service.CallerPolicy(ctx, caller)
	if err != nil {
		return RespondAnswer{}, err
	}
	rules := policy.Gateway
	switch {
	case call.Model == "":
		return RespondAnswer{}, invalid("model", "is missing")
	case !rules.MayAsk(call.Model):
		return RespondAnswer{}, review.Errorf(review.CodeForbidden, "this App may not ask the model %.100q", call.Model)
	}
	talk := &conversation{calls: map[string]int{}}
	talk.sub.System = rules.System
	instructions := call.Instructions
	talk.say("system", call.Instructions, func(s string) { instructions = s })
	input, err := talk.items(call.Input)
	if err != nil {
		return RespondAnswer{}, err
	}
	talk.nameSegments()
	call.Extra.describe(&talk.sub, call.User)
	talk.sub.Model = call.Model
	if call.Format != nil && len(call.Format.Schema) > 0 && len(policy.Response.Schema) == 0 {
		policy.Response.Schema = call.Format.Schema
		if err := g.Service.Screener.CheckPolicy(policy); err != nil {
			return RespondAnswer{}, invalid("text.format.schema", "is no JSON Schema 2020-12 that can be checked here")
		}
	}
	c, err := g.start(ctx, caller, "responses", policy, talk.sub, need{most: call.Asked.mostTokens(rules.Limits), tools: offered(call.Tools)})
	if err != nil {
		return RespondAnswer{}, err
	}
	call.Model = c.model(call.Model)
	if !rules.SendPersonal {
		talk.redact(c.input)
	}
	request, err := call.request(rules, input.value(), instructions, alias(caller, talk.sub.UserID))
	if err != nil {
		g.Service.Forgo(c.grant)
		return RespondAnswer{}, err
	}
	asked := g.Clock()
	answer, route, err := g.Models.Respond(ctx, models(call.Model, rules), request)
	c.upstream = g.Clock().Sub(asked)
	if err != nil {
		return RespondAnswer{}, c.fail(ctx, err)
	}
	return c.answerResponse(ctx, answer, route)
}

// responseInput is the input as it will be sent; slots of the conversation change it.
type responseInput struct {
	text  *string
	items []any
}

func (r responseInput) value() any {
	if r.text != nil {
		return *r.text
	}
	return r.items
}

// items reads the input of the Responses API into the conversation.
func (c *conversation) items(input any) (responseInput, error) {
	switch in := input.(type) {
	case string:
		text := in
		c.say("user", text, func(s string) { text = s })
		return responseInput{text: &text}, nil
	case []any:
		for i, item := range in {
			at := "input[" + strconv.Itoa(i) + "]"
			fields, ok := item.(map[string]any)
			if !ok {
				return responseInput{}, invalid(at, "must be an object")
			}
			if err := c.item(fields, at); err != nil {
				return responseInput{}, err
			}
		}
		return responseInput{items: in}, nil
	}
	return responseInput{}, invalid("input", "must be a text or a list")
}

func (c *conversation) item(fields map[string]any, at string) error {
	kind, _ := fields["type"].(string)
	text := func(name string) string { s, _ := fields[name].(string); return s }
	set := func(name string) func(string) { return func(s string) { fields[name] = s } }
	switch kind {
	case "", "message":
		only(fields, "type", "role", "content", "id", "status")
		return c.message(fields, at)
	case "function_call":
		only(fields, "type", "name", "arguments", "call_id", "id", "status")
		place := len(c.sub.ToolCalls)
		c.sub.ToolCalls = append(c.sub.ToolCalls, toolCall(llm.ToolCall{Function: llm.FunctionCall{Name: text("name"), Arguments: text("arguments")}}))
		c.calls[text("call_id")] = place
		c.slots = append(c.slots, slot{segment: "tool_calls[" + strconv.Itoa(place) + "].arguments", text: text("arguments"), replace: set("arguments")})
	case "function_call_output":
		only(fields, "type", "call_id", "output", "id", "status")
		if _, isText := fields["output"].(string); !isText {
			return invalid(at+".output", "must be a text")
		}
		if place, known := c.calls[text("call_id")]; known && c.sub.ToolCalls[place].Output == "" {
			c.sub.ToolCalls[place].Output = text("output")
			c.slots = append(c.slots, slot{segment: "tool_calls[" + strconv.Itoa(place) + "].output", text: text("output"), replace: set("output")})
			return nil
		}
		c.say("tool", text("output"), set("output"))
	default:
		return invalid(at+".type", "must be message, function_call or function_call_output: nothing else can be screened")
	}
	return nil
}

// only keeps the fields that were looked at.
func only(fields map[string]any, known ...string) {
	kept := map[string]any{}
	for _, name := range known {
		if v, ok := fields[name]; ok {
			kept[name] = v
		}
	}
	clear(fields)
	for name, v := range kept {
		fields[name] = v
	}
}

func (c *conversation) message(fields map[string]any, at string) error {
	role, _ := fields["role"].(string)
	switch role {
	case "user", "assistant":
	case "system", "developer":
		role = "system"
	default:
		return invalid(at+".role", "must be system, developer, user or assistant")
	}
	content := fields["content"]
	if parts, isList := content.([]any); isList {
		joined := ""
		for _, part := range parts {
			p, _ := part.(map[string]any)
			text, isText := p["text"].(string)
			if kind, _ := p["type"].(string); !isText || kind != "input_text" && kind != "output_text" && kind != "text" {
				return invalid(at+".content", "has a part that cannot be screened")
			}
			if joined != "" {
				joined += "\n"
			}
			joined += text
		}
		content = joined
		fields["content"] = joined
	}
	text, isText := content.(string)
	if !isText {
		return invalid(at+".content", "must be a text or a list of texts")
	}
	c.say(role, text, func(s string) { fields["content"] = s })
	return nil
}

// request is what is sent.
func (call RespondCall) request(rules review.GatewayRules, input any, instructions, user string) (llm.ResponseRequest, error) {
	keep := false
	request := llm.ResponseRequest{
		Model: call.Model, Input: input, Instructions: instructions, ToolChoice: call.ToolChoice, Store: &keep, User: user,
		MaxOutputTokens: call.Asked.mostTokens(rules.Limits),
	}
	if rules.System != "" {
		request.Instructions = rules.System
		if instructions != "" {
			request.Instructions += "\n\n" + instructions
		}
	}
	if !reasons(call.Model) {
		temperature, topP := limit(call.Asked.Temperature, 0, rules.Limits.HighestTemperature()), limit(call.Asked.TopP, 0, rules.Limits.HighestTopP())
		request.Temperature, request.TopP = &temperature, &topP
	}
	extra := map[string]any{}
	if call.Format != nil {
		extra["text"] = map[string]any{"format": call.Format}
	}
	for i, tool := range call.Tools {
		if tool["type"] != "function" {
			return request, invalid("tools["+strconv.Itoa(i)+"].type", "must be function: what other tools bring in cannot be screened")
		}
	}
	if len(call.Tools) > 0 {
		extra["tools"] = call.Tools
	}
	if len(extra) > 0 {
		request.ExtraBody = extra
	}
	return request, nil
}

// answerResponse screens, records and restores what came back.
func (c *guarded) answerResponse(ctx context.Context, answer llm.ResponseAnswer, route llm.Route) (RespondAnswer, error) {
	out := output{route: route}
	var kept []any
	for _, item := range c.outputItems(answer.Output) {
		switch item.Type {
		case "message":
			for i := range item.Content {
				part := &item.Content[i]
				part.Text = c.restore.text(part.Text + part.Refusal)
				part.Type, part.Refusal, part.Logprobs, part.Annotations = "output_text", "", nil, nil
				out.text += part.Text
			}
		case "function_call":
			item.Arguments = c.restore.arguments(item.Arguments)
			out.calls = append(out.calls, toolCall(llm.ToolCall{Function: llm.FunctionCall{Name: item.Name, Arguments: item.Arguments}}))
		}
		kept = append(kept, item)
	}
	if answer.Usage != nil {
		out.usage = review.Usage{PromptTokens: max(answer.Usage.InputTokens, 0), CompletionTokens: max(answer.Usage.OutputTokens, 0)}
	}
	c.countMissing(&out)
	receipt, err := c.record(ctx, out)
	if err != nil {
		return RespondAnswer{}, err
	}
	held, err := c.settle(ctx, receipt)
	if err != nil {
		return RespondAnswer{}, err
	}
	result := ChatAnswer{Ticket: c.ticket(receipt), Held: held}
	if result.withheld() {
		out.text = c.policy.Gateway.RefusalText()
		kept = []any{map[string]any{"id": "msg_" + receipt.ID, "type": "message", "role": "assistant", "status": "incomplete",
			"content": []any{map[string]any{"type": "output_text", "text": out.text, "annotations": []any{}}}}}
		answer.Status = "incomplete"
		answer.IncompleteDetails = &llm.ResponseIncomplete{Reason: string(llm.FinishContentFilter)}
	}
	answer.Output, answer.OutputText, answer.Instructions, answer.Tools, answer.Metadata = kept, "", nil, nil, nil
	c.told(result.outcome())
	return RespondAnswer{Response: answer, Text: out.text, Ticket: result.Ticket}, nil
}

// outputItems reads the messages and calls of functions of an answer.
func (c *guarded) outputItems(raw []any) []llm.ResponseItem {
	var out []llm.ResponseItem
	for _, r := range raw {
		body, err := json.Marshal(r)
		if err != nil {
			continue
		}
		var item llm.ResponseItem
		if json.Unmarshal(body, &item) == nil && (item.Type == "message" || item.Type == "function_call") {
			out = append(out, item)
		}
	}
	return out
}
