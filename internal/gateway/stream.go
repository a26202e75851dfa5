package gateway

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// Sink takes a stream. An error from it says that the caller is gone.
type Sink interface {
	Open(Ticket) error                         // once, before the first chunk
	Chunk(llm.ChatChunk) error                 // screened
	Waiting(ctx context.Context) (stop func()) // keeps the line awake while a person decides
	Close(Ticket, Settlement) error            // once everything is recorded
}

// The windows in which a stream is screened.
const (
	windowRunes = 80  // text is released at the end of a sentence, or when so many characters wait
	lookBack    = 400 // bytes that were released before and are read again with what comes
)

// Stream guards a completion that comes in pieces. Text reaches the sink only after the window in which it stands was
// screened; a violation cuts the stream. An error
// after the opening of the sink is still to be told there.
func (g *Gateway) Stream(ctx context.Context, caller review.Caller, call ChatCall, sink Sink) error {
	wantsUsage := call.Request.StreamOptions != nil && call.Request.StreamOptions.IncludeUsage
	c, err := g.startChat(ctx, caller, &call)
	if err != nil {
		return err
	}
	call.Request.StreamOptions = &llm.StreamOptions{IncludeUsage: true}
	asked := g.Clock()
	source, err := g.Models.Stream(ctx, models(call.Request.Model, c.policy.Gateway), call.Request)
	if err != nil {
		c.upstream = g.Clock().Sub(asked)
		return c.fail(ctx, err)
	}
	defer source.Close()
	f := &flow{guarded: c, sink: sink, wantsUsage: wantsUsage, holding: c.hold || c.policy.Gateway.Hold.Wanted(c.input)}
	f.windows = windowPolicy(c.policy)
	f.others = c.content().Segments()
	end := f.run(ctx, source)
	c.upstream = g.Clock().Sub(asked)
	source.Close() // what is not read any more is not generated any more
	return f.finish(ctx, end, source.Route)
}

// wholeOnly are detectors that say something of a whole answer and nothing of its parts.
var wholeOnly = []string{"output.schema", "output.grounding", "output.refusal", "output.length"}

// windowPolicy is the policy for parts of an answer.
func windowPolicy(p review.Policy) review.Policy {
	rules := make(map[string]review.Rule, len(p.Detectors))
	for id, r := range p.Detectors {
		if slices.Contains(wholeOnly, id) {
			r.Mode = review.ModeOff
		}
		rules[id] = r
	}
	p.Detectors = rules
	return p
}

// flow is a stream on its way through.
type flow struct {
	*guarded
	sink       Sink
	wantsUsage bool
	holding    bool // everything waits for a person: nothing is released before
	windows    review.Policy
	others     []review.Segment

	head     llm.ChatChunk   // what every chunk of this answer says
	opened   bool            // the sink was
	text     strings.Builder // of the answer so far, restored
	released int             // bytes of text that the caller has
	pending  string          // of the answer, not restored yet
	calls    []llm.ToolCall
	stopped  llm.FinishReason
	usage    *llm.Usage
}

// ending says why a stream is over.
type ending struct {
	cut  bool  // by a violation
	gone bool  // the caller is
	err  error // the upstream broke off
}

func (f *flow) run(ctx context.Context, source *llm.Stream) ending {
	for {
		chunk, err := source.Next()
		switch {
		case errors.Is(err, io.EOF) && f.stopped == "":
			return ending{err: review.Unavailable(io.ErrUnexpectedEOF, "the model's answer broke off", brokenRetry)}
		case errors.Is(err, io.EOF):
			return ending{}
		case err != nil:
			return ending{err: err}
		}
		if end, over := f.take(ctx, chunk); over {
			return end
		}
	}
}

// take reads one piece and releases what can be released.
func (f *flow) take(ctx context.Context, chunk llm.ChatChunk) (end ending, over bool) {
	if chunk.Usage != nil {
		f.usage = chunk.Usage
	}
	f.head = llm.ChatChunk{ID: chunk.ID, Object: chunk.Object, Created: chunk.Created, Model: chunk.Model, SystemFingerprint: chunk.SystemFingerprint}
	if !f.opened {
		f.opened = true
		if f.sink.Open(f.begun()) != nil || f.send(llm.ChunkDelta{Role: "assistant"}, "") != nil {
			return ending{gone: true}, true
		}
	}
	for _, choice := range chunk.Choices {
		if choice.Index != 0 {
			continue
		}
		f.pending += choice.Delta.Content + choice.Delta.Refusal
		f.gather(choice.Delta.ToolCalls)
		if choice.FinishReason != "" && choice.FinishReason != "null" {
			f.stopped = choice.FinishReason
		}
	}
	for {
		n := f.ripe()
		if n == 0 {
			return ending{}, false
		}
		piece := f.restore.text(f.pending[:n])
		f.pending = f.pending[n:]
		f.text.WriteString(piece)
		if f.holding {
			continue
		}
		if f.violates(ctx, piece) {
			return ending{cut: true}, true
		}
		if err := f.release(); err != nil {
			return ending{gone: true}, true
		}
	}
}

// gather puts the pieces of tool calls together: none is passed on before it is whole and screened.
func (f *flow) gather(pieces []llm.ToolCall) {
	for _, p := range pieces {
		place := len(f.calls)
		if p.Index != nil {
			place = *p.Index
		}
		if place < 0 || place >= maxStreamedCalls {
			continue
		}
		for len(f.calls) <= place {
			n := len(f.calls)
			f.calls = append(f.calls, llm.ToolCall{Index: &n, Type: "function"})
		}
		call := &f.calls[place]
		if p.ID != "" {
			call.ID = p.ID
		}
		call.Function.Name += p.Function.Name
		call.Function.Arguments += p.Function.Arguments
	}
}

// maxStreamedCalls bounds what an upstream can make us hold.
const maxStreamedCalls = 128

// ripe is how many bytes of what is pending may be screened and released now.
func (f *flow) ripe() int {
	n, runes := 0, 0
	for i, r := range f.pending {
		width := utf8.RuneLen(r)
		if r == utf8.RuneError {
			width = 1
		}
		next := i + max(width, 1)
		if runes++; runes >= windowRunes || r == '\n' || endsSentence(f.pending, i, next) {
			n = next
			break
		}
	}
	return f.restore.whole(f.pending[:n])
}

// endsSentence tells whether a sentence ends at [at,next) and another one may begin.
func endsSentence(s string, at, next int) bool {
	switch r, _ := utf8.DecodeRuneInString(s[at:]); r {
	case '。', '！', '？', '।', '؟':
		return true
	case '.', '!', '?', '…':
		if next >= len(s) {
			return false // a figure or an address may go on
		}
		after, _ := utf8.DecodeRuneInString(s[next:])
		return unicode.IsSpace(after)
	}
	return false
}

// violates screens the newest piece with what was released before it.
func (f *flow) violates(ctx context.Context, piece string) bool {
	text := f.text.String()
	start := max(0, len(text)-len(piece)-lookBack)
	for start < len(text) && !utf8.RuneStart(text[start]) {
		start++
	}
	window := review.Segment{Name: "response", Kind: review.SegmentResponse, Trust: review.TrustModel, Text: text[start:]}
	a := f.gateway.Service.AssessAmong(ctx, window, f.others, f.windows)
	f.least = max(f.least, a.Verdict)
	return a.Verdict == review.VerdictBlock || f.policy.Refuses(a.Failures)
}

// release gives the caller what was screened.
func (f *flow) release() error {
	text := f.text.String()
	piece := text[f.released:]
	f.released = len(text)
	if piece == "" {
		return nil
	}
	return f.send(llm.ChunkDelta{Content: piece}, "")
}

func (f *flow) send(delta llm.ChunkDelta, finish llm.FinishReason) error {
	chunk := f.head
	chunk.Choices = []llm.ChunkChoice{{Delta: delta, FinishReason: finish}}
	return f.sink.Chunk(chunk)
}

// finish records the whole, releases what is left of it, and says how it ended.
func (f *flow) finish(ctx context.Context, end ending, route llm.Route) error {
	f.text.WriteString(f.restore.text(f.pending))
	out := output{text: f.text.String(), route: route}
	if f.usage != nil {
		out.usage = usageOf(*f.usage)
	}
	for i := range f.calls {
		f.calls[i].Function.Arguments = f.restore.arguments(f.calls[i].Function.Arguments)
		out.calls = append(out.calls, toolCall(f.calls[i]))
	}
	f.countMissing(&out)
	switch {
	case end.cut:
		f.least = review.VerdictBlock
	case end.gone:
		out.error = "the caller went away"
	case end.err != nil:
		out.error = failure(end.err)
	}
	receipt, err := f.record(ctx, out)
	if err != nil {
		return err
	}
	ticket := f.ticket(receipt)
	switch {
	case end.gone || ctx.Err() != nil:
		f.told(OutcomeGone)
		return nil
	case end.err != nil:
		f.told(OutcomeFailed)
		return &Failed{ticket, end.err}
	}
	return f.conclude(ctx, ticket, receipt, out)
}

// conclude sends the end of a stream that was recorded.
func (f *flow) conclude(ctx context.Context, ticket Ticket, receipt review.Receipt, out output) error {
	stop := f.sink.Waiting(ctx)
	held, err := f.settle(ctx, receipt)
	stop()
	if err != nil {
		return err
	}
	result := ChatAnswer{Ticket: ticket, Held: held}
	defer func() { f.told(result.outcome()) }()
	finish := f.stopped
	switch {
	case result.withheld():
		finish = llm.FinishContentFilter
		if f.released == 0 {
			_ = f.send(llm.ChunkDelta{Content: f.policy.Gateway.RefusalText()}, "")
		}
	default:
		_ = f.release()
		if len(f.calls) > 0 {
			_ = f.send(llm.ChunkDelta{ToolCalls: f.calls}, "")
		}
	}
	_ = f.send(llm.ChunkDelta{}, finish)
	if f.wantsUsage {
		usage := f.head
		usage.Choices = []llm.ChunkChoice{}
		usage.Usage = &llm.Usage{PromptTokens: out.usage.PromptTokens, CompletionTokens: out.usage.CompletionTokens, TotalTokens: out.usage.PromptTokens + out.usage.CompletionTokens}
		_ = f.sink.Chunk(usage)
	}
	_ = f.sink.Close(ticket, held) // who does not listen any more need not hear the end: it is recorded
	return nil
}

// brokenRetry is when a caller may ask again whose answer broke off.
const brokenRetry = time.Second
