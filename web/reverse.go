package web

import (
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// reverse puts another Decision in the place of the one that stands.
func (s *Server) reverse(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	cmd, err := step.decideCommand()
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	d, err := s.Service.Reverse(c.Request().Context(), c.viewer, review.ReverseCommand{
		ItemID: step.id, Version: cmd.Version, DecisionID: step.form.text(views.FieldDecisionID), Judgement: cmd.Judgement,
		Label: cmd.Label, Reason: cmd.Reason, Text: cmd.Text, FocusedMS: cmd.FocusedMS,
	})
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	if c.wantsJSON() {
		return c.ok(answerOf(d))
	}
	s.sessions.tell(c, didReverse, &d)
	return c.see(itemAddress(step.id, step.from))
}
