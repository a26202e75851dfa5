package llm

import (
	"context"
	"errors"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/sony/gobreaker/v2"
)

// errOutrun is why an attempt was given up whose call another one has answered.
var errOutrun = errors.New("llm: another attempt was faster")

// contest is one call that two attempts may answer; the first answer wins. It is over when an attempt is answered, or when
// none is left.
type contest[T any] struct {
	call    attempt[T]
	discard func(T) // ends an answer that came second
	won     atomic.Bool
	ends    chan end[T] // has room for both: who comes late finds nobody waiting, and goes
}

type end[T any] struct {
	contender int
	answer    T
	route     Route
	err       error
}

// begin lets a contender run, and returns what gives it up.
func (k *contest[T]) begin(ctx context.Context, contender int, try func(context.Context) (T, Route, error)) context.CancelCauseFunc {
	ctx, drop := context.WithCancelCause(ctx)
	go func() {
		answer, route, err := try(ctx)
		if err == nil && !k.won.CompareAndSwap(false, true) {
			k.discard(answer)
			err = errOutrun
		}
		k.ends <- end[T]{contender, answer, route, err}
	}()
	return drop
}

// hedged is ask, with a second attempt beside the first when that has not answered after Options.HedgeAfter: at the next
// upstream that serves the model, or at the same one. The first one goes on as ever, with its repetitions and fallbacks;
// the second is tried once. release must be called when the answer is done with: it ends what still belongs to it.
func hedged[T any](ctx context.Context, c *Client, models []string, call attempt[T], discard func(T)) (answer T, route Route, release func(), err error) {
	if c.options.HedgeAfter == 0 || len(models) == 0 {
		answer, route, err = ask(ctx, c, models, call)
		return answer, route, func() {}, err
	}
	k := &contest[T]{call: call, discard: discard, ends: make(chan end[T], 2)}
	begun := new(atomic.Bool)
	drops := []context.CancelCauseFunc{k.begin(tracing(ctx, begun), 0, func(ctx context.Context) (T, Route, error) { return ask(ctx, c, models, call) })}
	due, stop := c.after(ctx)
	defer stop()
	running, outrun := 1, false
	for {
		select {
		case <-due:
			due = nil
			if s := c.second(models[0]); s != nil && !begun.Load() {
				running++
				drops = append(drops, k.begin(ctx, 1, func(ctx context.Context) (T, Route, error) { return once(ctx, c, s, models[0], call) }))
			}
		case e := <-k.ends:
			running--
			if e.err == nil {
				if running > 0 {
					drops[1-e.contender](errOutrun)
				}
				e.route.Outrun = running > 0 || outrun
				return e.answer, e.route, func() { drops[e.contender](nil) }, nil
			}
			outrun = outrun || errors.Is(e.err, errOutrun)
			if drops[e.contender](nil); e.contender == 0 {
				err = e.err
			}
			if running == 0 {
				return answer, Route{}, func() {}, err
			}
		}
	}
}

// after is a channel that is closed when it is time for a second attempt.
func (c *Client) after(ctx context.Context) (due chan struct{}, stop context.CancelFunc) {
	ctx, stop = context.WithCancel(ctx)
	due = make(chan struct{})
	go func() {
		if c.options.Wait(ctx, c.options.HedgeAfter) == nil {
			close(due)
		}
	}()
	return due, stop
}

// second is where a second attempt goes: to the second upstream that serves the model, or to the only one. It is nil where
// nobody is asked now.
func (c *Client) second(model string) *service {
	var serving []*service
	for _, s := range c.services {
		if s.serves(model) {
			serving = append(serving, s)
		}
	}
	if len(serving) == 0 {
		return nil
	}
	s := serving[min(1, len(serving)-1)]
	if s.breaker(model).State() != gobreaker.StateClosed {
		return nil
	}
	return s
}

// once asks one upstream, once.
func once[T any](ctx context.Context, c *Client, s *service, model string, call attempt[T]) (answer T, route Route, err error) {
	err = c.once(ctx, s, model, func(ctx context.Context, s *service, model string) (err error) {
		answer, err = call(ctx, s, model)
		return err
	})
	if err != nil {
		return answer, Route{}, err
	}
	return answer, s.route(model, 1), nil
}

type begunKey struct{}

// tracing lets a call note that its answer has begun; it asks for that with noting.
func tracing(ctx context.Context, begun *atomic.Bool) context.Context {
	return context.WithValue(ctx, begunKey{}, begun)
}

// noting is for calls whose answer comes in one piece: from its first byte on, a second attempt would only cost. One that is
// repeated has not begun.
func noting(ctx context.Context) context.Context {
	begun, ok := ctx.Value(begunKey{}).(*atomic.Bool)
	if !ok {
		return ctx
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              func(string) { begun.Store(false) },
		GotFirstResponseByte: func() { begun.Store(true) },
	})
}
