package gateway

import (
	"context"
	"strconv"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// startTexts guards what goes in where it is no conversation: one text is a prompt, several are documents. It returns the
// texts as they may leave.
func (g *Gateway) startTexts(ctx context.Context, caller review.Caller, endpoint, model string, texts []string, extra Extra, users []string, most int) (*guarded, []string, error) {
	policy, err := g.Service.CallerPolicy(ctx, caller)
	if err != nil {
		return nil, nil, err
	}
	if model != "" && !policy.Gateway.MayAsk(model) {
		return nil, nil, review.Errorf(review.CodeForbidden, "this App may not ask the model %.100q", model)
	}
	sub := review.Submission{Model: model}
	extra.describe(&sub, users...)
	segments := []string{"prompt"}
	if len(texts) == 1 {
		sub.Prompt = texts[0]
	} else {
		segments = make([]string, len(texts))
		given := len(sub.Documents)
		for i, text := range texts {
			segments[i] = "documents[" + strconv.Itoa(given+i) + "]"
			sub.Documents = append(sub.Documents, review.Document{Content: text})
		}
	}
	c, err := g.start(ctx, caller, endpoint, policy, sub, need{most: most})
	if err != nil || policy.Gateway.SendPersonal {
		return c, texts, err
	}
	clean := make([]string, len(texts))
	for i, text := range texts {
		clean[i] = c.input.Sanitized(segments[i], text)
	}
	return c, clean, nil
}

// TextCall is a completion of a prompt, as a caller asks for it.
type TextCall struct {
	Request llm.TextRequest // without its prompt
	Prompt  string
	Asked   Asked
	Extra   Extra
}

// TextAnswer is what the caller gets.
type TextAnswer struct {
	Response llm.TextResponse
	Ticket   Ticket
}

// Complete guards a completion of a prompt.
func (g *Gateway) Complete(ctx context.Context, caller review.Caller, call TextCall) (TextAnswer, error) {
	request := call.Request
	switch {
	case request.Model == "":
		return TextAnswer{}, invalid("model", "is missing")
	case request.N > 1 || request.BestOf > 1:
		return TextAnswer{}, invalid("n", "and best_of must be 1")
	case request.LogProbs > 0 || request.Echo || request.Suffix != "" || request.Store:
		return TextAnswer{}, invalid("logprobs", "echo, suffix and store are not supported")
	}
	policy, err := g.Service.CallerPolicy(ctx, caller)
	if err != nil {
		return TextAnswer{}, err
	}
	limits := policy.Gateway.Limits
	c, clean, err := g.startTexts(ctx, caller, "completion", request.Model, []string{call.Prompt}, call.Extra, []string{request.User}, call.Asked.mostTokens(limits))
	if err != nil {
		return TextAnswer{}, err
	}
	request.Prompt, request.User, request.Metadata = clean[0], alias(caller, c.sub.UserID), nil
	if policy.Gateway.System != "" {
		request.Prompt = policy.Gateway.System + "\n\n" + clean[0]
	}
	request.MaxTokens = call.Asked.mostTokens(limits)
	request.Temperature = sent(limit(call.Asked.Temperature, 0, limits.HighestTemperature()))
	request.TopP = sent(limit(call.Asked.TopP, 0, limits.HighestTopP()))
	request.PresencePenalty = limit(call.Asked.PresencePenalty, -limits.HighestPenalty(), limits.HighestPenalty())
	request.FrequencyPenalty = limit(call.Asked.FrequencyPenalty, -limits.HighestPenalty(), limits.HighestPenalty())
	asked := g.Clock()
	answer, route, err := g.Models.Text(ctx, models(request.Model, policy.Gateway), request)
	c.upstream = g.Clock().Sub(asked)
	if err != nil {
		return TextAnswer{}, c.fail(ctx, err)
	}
	return c.answerText(ctx, answer, route)
}

func (c *guarded) answerText(ctx context.Context, answer llm.TextResponse, route llm.Route) (TextAnswer, error) {
	choice := llm.TextChoice{Text: c.restore.text(answer.Choices[0].Text), FinishReason: answer.Choices[0].FinishReason}
	out := output{text: choice.Text, route: route}
	if answer.Usage != nil {
		out.usage = usageOf(*answer.Usage)
	}
	c.countMissing(&out)
	receipt, err := c.record(ctx, out)
	if err != nil {
		return TextAnswer{}, err
	}
	held, err := c.settle(ctx, receipt)
	if err != nil {
		return TextAnswer{}, err
	}
	result := ChatAnswer{Ticket: c.ticket(receipt), Held: held}
	if result.withheld() {
		choice.Text, choice.FinishReason = c.policy.Gateway.RefusalText(), string(llm.FinishContentFilter)
	}
	answer.Choices = []llm.TextChoice{choice}
	c.told(result.outcome())
	return TextAnswer{Response: answer, Ticket: result.Ticket}, nil
}

// EmbedCall asks for embeddings of texts.
type EmbedCall struct {
	Request llm.EmbedRequest // without its input
	Texts   []string
	Extra   Extra
}

// EmbedAnswer is what the caller gets.
type EmbedAnswer struct {
	Response llm.EmbedResponse
	Ticket   Ticket
}

// Embed guards a request for embeddings. They cannot be screened: an embedding tells what the text said.
func (g *Gateway) Embed(ctx context.Context, caller review.Caller, call EmbedCall) (EmbedAnswer, error) {
	policy, err := g.Service.CallerPolicy(ctx, caller)
	switch {
	case err != nil:
		return EmbedAnswer{}, err
	case !policy.Gateway.Embeddings:
		return EmbedAnswer{}, review.Errorf(review.CodeForbidden, "this App may not ask for embeddings; its policy can allow them")
	case call.Request.Model == "":
		return EmbedAnswer{}, invalid("model", "is missing")
	}
	request := call.Request
	c, clean, err := g.startTexts(ctx, caller, "embeddings", string(request.Model), call.Texts, call.Extra, []string{request.User}, 0)
	if err != nil {
		return EmbedAnswer{}, err
	}
	request.Input, request.User, request.ExtraBody = clean, alias(caller, c.sub.UserID), nil
	asked := g.Clock()
	answer, route, err := g.Models.Embed(ctx, models(string(request.Model), policy.Gateway), request)
	c.upstream = g.Clock().Sub(asked)
	if err != nil {
		return EmbedAnswer{}, c.fail(ctx, err)
	}
	receipt, err := c.record(ctx, output{usage: usageOf(answer.Usage), route: route})
	if err != nil {
		return EmbedAnswer{}, err
	}
	c.told(OutcomeAnswered)
	return EmbedAnswer{Response: answer, Ticket: c.ticket(receipt)}, nil
}

// ModerateCall asks what texts are suspected of.
type ModerateCall struct {
	Model string
	Texts []string
	Extra Extra
}

// ModerateAnswer is what the caller gets.
type ModerateAnswer struct {
	Response llm.ModerationResponse
	Ticket   Ticket
}

// Moderate passes texts on to the upstream's moderation. What the guard blocks is moderated, too: that is what moderation
// is for; but it leaves redacted, and it is recorded.
func (g *Gateway) Moderate(ctx context.Context, caller review.Caller, call ModerateCall) (ModerateAnswer, error) {
	policy, err := g.Service.CallerPolicy(ctx, caller)
	if err != nil {
		return ModerateAnswer{}, err
	}
	sub := review.Submission{Model: call.Model}
	call.Extra.describe(&sub)
	sub.Documents = nil
	for _, text := range call.Texts {
		sub.Documents = append(sub.Documents, review.Document{Content: text})
	}
	if err := sub.Validate(g.Clock().UTC()); err != nil {
		return ModerateAnswer{}, err
	}
	c := &guarded{gateway: g, caller: caller, policy: policy, endpoint: "moderations", id: g.NewID(), sub: sub, restore: nothing()}
	if err := c.admit(ctx, 0); err != nil {
		return ModerateAnswer{}, c.fail(ctx, err)
	}
	c.input = g.Service.Assess(ctx, c.content().Segments(), policy)
	clean := make([]string, len(call.Texts))
	for i, text := range call.Texts {
		clean[i] = text
		if !policy.Gateway.SendPersonal {
			clean[i] = c.input.Sanitized("documents["+strconv.Itoa(i)+"]", text)
		}
	}
	asked := g.Clock()
	answer, err := g.Models.Moderate(ctx, llm.ModerationRequest{Model: call.Model, Input: clean})
	c.upstream = g.Clock().Sub(asked)
	if err != nil {
		return ModerateAnswer{}, c.fail(ctx, err)
	}
	receipt, err := c.record(ctx, output{})
	if err != nil {
		return ModerateAnswer{}, err
	}
	c.told(OutcomeAnswered)
	return ModerateAnswer{Response: answer, Ticket: c.ticket(receipt)}, nil
}

// ListModels lists the models that the caller's App may ask.
func (g *Gateway) ListModels(ctx context.Context, caller review.Caller) ([]llm.Model, error) {
	policy, err := g.Service.CallerPolicy(ctx, caller)
	if err != nil {
		return nil, err
	}
	all, err := g.Models.Models(ctx)
	if err != nil {
		return nil, err
	}
	var out []llm.Model
	for _, m := range all {
		if policy.Gateway.MayAsk(m.ID) {
			out = append(out, m)
		}
	}
	return out, nil
}
