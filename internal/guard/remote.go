package guard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/guardroom/guardroom/internal/review"
)

// Remote is a detector that calls out, and so may be slow, wrong or gone. It sees one
// Segment as it is written; what it returns is what a Detector returns. It must be
// safe for concurrent use and return soon after ctx is done.
type Remote interface {
	Ask(ctx context.Context, segment review.Segment) ([]review.Finding, error)
}

// Reach bounds what a Remote may cost. All fields are required.
type Reach struct {
	Segments    []review.SegmentKind // what it is asked about
	Concurrency int                  // how many calls may be under way at once, over all screenings
	Deadline    time.Duration        // of one call; that of the policy may be nearer
	Failures    int                  // so many in a row, and it is not asked any more …
	Pause       time.Duration        // … for so long; then one call finds out whether it is back

	// Redacted: it is asked after the local detectors, and sees placeholders in the place of personal data and secrets.
	// Its Findings are about whole Segments.
	Redacted bool
}

// ErrAbsent is the error of a Remote whose service does not offer what it is asked for. It says nothing of the service's
// health, and its Failure does not flag.
var ErrAbsent = errors.New("guard: the service does not offer this")

func (r Reach) check() error {
	switch {
	case len(r.Segments) == 0:
		return errors.New("a remote detector needs kinds of segments to be asked about")
	case r.Concurrency < 1 || r.Failures < 1 || r.Deadline <= 0 || r.Pause <= 0:
		return fmt.Errorf("the limits of a remote detector must be positive: %+v", r)
	}
	return nil
}

// outpost is a Remote behind its limits.
type outpost struct {
	spec    Spec
	remote  Remote
	slots   chan struct{}
	breaker *gobreaker.CircuitBreaker[[]review.Finding]
	opened  atomic.Pointer[time.Time] // when the breaker opened; nil while it is closed
	failed  func(detector string, err error)
}

func newOutpost(spec Spec, failed func(string, error)) (*outpost, error) {
	remote, err := spec.NewRemote()
	if err != nil {
		return nil, err
	}
	o := &outpost{spec: spec, remote: remote, failed: failed, slots: make(chan struct{}, spec.Reach.Concurrency)}
	o.breaker = gobreaker.NewCircuitBreaker[[]review.Finding](gobreaker.Settings{
		Name: spec.ID, MaxRequests: 1, Timeout: spec.Reach.Pause,
		ReadyToTrip: func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= spec.Reach.Failures },
		// An App that hung up says nothing about the service.
		IsExcluded:    func(err error) bool { return errors.Is(err, context.Canceled) || errors.Is(err, ErrAbsent) },
		OnStateChange: func(_ string, from, to gobreaker.State) { o.changed(from, to) },
	})
	return o, nil
}

// changed notes since when nobody is asked: a try in vain whether the service is back does not begin anew.
func (o *outpost) changed(from, to gobreaker.State) {
	switch {
	case to == gobreaker.StateClosed:
		o.opened.Store(nil)
	case from == gobreaker.StateClosed:
		now := time.Now()
		o.opened.Store(&now)
	}
}

// RemoteStanding is how a remote detector does.
type RemoteStanding struct {
	review.DetectorSpec
	review.Breaker
}

// Remotes tells how the remote detectors do, in the order of Specs.
func (p *Pipeline) Remotes() []RemoteStanding {
	out := make([]RemoteStanding, len(p.outposts))
	for i, o := range p.outposts {
		state, counts := o.breaker.State(), o.breaker.Counts()
		out[i] = RemoteStanding{o.spec.DetectorSpec, review.Breaker{
			Asked: counts.Requests > 0 || state != gobreaker.StateClosed, Open: state != gobreaker.StateClosed,
			Probing: state == gobreaker.StateHalfOpen, Failures: int(counts.ConsecutiveFailures),
		}}
		if at := o.opened.Load(); at != nil && out[i].Open {
			out[i].Since = *at
		}
	}
	return out
}

// ask calls out, unless the breaker is open; reason is "" when there was an answer.
func (o *outpost) ask(ctx context.Context, segment review.Segment) (findings []review.Finding, reason string) {
	if ctx.Err() != nil {
		return nil, reasonDeadline
	}
	select {
	case o.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, reasonDeadline
	}
	defer func() { <-o.slots }()
	ctx, cancel := context.WithTimeout(ctx, o.spec.Reach.Deadline)
	defer cancel()
	findings, err := o.breaker.Execute(func() ([]review.Finding, error) { return o.call(ctx, segment) })
	switch {
	case err == nil:
		return findings, ""
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		return nil, reasonUnavailable
	case errors.Is(err, errPanicked):
		return nil, reasonPanic
	case errors.Is(err, ErrAbsent):
		return nil, review.FailureAbsent
	case ctx.Err() != nil:
		return nil, reasonDeadline
	default:
		return nil, reasonError
	}
}

var errPanicked = errors.New("guard: a remote detector panicked")

// call turns a panic into an error and an answer that came too late into none. When
// the call ran into its end, that is the error, whatever the Remote makes of it.
func (o *outpost) call(ctx context.Context, segment review.Segment) (findings []review.Finding, err error) {
	defer func() {
		if recover() != nil {
			findings, err = nil, errPanicked
		}
	}()
	findings, err = o.remote.Ask(ctx, segment)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		o.failed(o.spec.ID, err)
		return nil, err
	}
	return findings, nil
}

// errand is one question to an outpost, about the Segment of that number.
type errand struct{ outpost, segment int }

// reply is what came back.
type reply struct {
	errand
	findings []review.Finding
	reason   string
}

// errands are the questions of one screening that are under way.
type errands struct {
	outposts []*outpost
	asked    []errand
	replies  chan reply // has room for all: whoever comes late finds nobody waiting, and goes
}

// dispatch sends all questions off. Each outpost is asked about so many segments at
// once as it may be.
func dispatch(ctx context.Context, outposts []*outpost, segments []review.Segment, timed func(string) func()) *errands {
	e := &errands{outposts: outposts}
	for o, post := range outposts {
		for s, segment := range segments {
			if slices.Contains(post.spec.Reach.Segments, segment.Kind) {
				e.asked = append(e.asked, errand{o, s})
			}
		}
	}
	e.replies = make(chan reply, len(e.asked))
	for o, post := range outposts {
		questions := make(chan errand, len(e.asked))
		for _, q := range e.asked {
			if q.outpost == o {
				questions <- q
			}
		}
		close(questions)
		for range min(len(questions), post.spec.Reach.Concurrency) {
			go func() {
				for q := range questions {
					done := timed(post.spec.ID)
					findings, reason := post.ask(ctx, segments[q.segment])
					done()
					e.replies <- reply{q, findings, reason}
				}
			}()
		}
	}
	return e
}

// gather waits for the replies, but not longer than ctx: what is missing then failed
// by the deadline. They come in the order of the questions.
func (e *errands) gather(ctx context.Context) []reply {
	came := map[errand]reply{}
	for len(came) < len(e.asked) {
		select {
		case r := <-e.replies:
			came[r.errand] = r
			continue
		default:
		}
		select {
		case r := <-e.replies:
			came[r.errand] = r
		case <-ctx.Done():
			return e.inOrder(came)
		}
	}
	return e.inOrder(came)
}

func (e *errands) inOrder(came map[errand]reply) []reply {
	out := make([]reply, len(e.asked))
	for i, q := range e.asked {
		r, ok := came[q]
		if !ok {
			r = reply{errand: q, reason: reasonDeadline}
		}
		out[i] = r
	}
	return out
}
