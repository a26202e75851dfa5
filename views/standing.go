package views

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// stance is what the viewer can do with an Item now.
type stance int

const (
	stanceRead     stance = iota // their role only reads
	stanceHeld                   // they hold it: the forms work
	stanceFree                   // nobody holds it
	stanceOthers                 // a colleague holds it
	stanceLead                   // it waits for a lead, and they are none
	stanceDecided                // a Decision stands
	stanceAsleep                 // it is snoozed
	stanceSettling               // both opinions are in
	stanceGiven                  // they gave their opinion, and a colleague's is awaited
)

func (p ItemPage) stance() stance {
	switch {
	case p.View.Item.State == review.StateDecided:
		return stanceDecided
	case !p.Viewer.May(review.PermDecide):
		return stanceRead
	case p.View.Item.State == review.StateSnoozed:
		return stanceAsleep
	case p.View.Item.State == review.StateSettling:
		return stanceSettling
	case len(p.View.Opinions) > 0:
		return stanceGiven
	case p.View.Item.State == review.StateEscalated && !p.mayResolve():
		return stanceLead
	case p.View.Claim.HeldBy(p.Viewer.User.ID, p.Now):
		return stanceHeld
	case p.View.Claim.Live(p.Now):
		return stanceOthers
	default:
		return stanceFree
	}
}

// mayResolve tells whether the viewer decides what was escalated: by their role, and unless they gave one of the opinions that differ.
func (p ItemPage) mayResolve() bool {
	for _, d := range p.View.Decisions {
		if d.Opinion > 0 && d.Actor == p.Viewer.Actor() {
			return false
		}
	}
	return p.View.Policy.Admits(p.Viewer.User.Role, p.View.Item.Escalation)
}

// standing is the Decision that counts. Nil when there is none.
func standing(v review.ItemView) *review.DecisionView { return review.StandingDecision(v.Decisions) }

// itemTitle says in a few words what the Item is about. A blind one does not say what the guard saw.
func itemTitle(ctx context.Context, p ItemPage) string {
	i := p.View.Item
	switch {
	case p.View.Blind:
		return text.T(ctx, "To be judged blind")
	case i.Kind == review.KindIntervention:
		return text.T(ctx, "Proposed: %s", specTitle(ctx, p.Specs, i.Detector))
	case i.Detector == "":
		return text.T(ctx, kindWord(i.Kind))
	default:
		return specTitle(ctx, p.Specs, i.Detector)
	}
}

func whyHere(ctx context.Context, p ItemPage) string {
	if p.View.Blind {
		return text.T(ctx, "Chosen to be judged without the guard’s verdict, scores and marks. They are shown when you have judged.")
	}
	return sentence(p.View.Item.Reason)
}

// actions are the buttons of the decision form; an Intervention is sent or dropped.
type action struct {
	judgement review.Judgement
	word      string
	key       Key
	does      string
}

func actionsOf(kind review.ItemKind) []action {
	if kind == review.KindIntervention {
		return []action{
			{review.JudgeApprove, text.Say("Send"), keyApprove, text.Say("Send it to the user")},
			{review.JudgeBlock, text.Say("Drop"), keyBlock, text.Say("Drop it: the user sees nothing")},
			{review.JudgeEscalate, text.Say("Escalate"), keyEscalate, text.Say("Pass it to a lead")},
		}
	}
	return []action{
		{review.JudgeApprove, text.Say("Approve"), keyApprove, text.Say("Let it stand")},
		{review.JudgeBlock, text.Say("Block"), keyBlock, text.Say("Say that it must not pass")},
		{review.JudgeEscalate, text.Say("Escalate"), keyEscalate, text.Say("Pass it to a lead")},
	}
}

// interventionText is what the text area shows: what was typed, or what is proposed.
func interventionText(p ItemPage) string {
	if p.Draft.Text != "" {
		return p.Draft.Text
	}
	if iv := p.View.Intervention; iv != nil {
		return iv.Text
	}
	return ""
}

// left is how long until a moment, never negative.
func left(now, until time.Time) time.Duration { return max(0, until.Sub(now)) }
