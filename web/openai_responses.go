package web

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/guardroom/guardroom/internal/gateway"
	"github.com/guardroom/guardroom/internal/llm"
)

// responseBody is a request of the Responses API.
type responseBody struct {
	Model        string           `json:"model"`
	Instructions string           `json:"instructions"`
	Input        any              `json:"input"`
	Tools        []map[string]any `json:"tools"`
	ToolChoice   any              `json:"tool_choice"`
	Text         *struct {
		Format *gateway.ResponseFormat `json:"format"`
	} `json:"text"`
	Temperature     *float64        `json:"temperature"`
	TopP            *float64        `json:"top_p"`
	MaxOutputTokens *int            `json:"max_output_tokens"`
	Stream          bool            `json:"stream"`
	User            string          `json:"user"`
	Safety          string          `json:"safety_identifier"`
	Metadata        map[string]any  `json:"metadata"`
	Guardroom       gateway.Extra   `json:"guardroom"`
	Previous        string          `json:"previous_response_id"`
	Conversation    json.RawMessage `json:"conversation"`
	Prompt          json.RawMessage `json:"prompt"`
	Background      bool            `json:"background"`
}

// responses answers POST /openai/v1/responses.
func (s *Server) responses(c *call) error {
	var body responseBody
	if err := c.readOpenAI(s.Options.MaxBody, &body); err != nil {
		return err
	}
	switch {
	case body.Previous != "":
		return wrongField("previous_response_id", "is not supported: send the whole conversation, so that it can be screened")
	case len(body.Conversation) > 0 && string(body.Conversation) != "null":
		return wrongField("conversation", "is not supported: send the whole conversation, so that it can be screened")
	case len(body.Prompt) > 0 && string(body.Prompt) != "null":
		return wrongField("prompt", "is not supported: stored prompts cannot be screened")
	case body.Background:
		return wrongField("background", "is not supported")
	}
	call := gateway.RespondCall{
		Model: body.Model, Instructions: body.Instructions, Input: body.Input, Tools: body.Tools, ToolChoice: body.ToolChoice,
		User: cmp.Or(body.User, body.Safety), Extra: withMetadata(body.Guardroom, body.Metadata),
		Asked: gateway.Asked{Temperature: body.Temperature, TopP: body.TopP, MaxTokens: body.MaxOutputTokens},
	}
	if body.Text != nil {
		call.Format = body.Text.Format
	}
	c.patient()
	answer, err := s.Gateway.Respond(c.Request().Context(), c.caller, call)
	if err != nil {
		return err
	}
	c.hurry()
	s.stamp(c, answer.Ticket)
	if body.Stream {
		return s.streamResponse(c, answer)
	}
	return c.ok(answer.Response)
}

// streamResponse tells an answer, which was screened as a whole, as the events that clients wait for.
func (s *Server) streamResponse(c *call, answer gateway.RespondAnswer) error {
	line := chatLine{server: s, c: c, control: http.NewResponseController(c.Response())}
	if err := line.begin(); err != nil {
		return nil //nolint:nilerr // who listened is gone
	}
	for i, event := range responseEvents(answer.Response) {
		event["sequence_number"] = i
		if line.write("event: "+event["type"].(string)+"\n") != nil || line.event(event) != nil {
			return nil // who listened is gone
		}
	}
	return nil
}

func responseEvents(r llm.ResponseAnswer) []map[string]any {
	begun := r
	begun.Status, begun.Output, begun.Usage = "in_progress", []any{}, nil
	events := []map[string]any{{"type": "response.created", "response": begun}}
	for i, item := range r.Output {
		events = append(events, map[string]any{"type": "response.output_item.added", "output_index": i, "item": item})
		if message, ok := item.(llm.ResponseItem); ok {
			events = append(events, itemEvents(i, message)...)
		}
		events = append(events, map[string]any{"type": "response.output_item.done", "output_index": i, "item": item})
	}
	end := "response.completed"
	if r.Status == "incomplete" {
		end = "response.incomplete"
	}
	return append(events, map[string]any{"type": end, "response": r})
}

func itemEvents(place int, item llm.ResponseItem) []map[string]any {
	var events []map[string]any
	add := func(kind string, more map[string]any) {
		more["type"], more["item_id"], more["output_index"] = kind, item.ID, place
		events = append(events, more)
	}
	for i, part := range item.Content {
		add("response.output_text.delta", map[string]any{"content_index": i, "delta": part.Text})
		add("response.output_text.done", map[string]any{"content_index": i, "text": part.Text})
	}
	if item.Type == "function_call" {
		add("response.function_call_arguments.done", map[string]any{"name": item.Name, "arguments": item.Arguments})
	}
	return events
}
