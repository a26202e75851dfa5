package llm

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// watched ends a request whose upstream has fallen silent: before its answer begins, or in the middle of it.
type watched struct {
	http.RoundTripper
	firstByte time.Duration
	silence   time.Duration
}

var errSilent = errors.New("llm: the upstream has fallen silent")

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	timer := time.AfterFunc(w.firstByte, func() { cancel(errSilent) })
	answer, err := w.RoundTripper.RoundTrip(r.WithContext(ctx))
	if err != nil {
		timer.Stop()
		defer cancel(nil)
		return nil, blame(ctx, err)
	}
	timer.Reset(w.silence)
	answer.Body = &watchedBody{ReadCloser: answer.Body, ctx: ctx, cancel: cancel, timer: timer, silence: w.silence}
	return answer, nil
}

// watchedBody says with every piece that the upstream is there.
type watchedBody struct {
	io.ReadCloser
	ctx     context.Context //nolint:containedctx // of the request that the body answers
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	silence time.Duration
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch {
	case err == nil:
		b.timer.Reset(b.silence)
	case !errors.Is(err, io.EOF):
		err = blame(b.ctx, err)
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.timer.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}

// blame replaces the error of a request that the watch ended by the reason: seen from the caller nothing was cancelled.
func blame(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}
