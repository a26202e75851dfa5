package demo

import (
	"context"

	"github.com/guardroom/guardroom/internal/review"
)

// swayed is how often a simulated analyst gives way to a guard that sees it otherwise.
const swayed = 0.25

// reveal gives the analyst's own verdict, looks at what the guard says, and returns what
// they then decide.
func (p *Player) reveal(ctx context.Context, a Analyst, own review.DecideCommand, truth Nature) (review.DecideCommand, error) {
	_, err := p.play.Service.JudgeBlind(ctx, a.Viewer, review.BlindCommand{
		ItemID: own.ItemID, Token: own.Token, Version: own.Version, Judgement: own.Judgement, Confidence: own.Confidence, FocusedMS: own.FocusedMS, Simulated: true,
	})
	if err != nil {
		return own, err
	}
	view, err := p.play.Service.View(ctx, a.Viewer, own.ItemID)
	if err != nil {
		return own, err
	}
	cmd := a.judge(p.play.Seed, view.Item, truth, p.play.Policy)
	cmd.Token, cmd.Version, cmd.FocusedMS = own.Token, own.Version, own.FocusedMS/2
	guard := review.JudgeApprove
	if view.Assessment.Verdict != review.VerdictAllow {
		guard = review.JudgeBlock
	}
	if cmd.Judgement != review.JudgeEscalate && cmd.Judgement != guard && draw(p.play.Seed, own.ItemID, "swayed") < swayed {
		cmd.Judgement, cmd.Label, cmd.Reason = guard, "", ""
	}
	return cmd, nil
}
