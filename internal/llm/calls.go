package llm

import (
	"context"
	"slices"
	"strings"
)

// Text asks for one completion of a prompt.
func (c *Client) Text(ctx context.Context, models []string, request TextRequest) (TextResponse, Route, error) {
	var answer TextResponse
	request.Stream, request.StreamOptions = false, nil
	route, err := c.whole(ctx, models, func(ctx context.Context, s *service, model string) (err error) {
		request.Model = model
		answer, err = s.api.CreateCompletion(ctx, request)
		if err == nil && len(answer.Choices) == 0 {
			err = errGarbled
		}
		return sendable(err)
	})
	return answer, route, err
}

// Embed asks for embeddings.
func (c *Client) Embed(ctx context.Context, models []string, request EmbedRequest) (EmbedResponse, Route, error) {
	var answer EmbedResponse
	route, err := c.whole(ctx, models, func(ctx context.Context, s *service, model string) (err error) {
		request.Model = EmbeddingModel(model)
		answer, err = s.api.CreateEmbeddings(ctx, request)
		return sendable(err)
	})
	return answer, route, err
}

// Respond asks the Responses API.
func (c *Client) Respond(ctx context.Context, models []string, request ResponseRequest) (ResponseAnswer, Route, error) {
	var answer ResponseAnswer
	request.Stream, request.StreamOptions = false, nil
	route, err := c.whole(ctx, models, func(ctx context.Context, s *service, model string) (err error) {
		request.Model = model
		answer, err = s.api.CreateResponse(ctx, request)
		if err == nil && answer.ID == "" {
			err = errGarbled
		}
		return sendable(err)
	})
	return answer, route, err
}

// whole is ask for calls whose answer comes in one piece.
func (c *Client) whole(ctx context.Context, models []string, call func(context.Context, *service, string) error) (Route, error) {
	return c.ask(ctx, models, func(ctx context.Context, s *service, model string) error {
		ctx, cancel := context.WithTimeout(ctx, c.options.Patience.Whole)
		defer cancel()
		return call(ctx, s, model)
	})
}

// Models lists what the upstreams serve, by name. One that does not answer is left out; when none does, that is the error.
func (c *Client) Models(ctx context.Context) ([]Model, error) {
	var out []Model
	var failed error
	answered := len(c.services) == 0
	for _, s := range c.services {
		_, err := c.persist(ctx, s, modelsList, func(ctx context.Context, s *service, _ string) error {
			list, err := s.api.ListModels(ctx)
			for _, m := range list.Models {
				if s.serves(m.ID) && !slices.ContainsFunc(out, func(o Model) bool { return o.ID == m.ID }) {
					out = append(out, m)
				}
			}
			return err
		})
		if err != nil {
			failed = err
			continue
		}
		answered = true
	}
	if !answered {
		return nil, c.coded(ctx, failed)
	}
	slices.SortFunc(out, func(a, b Model) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// modelsList is the breaker of the list of models; no model has this name.
const modelsList = "(models)"
