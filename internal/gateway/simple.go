package gateway

import (
	"context"
	"strings"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// SimpleCall is one prompt.
type SimpleCall struct {
	Prompt string
	Model  string // "" means the first that the App may ask
	Extra  Extra
}

// Simple guards the answer to one prompt.
func (g *Gateway) Simple(ctx context.Context, caller review.Caller, call SimpleCall) (ChatAnswer, error) {
	policy, err := g.Service.CallerPolicy(ctx, caller)
	if err != nil {
		return ChatAnswer{}, err
	}
	model := call.Model
	if model == "" {
		model = g.firstModel(policy.Gateway)
	}
	return g.Chat(ctx, caller, ChatCall{
		Request: llm.ChatRequest{Model: model, Messages: []llm.ChatMessage{{Role: "user", Content: call.Prompt}}},
		Extra:   call.Extra,
	})
}

// firstModel is the model of callers who name none.
func (g *Gateway) firstModel(rules review.GatewayRules) string {
	for _, m := range rules.Models {
		if !hasWildcard(m) {
			return m
		}
	}
	return g.DefaultModel
}

func hasWildcard(pattern string) bool { return strings.ContainsAny(pattern, "*?[") }
