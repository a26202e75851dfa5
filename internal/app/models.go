package app

import (
	"context"
	mathrand "math/rand/v2"
	"net/http"
	"os"

	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/guard/moderation"
	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// newModels makes the client of the services that the operator names: several, or the one of OPENAI_BASE_URL.
func newModels(model config.Model, told func(llm.Attempt)) (*llm.Client, error) {
	var upstreams []llm.Upstream
	switch {
	case model.Upstreams.IsSet():
		var err error
		if upstreams, err = llm.ReadUpstreams(model.Upstreams.Reveal(), os.LookupEnv); err != nil {
			return nil, err
		}
	case model.HasService():
		upstreams = []llm.Upstream{{Name: "openai", BaseURL: string(model.OpenAIBaseURL), Key: model.OpenAIKey.Reveal()}}
	}
	if len(upstreams) > 0 {
		go llm.LoadVocabulary() // the first call need not wait for it
	}
	patience := llm.DefaultPatience()
	patience.FirstByte, patience.Silence = model.UpstreamTimeout, model.UpstreamTimeout
	return llm.New(llm.Options{Upstreams: upstreams, Patience: patience, HedgeAfter: model.HedgeAfter, Rand: mathrand.Float64, Wait: llm.Wait, Told: told})
}

// moderator lets the moderation detector ask an upstream.
type moderator struct{ models *llm.Client }

// Moderate implements moderation.Moderator.
func (m moderator) Moderate(ctx context.Context, text string) (map[string]float64, error) {
	answer, err := m.models.Moderate(ctx, llm.ModerationRequest{Input: text})
	if err == nil {
		return answer.Results[0].Scores, nil
	}
	if refusal, ok := llm.AsRefusal(err); ok {
		switch refusal.Status {
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			return nil, moderation.ErrAbsent
		}
	}
	if review.CodeOf(err) == review.CodeNotFound { // no upstream serves the model
		return nil, moderation.ErrAbsent
	}
	return nil, err
}
