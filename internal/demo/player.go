package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"

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
}

// Play says what a Player plays, for whom and with whom.
type Play struct {
	Service   Service
	Generator *Generator
	Caller    review.Caller
	Policy    review.Policy // of the App: which labels there are
	Analysts  []Analyst     // may be none
	Decided   float64       // share of the queue that the analysts decide, in [0,1]
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
	natures sync.Map // interaction id → Nature
	mu      sync.Mutex
	tally   Tally
}

// NewPlayer checks that nothing is missing.
func NewPlayer(p Play) (*Player, error) {
	if p.Service == nil || p.Generator == nil {
		return nil, errors.New("demo: a player needs a service and a generator")
	}
	if !(p.Decided >= 0 && p.Decided <= 1) || p.Senders < 0 || p.Senders > maxSenders {
		return nil, errors.New("demo: decided must be a share, senders a small number")
	}
	for _, a := range p.Analysts {
		if !(a.Accuracy >= 0 && a.Accuracy <= 1) {
			return nil, fmt.Errorf("demo: the accuracy of %s must be between 0 and 1", a.Viewer.User.Name)
		}
	}
	if p.Senders == 0 {
		p.Senders = defaultSenders
	}
	return &Player{play: p}, nil
}

// Play submits n exchanges, then lets the analysts decide their share. It returns when all is stored. When ctx ends or
// a use case fails, what is under way is finished, nothing new is begun, and the Tally tells what was done.
func (p *Player) Play(ctx context.Context, n int) (Tally, error) {
	err := p.submitAll(ctx, n)
	if err == nil && len(p.play.Analysts) > 0 {
		err = p.review(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report()
	return p.tally, err
}

func (p *Player) submitAll(ctx context.Context, n int) error {
	exchanges := make(chan Exchange, p.play.Senders)
	return p.inParallel(ctx, min(p.play.Senders, max(n, 1)), func(ctx context.Context) error {
		defer close(exchanges)
		for range n {
			select {
			case exchanges <- p.play.Generator.Next():
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	}, func(ctx context.Context) error {
		for ex := range exchanges {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := p.submit(ctx, ex); err != nil {
				return err
			}
		}
		return nil
	})
}

// inParallel runs one source and several workers; the first error ends all of them.
func (p *Player) inParallel(ctx context.Context, workers int, source, work func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	run := func(f func(context.Context) error) {
		wg.Go(func() {
			if err := f(ctx); err != nil {
				stop(err)
			}
		})
	}
	run(source)
	for range workers {
		run(work)
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (p *Player) submit(ctx context.Context, ex Exchange) error {
	receipt, err := p.play.Service.Submit(ctx, p.play.Caller, ex.Submission)
	if err != nil {
		return fmt.Errorf("demo: submission %s: %w", ex.Submission.ExternalID, err)
	}
	p.natures.Store(receipt.ID, ex.Nature)
	interventions := len(receipt.Interventions)
	if ex.Later != nil {
		opened, err := p.play.Service.AddFeedback(ctx, p.play.Caller, receipt.ID, *ex.Later)
		if err != nil {
			return fmt.Errorf("demo: feedback on %s: %w", ex.Submission.ExternalID, err)
		}
		interventions += len(opened)
	}
	p.count(func(t *Tally) {
		t.Submitted++
		t.Verdicts[receipt.Assessment.Verdict]++
		t.Interventions += interventions
		if ex.Later != nil || ex.Submission.Feedback != nil {
			t.Feedback++
		}
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

// handsPerAnalyst is how many Items one simulated analyst has on the desk: a real one has one, but nobody waits for
// simulated ones.
const handsPerAnalyst = 16

// review hands the queue out to the analysts, page by page.
func (p *Player) review(ctx context.Context) error {
	rows := make(chan review.QueueRow, review.QueuePageSize)
	return p.inParallel(ctx, handsPerAnalyst*len(p.play.Analysts), func(ctx context.Context) error {
		defer close(rows)
		return p.handOut(ctx, rows)
	}, func(ctx context.Context) error {
		for row := range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			n := int(draw(p.play.Seed, row.Item.ID, "analyst") * float64(len(p.play.Analysts)))
			if err := p.decide(ctx, p.play.Analysts[n], row); err != nil {
				return err
			}
		}
		return nil
	})
}

// handOut goes through the queue once and leaves the share open that is not to be decided.
func (p *Player) handOut(ctx context.Context, rows chan<- review.QueueRow) error {
	var after *review.Position
	for {
		page, err := p.play.Service.Queue(ctx, p.play.Analysts[0].Viewer, review.Filter{}, after)
		if err != nil {
			return fmt.Errorf("demo: queue: %w", err)
		}
		for _, row := range page.Rows {
			if draw(p.play.Seed, row.Item.ID, "share") >= p.play.Decided || row.Claim != nil {
				p.count(func(t *Tally) { t.Left++ })
				continue
			}
			select {
			case rows <- row:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if page.Next == nil {
			return nil
		}
		after = page.Next
	}
}

// decide claims an Item and decides it. Somebody else may be faster: that Item is theirs.
func (p *Player) decide(ctx context.Context, a Analyst, row review.QueueRow) error {
	claim, err := p.play.Service.ClaimItem(ctx, a.Viewer, row.Item.ID)
	if code := review.CodeOf(err); code == review.CodeConflict || code == review.CodeNotFound {
		p.count(func(t *Tally) { t.Left++ })
		return nil
	}
	if err != nil {
		return fmt.Errorf("demo: claim: %w", err)
	}
	nature := Harmless
	if n, known := p.natures.Load(row.Item.InteractionID); known {
		nature = n.(Nature)
	}
	cmd := a.judge(p.play.Seed, row.Item, nature, p.play.Policy)
	cmd.Token, cmd.Version = claim.Token, row.Item.Version
	if row.Blind {
		if cmd, err = p.reveal(ctx, a, cmd, nature); err != nil {
			return fmt.Errorf("demo: blind verdict on %s: %w", row.Item.ID, err)
		}
	}
	if _, err := p.play.Service.Decide(ctx, a.Viewer, cmd); err != nil {
		return fmt.Errorf("demo: decision on %s: %w", row.Item.ID, err)
	}
	p.count(func(t *Tally) { t.Decided++ })
	return nil
}
