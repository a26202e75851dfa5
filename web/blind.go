package web

import (
	"github.com/guardroom/guardroom/internal/review"
)

// blindAnswer is a blind verdict as a script sees it.
type blindAnswer struct {
	ItemID  string           `json:"item_id"`
	Verdict review.Judgement `json:"blind_verdict"`
}

// judgeBlind keeps the verdict of somebody who has not seen the guard's, and shows it to
// them.
func (s *Server) judgeBlind(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	cmd, err := step.decideCommand()
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	verdict, err := s.Service.JudgeBlind(c.Request().Context(), c.viewer, review.BlindCommand{
		ItemID: cmd.ItemID, Token: cmd.Token, Version: cmd.Version, Judgement: cmd.Judgement,
		Confidence: cmd.Confidence, FocusedMS: cmd.FocusedMS,
	})
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	if c.wantsJSON() {
		return c.ok(blindAnswer{ItemID: verdict.ItemID, Verdict: verdict.Judgement})
	}
	s.sessions.tell(c, didJudge, nil)
	return c.see(itemAddress(step.id, step.from))
}

// unmask shows the personal data of an Item to the viewer.
func (s *Server) unmask(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	if err := s.Service.Unmask(c.Request().Context(), c.viewer, step.id); err != nil {
		return s.refuseStep(c, step, err)
	}
	s.sessions.tell(c, didUnmask, nil)
	return c.see(itemAddress(step.id, step.from))
}
