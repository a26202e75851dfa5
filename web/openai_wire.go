package web

import "github.com/guardroom/guardroom/internal/llm"

// What is answered is written in OpenAI's shape and not in the library's, which adds fields of other services that say
// nothing here.

type wireChat struct {
	ID                string       `json:"id"`
	Object            string       `json:"object"`
	Created           int64        `json:"created"`
	Model             string       `json:"model"`
	Choices           []wireChoice `json:"choices"`
	Usage             wireUsage    `json:"usage"`
	SystemFingerprint *string      `json:"system_fingerprint"`
	Guardroom         *remark      `json:"guardroom,omitempty"` // when the guard has something to say
}

type wireChoice struct {
	Index        int              `json:"index"`
	Message      wireMessage      `json:"message"`
	Logprobs     any              `json:"logprobs"`
	FinishReason llm.FinishReason `json:"finish_reason"`
}

type wireMessage struct {
	Role      string         `json:"role"`
	Content   *string        `json:"content"` // null beside tool calls
	Refusal   *string        `json:"refusal"`
	ToolCalls []llm.ToolCall `json:"tool_calls,omitempty"`
}

type wireUsage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
}

func wireOf(r llm.ChatResponse, said *remark) wireChat {
	out := wireChat{
		ID: r.ID, Object: "chat.completion", Created: r.Created, Model: r.Model, Guardroom: said,
		Usage: usageOf(r.Usage), SystemFingerprint: textOrNull(r.SystemFingerprint),
	}
	for _, c := range r.Choices {
		m := wireMessage{Role: "assistant", Content: textOrNull(c.Message.Content), ToolCalls: c.Message.ToolCalls}
		if m.Content == nil && len(m.ToolCalls) == 0 {
			m.Content = &c.Message.Content
		}
		choice := wireChoice{Index: c.Index, Message: m, FinishReason: c.FinishReason}
		if c.LogProbs != nil {
			choice.Logprobs = c.LogProbs
		}
		out.Choices = append(out.Choices, choice)
	}
	return out
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func usageOf(u llm.Usage) wireUsage {
	return wireUsage{u.PromptTokens, u.CompletionTokens, u.TotalTokens}
}

type wireChunk struct {
	ID                string            `json:"id"`
	Object            string            `json:"object"`
	Created           int64             `json:"created"`
	Model             string            `json:"model"`
	SystemFingerprint *string           `json:"system_fingerprint,omitempty"`
	Choices           []wireChunkChoice `json:"choices"`
	Usage             *wireUsage        `json:"usage,omitempty"`
}

type wireChunkChoice struct {
	Index        int              `json:"index"`
	Delta        llm.ChunkDelta   `json:"delta"`
	FinishReason llm.FinishReason `json:"finish_reason"`
}

func wireChunkOf(c llm.ChatChunk) wireChunk {
	out := wireChunk{
		ID: c.ID, Object: "chat.completion.chunk", Created: c.Created, Model: c.Model,
		SystemFingerprint: textOrNull(c.SystemFingerprint), Choices: make([]wireChunkChoice, len(c.Choices)),
	}
	for i, choice := range c.Choices {
		out.Choices[i] = wireChunkChoice{choice.Index, choice.Delta, choice.FinishReason}
	}
	if c.Usage != nil {
		usage := usageOf(*c.Usage)
		out.Usage = &usage
	}
	return out
}
