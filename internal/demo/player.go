package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guardroom/guardroom/internal/review"
)

// Service is the use cases that traffic and analysts go through.
type Service interface {
	Submit(context.Context, review.Caller, review.Submission) (review.Receipt, error)
	AddFeedback(ctx context.Context, caller review.Caller, interactionID string, f review.Feedback) ([]review.Intervention, error)
	Queue(ctx context.Context, v review.Viewer, f review.Filter, after *review.Position) (review.QueuePage, error)
	ClaimItem(ctx context.Context, v review.Viewer, itemID string) (review.Claim, error)
	View(ctx context.Context, v review.Viewer, itemID string) (review.ItemView, error)
	JudgeBlind(ctx context.Context, v review.Viewer, cmd review.BlindCommand) (review.BlindVerdict, error)
	Decide(ctx context.Context, v review.Viewer, cmd review.DecideCommand) (review.Decision, error)
	Tend(context.Context) (int, error)
}

// Play says what a Player plays, for whom and with whom.
type Play struct {
	Service   Service
	Generator *Generator
	Caller    review.Caller
	Policy    review.Policy // of the App: which labels there are
	Analysts  []Analyst     // may be none
	Lead      *Analyst      // decides what was escalated; nil: nobody does
	Decided   float64       // share of what came lately that the analysts decide, in [0,1]; of what is older they leave little
	Clock     *Clock        // the time of the service, which the player moves; nil when it has its own
	Seed      uint64        // of the analysts' judgement
	Senders   int           // how many submit at the same time; 0 takes a number that fills the store's groups
	Progress  func(Tally)   // told from time to time, from one goroutine at a time; may be nil
}

// Tally counts what was played.
type Tally struct {
	Submitted     int
	Verdicts      [3]int // by review.Verdict
	Feedback      int
	Interventions int
	Decided       int
	Left          int // items that the analysts left to others

	settled int // items among those decided with which nobody has anything more to do
}

// The defaults and bounds of playing.
const (
	defaultSenders = 256
	maxSenders     = 4096
	progressEvery  = 500
)

// Player plays traffic in.
type Player struct {
	play    Play
	natures sync.Map        // interaction id → Nature
	at      time.Time       // up to which it was played
	seen    map[string]bool // items

	mu      sync.Mutex
	tally   Tally
	desk    tasks // of the analysts
	reports []job // feedback that comes with the next slot
	fresh   bool  // items were opened that nobody has seen
	paired  bool  // opinions came together that are to be settled
}

// NewPlayer checks that nothing is missing.
func NewPlayer(p Play) (*Player, error) {
	if p.Service == nil || p.Generator == nil {
		return nil, errors.New("demo: a player needs a service and a generator")
	}
	if !(p.Decided >= 0 && p.Decided <= 1) || p.Senders < 0 || p.Senders > maxSenders {
		return nil, errors.New("demo: decided must be a share, senders a small number")
	}
	people := p.Analysts
	if p.Lead != nil {
		people = append(people[:len(people):len(people)], *p.Lead)
	}
	for _, a := range people {
		if !(a.Accuracy >= 0 && a.Accuracy <= 1) {
			return nil, fmt.Errorf("demo: the accuracy of %s must be between 0 and 1", a.Viewer.User.Name)
		}
	}
	if p.Senders == 0 {
		p.Senders = defaultSenders
	}
	return &Player{play: p, seen: map[string]bool{}}, nil
}

// Play submits n exchanges, and lets the analysts decide their share as time goes by. It returns when all is stored. When
// ctx ends or a use case fails, what is under way is finished, nothing new is begun, and the Tally tells what was done.
func (p *Player) Play(ctx context.Context, n int) (Tally, error) {
	err := p.playAll(ctx, n)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tally.Left = len(p.seen) - p.tally.settled
	p.report()
	return p.tally, err
}

// A slot is how exactly the played clock follows what is played: what happens within one happens at its end. What came lately is looked at
// closely, and each slot takes the store a few milliseconds.
const (
	slot     = time.Hour
	lateSlot = 20 * time.Minute
)

// playAll goes through the days slot by slot: first what arrives, then what the analysts get to.
func (p *Player) playAll(ctx context.Context, n int) error {
	var batch []Exchange
	for i := range n {
		ex := p.play.Generator.Next()
		at := *ex.Submission.OccurredAt
		if i > 0 && p.slotOf(at).After(p.slotOf(p.at)) {
			if err := p.step(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
		if at.After(p.at) {
			p.at = at
		}
		batch = append(batch, ex)
	}
	if err := p.step(ctx, batch); err != nil || n == 0 {
		return err
	}
	p.at = p.play.Generator.options.Now
	for range 2 { // what is reported last, and what that opens
		if err := p.step(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

func (p *Player) slotOf(at time.Time) time.Time {
	if p.play.Generator.options.Now.Sub(at) < lately {
		return at.Truncate(lateSlot)
	}
	return at.Truncate(slot)
}

// step plays one slot, at the last moment in it of which something is known. All that happens in it happens at the same time, so that the
// store writes it in one go.
func (p *Player) step(ctx context.Context, batch []Exchange) error {
	if p.play.Clock != nil {
		p.play.Clock.Set(p.at)
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	jobs := p.reports
	p.reports = nil
	for _, ex := range batch {
		jobs = append(jobs, func(ctx context.Context) error { return p.submit(ctx, ex) })
	}
	for _, t := range p.ready() {
		jobs = append(jobs, func(ctx context.Context) error { return p.decide(ctx, t) })
	}
	if err := p.inParallel(ctx, jobs); err != nil {
		return err
	}
	if !p.fresh || len(p.play.Analysts) == 0 {
		return nil
	}
	p.fresh = false
	return p.lookForNew(ctx)
}

// job is something that is done beside others.
type job func(context.Context) error

// inParallel does jobs, as many at a time as there are senders; the first error ends all of them.
func (p *Player) inParallel(ctx context.Context, jobs []job) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(p.play.Senders)
	for _, do := range jobs {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx)
		})
	}
	return group.Wait()
}

func (p *Player) submit(ctx context.Context, ex Exchange) error {
	receipt, err := p.play.Service.Submit(ctx, p.play.Caller, ex.Submission)
	if err != nil {
		return fmt.Errorf("demo: submission %s: %w", ex.Submission.ExternalID, err)
	}
	p.natures.Store(receipt.ID, ex.Nature)
	p.count(func(t *Tally) {
		t.Submitted++
		t.Verdicts[receipt.Assessment.Verdict]++
		t.Interventions += len(receipt.Interventions)
		p.fresh = p.fresh || receipt.Item != nil || len(receipt.Interventions) > 0
		if ex.Submission.Feedback != nil {
			t.Feedback++
		}
		if ex.Later != nil {
			p.reports = append(p.reports, func(ctx context.Context) error { return p.tell(ctx, receipt.ID, *ex.Later) })
		}
	})
	return nil
}

// tell reports what the user did with a response.
func (p *Player) tell(ctx context.Context, id string, f review.Feedback) error {
	opened, err := p.play.Service.AddFeedback(ctx, p.play.Caller, id, f)
	if err != nil {
		return fmt.Errorf("demo: feedback on %s: %w", id, err)
	}
	p.count(func(t *Tally) {
		t.Feedback++
		t.Interventions += len(opened)
		p.fresh = p.fresh || len(opened) > 0
	})
	return nil
}

func (p *Player) count(change func(*Tally)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.tally)
	if (p.tally.Submitted+p.tally.Decided)%progressEvery == 0 {
		p.report()
	}
}

// report is called with the lock held.
func (p *Player) report() {
	if p.play.Progress != nil {
		p.play.Progress(p.tally)
	}
}
