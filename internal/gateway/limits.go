package gateway

import (
	"cmp"
	"math"
	"strings"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// Asked are the numbers that a caller gave, where the request cannot tell zero from nothing.
type Asked struct {
	Temperature      *float64 `json:"temperature"`
	TopP             *float64 `json:"top_p"`
	PresencePenalty  *float64 `json:"presence_penalty"`
	FrequencyPenalty *float64 `json:"frequency_penalty"`
	MaxTokens        *int     `json:"max_tokens"`
	MaxCompletion    *int     `json:"max_completion_tokens"`
}

// limit keeps a number that was given within [least,most], and gives most to who gave none.
func limit(asked *float64, least, most float64) float32 {
	if asked == nil || math.IsNaN(*asked) {
		return float32(most)
	}
	return float32(min(max(*asked, least), most))
}

// sent writes zero as the smallest number there is: the library leaves zero out, and upstreams would take their own.
func sent(x float32) float32 {
	if x == 0 {
		return math.SmallestNonzeroFloat32
	}
	return x
}

// reasons tells whether the model takes no sampling parameters.
func reasons(model string) bool {
	for _, family := range []string{"o1", "o3", "o4", "gpt-5", "gpt-6"} {
		if strings.HasPrefix(model, family) {
			return true
		}
	}
	return false
}

// mostTokens is how long a completion may be.
func (a Asked) mostTokens(limits review.ModelLimits) int {
	most := limits.MostTokens()
	for _, asked := range []*int{a.MaxCompletion, a.MaxTokens} {
		if asked != nil && *asked > 0 {
			return min(*asked, most)
		}
	}
	return most
}

// apply sets the parameters of a request within the limits of its App.
func (a Asked) apply(request *llm.ChatRequest, rules review.GatewayRules) {
	limits := rules.Limits
	//lint:ignore SA1019 most upstreams that speak OpenAI's protocol know only the older field
	request.MaxTokens, request.MaxCompletionTokens = 0, 0
	request.Temperature, request.TopP, request.PresencePenalty, request.FrequencyPenalty = 0, 0, 0, 0
	if reasons(request.Model) {
		request.MaxCompletionTokens = a.mostTokens(limits)
		return
	}
	//lint:ignore SA1019 as above
	request.MaxTokens = a.mostTokens(limits)
	request.Temperature = sent(limit(a.Temperature, 0, limits.HighestTemperature()))
	request.TopP = sent(limit(a.TopP, 0, limits.HighestTopP()))
	request.PresencePenalty = limit(a.PresencePenalty, -limits.HighestPenalty(), limits.HighestPenalty())
	request.FrequencyPenalty = limit(a.FrequencyPenalty, -limits.HighestPenalty(), limits.HighestPenalty())
}

// permit refuses what the App does not allow, and leaves out what would leave unseen.
func permit(request *llm.ChatRequest, rules review.GatewayRules) error {
	switch {
	case request.Model == "":
		return invalid("model", "is missing")
	case len(request.Messages) == 0:
		return invalid("messages", "is missing")
	case !rules.MayAsk(request.Model):
		return review.Errorf(review.CodeForbidden, "this App may not ask the model %.100q", request.Model)
	case (request.LogProbs || request.TopLogProbs > 0) && !rules.Logprobs:
		return invalid("logprobs", "is not allowed for this App")
	case request.N > 1:
		return invalid("n", "must be 1")
	//lint:ignore SA1019 old clients still send them, and must be told
	case len(request.Functions) > 0 || request.FunctionCall != nil:
		return invalid("functions", "is not supported: use tools")
	case request.Prediction != nil:
		return invalid("prediction", "is not supported")
	case request.Store:
		return invalid("store", "is not supported: answers are kept here, not there")
	}
	request.N, request.Metadata, request.ChatTemplateKwargs, request.GuidedChoice = 0, nil, nil, nil
	return nil
}

// models is the one that was asked for and those that may step in.
func models(model string, rules review.GatewayRules) []string {
	out := []string{model}
	for _, fallback := range rules.Fallbacks {
		if fallback != model {
			out = append(out, fallback)
		}
	}
	return out
}

// userID is who stands behind the call.
func userID(extra Extra, fields ...string) string {
	for _, f := range fields {
		extra.UserID = cmp.Or(extra.UserID, f)
	}
	return extra.UserID
}
