package demo

import (
	"container/heap"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// task is an Item that somebody gets to at some time.
type task struct {
	at     time.Time
	itemID string
	by     Analyst
}

// tasks are what lies before the analysts: a heap, the next one first.
type tasks []task

func (ts tasks) Len() int           { return len(ts) }
func (ts tasks) Less(i, j int) bool { return ts[i].at.Before(ts[j].at) }
func (ts tasks) Swap(i, j int)      { ts[i], ts[j] = ts[j], ts[i] }
func (ts *tasks) Push(t any)        { *ts = append(*ts, t.(task)) }
func (ts *tasks) Pop() any {
	last := len(*ts) - 1
	t := (*ts)[last]
	*ts = (*ts)[:last]
	return t
}

// The habits of the analysts.
const (
	lately       = 48 * time.Hour // of what came since then they leave a share open, the more the later it came
	usualDelay   = 24 * time.Minute
	resolvedLate = 0.75 // of what is escalated the lead gets to this share
)

// lookForNew puts what came into the queue since the last look on the analysts' desks.
func (p *Player) lookForNew(ctx context.Context) error {
	var after *review.Position
	for {
		page, err := p.play.Service.Queue(ctx, p.play.Analysts[0].Viewer, review.Filter{Sort: review.SortNewest}, after)
		if err != nil {
			return fmt.Errorf("demo: queue: %w", err)
		}
		for _, row := range page.Rows {
			if p.seen[row.Item.ID] {
				return nil
			}
			p.seen[row.Item.ID] = true
			p.plan(row.Item)
		}
		if page.Next == nil {
			return nil
		}
		after = page.Next
	}
}

// plan says when which analyst gets to an Item, if anybody does.
func (p *Player) plan(item review.Item) {
	share := 1.0 // what is older is done
	if age := p.play.Generator.options.Now.Sub(p.at); age < lately {
		share = p.play.Decided + (share-p.play.Decided)*age.Hours()/lately.Hours()
	}
	if p.play.Decided == 0 || draw(p.play.Seed, item.ID, "share") >= share {
		return
	}
	n := int(draw(p.play.Seed, item.ID, "analyst") * float64(len(p.play.Analysts)))
	p.later(item.ID, "delay", p.play.Analysts[n])
}

// later gives somebody an Item to get to, after a while in which they have other things to do.
func (p *Player) later(itemID, purpose string, by Analyst) {
	wait := time.Duration(float64(usualDelay) * math.Exp(0.9*drawer(p.play.Seed, itemID, purpose).NormFloat64()))
	at := p.at.Add(wait)
	if begins := onDuty(at); begins.After(at) {
		at = begins.Add(time.Duration(float64(90*time.Minute) * draw(p.play.Seed, itemID, purpose+" of the morning")))
	}
	heap.Push(&p.desk, task{at: at, itemID: itemID, by: by})
}

// ready takes off the desks what somebody gets to by now.
func (p *Player) ready() (out []task) {
	for len(p.desk) > 0 && !p.desk[0].at.After(p.at) {
		out = append(out, heap.Pop(&p.desk).(task))
	}
	return out
}

// settle lets the opinions that came together in an earlier slot count.
func (p *Player) settle(ctx context.Context) error {
	for p.paired {
		n, err := p.play.Service.Tend(ctx)
		if err != nil {
			return fmt.Errorf("demo: opinions: %w", err)
		}
		p.paired = n > 0
	}
	return nil
}

// decide claims an Item and decides it. Somebody else may be faster: that Item is theirs.
func (p *Player) decide(ctx context.Context, t task) error {
	claim, err := p.play.Service.ClaimItem(ctx, t.by.Viewer, t.itemID)
	if code := review.CodeOf(err); code == review.CodeConflict || code == review.CodeNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("demo: claim: %w", err)
	}
	view, err := p.play.Service.View(ctx, t.by.Viewer, t.itemID)
	if err != nil {
		return fmt.Errorf("demo: item %s: %w", t.itemID, err)
	}
	nature := Harmless
	if n, known := p.natures.Load(view.Item.InteractionID); known {
		nature = n.(Nature)
	}
	cmd := t.by.judge(p.play.Seed, view.Item, nature, p.play.Policy)
	if view.Item.State == review.StateEscalated && cmd.Judgement == review.JudgeEscalate {
		cmd.Judgement = review.JudgeApprove // a lead has nobody to ask
	}
	cmd.Token, cmd.Version = claim.Token, view.Item.Version
	if view.Blind {
		if cmd, err = p.reveal(ctx, t.by, cmd, nature); err != nil {
			return fmt.Errorf("demo: blind verdict on %s: %w", t.itemID, err)
		}
	}
	decision, err := p.play.Service.Decide(ctx, t.by.Viewer, cmd)
	if err != nil {
		return fmt.Errorf("demo: decision on %s: %w", t.itemID, err)
	}
	p.decided(view.Item, t.by, decision)
	return nil
}

// decided counts a Decision, and plans what it asks for: another opinion, or a lead.
func (p *Player) decided(item review.Item, by Analyst, d review.Decision) {
	p.count(func(tally *Tally) {
		tally.Decided++
		if first := d.Opinion == 1; !first && d.Judgement != review.JudgeEscalate {
			tally.settled++
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paired = p.paired || d.Opinion == 2
	forLead := d.Judgement == review.JudgeEscalate || d.Opinion == 2 // two that differ; where they agree there is nothing left to take
	switch {
	case d.Opinion == 1 && len(p.play.Analysts) > 1:
		p.later(item.ID, "second opinion", p.colleagueOf(by))
	case forLead && p.play.Lead != nil && draw(p.play.Seed, item.ID, "resolved") < resolvedLate:
		p.later(item.ID, "escalation", *p.play.Lead)
	}
}

func (p *Player) colleagueOf(a Analyst) Analyst {
	for i, other := range p.play.Analysts {
		if other.Viewer.User.ID == a.Viewer.User.ID {
			return p.play.Analysts[(i+1)%len(p.play.Analysts)]
		}
	}
	return a
}
