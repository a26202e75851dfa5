package llm

import (
	"context"
	"errors"
	"time"
)

// watch ends a stream that has fallen silent.
type watch struct {
	timer   *time.Timer
	silence time.Duration
	cancel  context.CancelCauseFunc
	ctx     context.Context //nolint:containedctx // it is what the watch ends
	stop    context.CancelFunc
}

var errSilent = errors.New("llm: the upstream has fallen silent")

func newWatch(ctx context.Context, p Patience) (context.Context, *watch) {
	bounded, stop := context.WithTimeout(ctx, p.Whole)
	watched, cancel := context.WithCancelCause(bounded)
	w := &watch{silence: p.Silence, cancel: cancel, ctx: watched, stop: stop}
	w.timer = time.AfterFunc(p.FirstByte, func() { cancel(errSilent) })
	return watched, w
}

// pat says that something came.
func (w *watch) pat() { w.timer.Reset(w.silence) }

// end stops watching and whatever is under way.
func (w *watch) end() {
	w.timer.Stop()
	w.cancel(nil)
	w.stop()
}

// blame replaces the error of a call that the watch ended by the reason: seen from the caller nothing was cancelled.
func (w *watch) blame(err error) error {
	if errors.Is(context.Cause(w.ctx), errSilent) {
		return errSilent
	}
	return err
}
