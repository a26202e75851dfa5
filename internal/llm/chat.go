package llm

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sashabaranov/go-openai"
)

// Chat asks for one completion. The models after the first are fallbacks.
func (c *Client) Chat(ctx context.Context, models []string, request ChatRequest) (ChatResponse, Route, error) {
	var answer ChatResponse
	request.Stream, request.StreamOptions = false, nil
	route, err := c.ask(ctx, models, func(ctx context.Context, s *service, model string) error {
		ctx, cancel := context.WithTimeout(ctx, c.options.Patience.Whole)
		defer cancel()
		request.Model = model
		var err error
		answer, err = s.api.CreateChatCompletion(ctx, request)
		if err == nil && len(answer.Choices) == 0 {
			err = errGarbled
		}
		return sendable(err)
	})
	return answer, route, err
}

// errGarbled says that an answer came and is none.
var errGarbled = errors.New("llm: the answer cannot be understood")

// sendable marks what the library refuses before it sends.
func sendable(err error) error {
	for _, unsent := range []error{
		openai.ErrReasoningModelMaxTokensDeprecated, openai.ErrReasoningModelLimitationsLogprobs, openai.ErrReasoningModelLimitationsOther,
		openai.ErrReasoningEffortUnsupported, openai.ErrReasoningSamplingUnsupported, openai.ErrReasoningToolsRequireResponses,
		openai.ErrChatCompletionInvalidModel, openai.ErrCompletionUnsupportedModel, openai.ErrCompletionRequestPromptTypeNotSupported,
		openai.ErrContentFieldsMisused,
	} {
		if errors.Is(err, unsent) {
			return fmt.Errorf("%w: %w", errCannotAsk, err)
		}
	}
	return err
}

// Stream is a completion that comes in pieces. It must be closed.
type Stream struct {
	Route  Route
	first  *ChatChunk
	source *openai.ChatCompletionStream
	watch  *watch
	client *Client
	ctx    context.Context //nolint:containedctx // of the call that the stream belongs to
}

// Stream asks for a completion in pieces. It returns once the first piece is there: until then an attempt may be repeated,
// afterwards never.
func (c *Client) Stream(ctx context.Context, models []string, request ChatRequest) (*Stream, error) {
	var stream *Stream
	request.Stream = true
	route, err := c.ask(ctx, models, func(ctx context.Context, s *service, model string) error {
		request.Model = model
		watched, watch := newWatch(ctx, c.options.Patience)
		source, err := s.api.CreateChatCompletionStream(watched, request)
		if err != nil {
			watch.end()
			return sendable(watch.blame(err))
		}
		watch.pat()
		first, err := source.Recv()
		if err != nil {
			_ = source.Close()
			watch.end()
			return watch.blame(cutShort(err))
		}
		watch.pat()
		stream = &Stream{first: &first, source: source, watch: watch, client: c}
		return nil
	})
	if err != nil {
		return nil, err
	}
	stream.Route, stream.ctx = route, ctx
	return stream, nil
}

// cutShort: a stream that ends before anything came is no answer.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Next returns the next piece; io.EOF when the model was done.
func (s *Stream) Next() (ChatChunk, error) {
	if s.first != nil {
		chunk := *s.first
		s.first = nil
		return chunk, nil
	}
	chunk, err := s.source.Recv()
	if err == nil {
		s.watch.pat()
		return chunk, nil
	}
	// The library ends a stream in the same way whether the model said that it was done or the line broke; so whoever
	// reads must have seen a finish_reason to believe the end.
	if errors.Is(err, io.EOF) {
		return ChatChunk{}, io.EOF
	}
	return ChatChunk{}, s.client.coded(s.ctx, s.watch.blame(err))
}

// Close breaks the call off, if it is still under way.
func (s *Stream) Close() {
	s.watch.end()
	_ = s.source.Close()
}
