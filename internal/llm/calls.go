package llm

import (
	"context"
	"slices"
	"strings"
)

// Text asks for one completion of a prompt.
func (c *Client) Text(ctx context.Context, models []string, request TextRequest) (TextResponse, Route, error) {
	request.Stream, request.StreamOptions = false, nil
	return generated(ctx, c, models, func(ctx context.Context, s *service, model string) (TextResponse, error) {
		request := request
		request.Model = model
		answer, err := s.api.CreateCompletion(ctx, request)
		if err == nil && len(answer.Choices) == 0 {
			err = errGarbled
		}
		return answer, sendable(err)
	})
}

// Embed asks for embeddings.
func (c *Client) Embed(ctx context.Context, models []string, request EmbedRequest) (EmbedResponse, Route, error) {
	return ask(ctx, c, models, whole(c, func(ctx context.Context, s *service, model string) (EmbedResponse, error) {
		request.Model = EmbeddingModel(model)
		answer, err := s.api.CreateEmbeddings(ctx, request)
		return answer, sendable(err)
	}))
}

// Respond asks the Responses API.
func (c *Client) Respond(ctx context.Context, models []string, request ResponseRequest) (ResponseAnswer, Route, error) {
	request.Stream, request.StreamOptions = false, nil
	return generated(ctx, c, models, func(ctx context.Context, s *service, model string) (ResponseAnswer, error) {
		request := request
		request.Model = model
		answer, err := s.api.CreateResponse(ctx, request)
		if err == nil && answer.ID == "" {
			err = errGarbled
		}
		return answer, sendable(err)
	})
}

// whole bounds an attempt whose answer comes in one piece.
func whole[T any](c *Client, call attempt[T]) attempt[T] {
	return func(ctx context.Context, s *service, model string) (T, error) {
		ctx, cancel := context.WithTimeout(ctx, c.options.Patience.Whole)
		defer cancel()
		return call(noting(ctx), s, model)
	}
}

// generated asks for what a model writes, in one piece.
func generated[T any](ctx context.Context, c *Client, models []string, call attempt[T]) (T, Route, error) {
	answer, route, release, err := hedged(ctx, c, models, whole(c, call), func(T) {})
	release()
	return answer, route, err
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
