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
	request.Stream, request.StreamOptions = false, nil
	return generated(ctx, c, models, func(ctx context.Context, s *service, model string) (ChatResponse, error) {
		request := request
		request.Model = model
		answer, err := s.api.CreateChatCompletion(ctx, request)
		if err == nil && len(answer.Choices) == 0 {
			err = errGarbled
		}
		return answer, sendable(err)
	})
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
	cancel context.CancelFunc
	client *Client
	ctx    context.Context //nolint:containedctx // of the call that the stream belongs to
}

// Stream asks for a completion in pieces. It returns once the first piece is there: until then an attempt may be repeated,
// afterwards never.
func (c *Client) Stream(ctx context.Context, models []string, request ChatRequest) (*Stream, error) {
	request.Stream = true
	stream, route, release, err := hedged(ctx, c, models, func(ctx context.Context, s *service, model string) (*Stream, error) {
		request := request
		request.Model = model
		ctx, cancel := context.WithTimeout(ctx, c.options.Patience.Whole)
		source, err := s.api.CreateChatCompletionStream(ctx, request)
		if err != nil {
			cancel()
			return nil, sendable(err)
		}
		first, err := source.Recv()
		if err != nil {
			_ = source.Close()
			cancel()
			return nil, cutShort(err)
		}
		return &Stream{first: &first, source: source, cancel: cancel, client: c}, nil
	}, (*Stream).Close)
	if err != nil {
		return nil, err
	}
	end := stream.cancel
	stream.cancel = func() { end(); release() }
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

// Next returns the next piece; io.EOF when the stream is over. The library ends it in the same way whether the model said
// that it was done or the line broke: whoever reads must have seen a finish_reason to believe the end.
func (s *Stream) Next() (ChatChunk, error) {
	if s.first != nil {
		chunk := *s.first
		s.first = nil
		return chunk, nil
	}
	chunk, err := s.source.Recv()
	if err == nil || errors.Is(err, io.EOF) {
		return chunk, err
	}
	return ChatChunk{}, s.client.coded(s.ctx, err)
}

// Close breaks the call off, if it is still under way.
func (s *Stream) Close() {
	s.cancel()
	_ = s.source.Close()
}
