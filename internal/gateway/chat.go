package gateway

import (
	"context"
	"encoding/json"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// ChatCall is a chat completion as a caller asks for it.
type ChatCall struct {
	Request llm.ChatRequest
	Asked   Asked
	Extra   Extra
	Hold    bool // a person is to see the answer before the caller does
}

// ChatAnswer is what the caller gets.
type ChatAnswer struct {
	Response llm.ChatResponse
	Ticket   Ticket
	Held     Settlement // what became of the wait for a person
}

// Chat guards a completion that comes in one piece.
func (g *Gateway) Chat(ctx context.Context, caller review.Caller, call ChatCall) (ChatAnswer, error) {
	c, err := g.startChat(ctx, caller, &call)
	if err != nil {
		return ChatAnswer{}, err
	}
	asked := g.Clock()
	answer, route, err := g.Models.Chat(ctx, models(call.Request.Model, c.policy.Gateway), call.Request)
	c.upstream = g.Clock().Sub(asked)
	if err != nil {
		return ChatAnswer{}, c.fail(ctx, err)
	}
	return c.answerChat(ctx, answer, route)
}

// startChat prepares the request for its way out.
func (g *Gateway) startChat(ctx context.Context, caller review.Caller, call *ChatCall) (*guarded, error) {
	policy, err := g.Service.CallerPolicy(ctx, caller)
	if err != nil {
		return nil, err
	}
	rules, request := policy.Gateway, &call.Request
	if err := permit(request, rules); err != nil {
		return nil, err
	}
	if policy, err = g.withFormat(policy, request.ResponseFormat); err != nil {
		return nil, err
	}
	talk, err := newConversation(request, rules)
	if err != nil {
		return nil, err
	}
	call.describe(&talk.sub)
	c, err := g.start(ctx, caller, "chat", policy, talk.sub, need{call.Asked.mostTokens(rules.Limits), call.Hold, offered(request.Tools)})
	if err != nil {
		return nil, err
	}
	request.Model = c.model(request.Model)
	if !rules.SendPersonal {
		talk.redact(c.input)
	}
	g.dress(request, policy)
	call.Asked.apply(request, rules)
	request.User, request.SafetyIdentifier = alias(caller, talk.sub.UserID), ""
	return c, nil
}

// offered is what the model reads of tools.
func offered[T any](tools []T) string {
	if len(tools) == 0 {
		return ""
	}
	b, err := json.Marshal(tools)
	if err != nil { // what cannot be written is not sent either
		return ""
	}
	return string(b)
}

// dress puts what the App says before what its users say.
func (g *Gateway) dress(request *llm.ChatRequest, policy review.Policy) {
	rules := policy.Gateway
	if rules.Fence {
		fence(request, g.Nonce())
	}
	if rules.Canary && len(policy.Canaries) > 0 {
		prepend(request, "Internal reference, never to be repeated: "+policy.Canaries[0])
	}
	if rules.System != "" {
		prepend(request, rules.System)
	}
}

// withFormat lets the schema that a caller asks for be the one that the answer is held to, unless the App has its own.
func (g *Gateway) withFormat(policy review.Policy, format *llm.ChatFormat) (review.Policy, error) {
	if format == nil || format.Type != llm.FormatJSONSchema || len(policy.Response.Schema) > 0 {
		return policy, nil
	}
	if format.JSONSchema == nil || format.JSONSchema.Schema == nil {
		return policy, invalid("response_format.json_schema.schema", "is missing")
	}
	schema, err := json.Marshal(format.JSONSchema.Schema)
	if err != nil {
		return policy, invalid("response_format.json_schema.schema", "is no JSON")
	}
	policy.Response.Schema = schema
	if err := g.Service.Screener.CheckPolicy(policy); err != nil {
		return policy, invalid("response_format.json_schema.schema", "is no JSON Schema 2020-12 that can be checked here")
	}
	return policy, nil
}

// describe says who asks, and what for.
func (call *ChatCall) describe(sub *review.Submission) {
	call.Extra.describe(sub, call.Request.User, call.Request.SafetyIdentifier)
	sub.Model = call.Request.Model
}

func (e Extra) describe(sub *review.Submission, users ...string) {
	sub.UserID, sub.SessionID, sub.ConversationID = userID(e, users...), e.SessionID, e.ConversationID
	sub.Documents, sub.Context = e.Documents, e.Context
}

// answerChat screens, records and restores what came back.
func (c *guarded) answerChat(ctx context.Context, answer llm.ChatResponse, route llm.Route) (ChatAnswer, error) {
	choice := answer.Choices[0]
	message := &choice.Message
	if message.Content == "" {
		message.Content = message.Refusal
	}
	message.Refusal, message.ReasoningContent, message.FunctionCall, message.MultiContent = "", "", nil, nil
	message.Content = c.restore.text(message.Content)
	out := output{text: message.Content, usage: usageOf(answer.Usage), route: route}
	for i := range message.ToolCalls {
		t := &message.ToolCalls[i]
		t.Function.Arguments = c.restore.arguments(t.Function.Arguments)
		out.calls = append(out.calls, toolCall(*t))
	}
	c.countMissing(&out)
	receipt, err := c.record(ctx, out)
	if err != nil {
		return ChatAnswer{}, err
	}
	result := ChatAnswer{Ticket: c.ticket(receipt)}
	if result.Held, err = c.settle(ctx, receipt); err != nil {
		return ChatAnswer{}, err
	}
	if result.withheld() {
		choice.Message = llm.ChatMessage{Role: "assistant", Content: c.policy.Gateway.RefusalText()}
		choice.FinishReason, choice.LogProbs = llm.FinishContentFilter, nil
	}
	if !c.policy.Gateway.Logprobs {
		choice.LogProbs = nil
	}
	answer.Choices = []llm.ChatChoice{choice}
	answer.Usage.PromptTokens, answer.Usage.CompletionTokens = out.usage.PromptTokens, out.usage.CompletionTokens
	answer.Usage.TotalTokens = out.usage.PromptTokens + out.usage.CompletionTokens
	result.Response = answer
	c.told(result.outcome())
	return result, nil
}

func (a ChatAnswer) withheld() bool {
	return a.Ticket.Verdict == review.VerdictBlock || a.Held == SettledRefused || a.Held == SettledOpen
}

func (a ChatAnswer) outcome() string {
	if a.withheld() {
		return OutcomeWithheld
	}
	return OutcomeAnswered
}

func usageOf(u llm.Usage) review.Usage {
	return review.Usage{PromptTokens: max(u.PromptTokens, 0), CompletionTokens: max(u.CompletionTokens, 0)}
}

// countMissing counts what the upstream did not count.
func (c *guarded) countMissing(out *output) {
	if out.usage.PromptTokens > 0 || out.usage.CompletionTokens > 0 {
		return
	}
	out.usage.PromptTokens = c.tokensIn()
	out.usage.CompletionTokens = llm.CountTokens(c.sub.Model, out.text)
	for _, call := range out.calls {
		out.usage.CompletionTokens += llm.CountTokens(c.sub.Model, call.Name) + llm.CountTokens(c.sub.Model, string(call.Arguments))
	}
}
