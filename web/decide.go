package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// decisionAnswer is a Decision as a script sees it.
type decisionAnswer struct {
	ID        string           `json:"id"`
	ItemID    string           `json:"item_id"`
	Decision  review.Judgement `json:"decision"`
	Label     string           `json:"label"`
	Reason    string           `json:"reason"`
	DecidedAt time.Time        `json:"decided_at"`
	UndoUntil time.Time        `json:"undo_until"`
}

func answerOf(d review.Decision) decisionAnswer {
	return decisionAnswer{
		ID: d.ID, ItemID: d.ItemID, Decision: d.Judgement, Label: d.Label, Reason: d.Reason,
		DecidedAt: d.CreatedAt, UndoUntil: d.CreatedAt.Add(review.UndoWindow),
	}
}

// decide records a judgement and goes to the next Item of the same queue.
func (s *Server) decide(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	cmd, err := step.decideCommand()
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	d, err := s.Service.Decide(c.Request().Context(), c.viewer, cmd)
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	if err := s.Service.PlaceControl(c.Request().Context(), c.viewer, d); err != nil {
		c.refused = err // for the log: the Decision is safe
	}
	if c.wantsJSON() {
		return c.ok(answerOf(d))
	}
	told := outcome(d.Judgement)
	if d.Opinion > 0 {
		told = didGiveOpinion
	}
	s.sessions.tell(c, told, &d)
	c.told = true
	return s.afterDeciding(c, step)
}

// afterDeciding: the Decision is safe, so that nothing may look now as if it were not.
func (s *Server) afterDeciding(c *call, step itemStep) error {
	if c.viewer.User.Preferences.Stay {
		return c.see(itemAddress(step.id, step.from))
	}
	if err := s.onward(c, step, ""); err != nil {
		c.refused = err
		return c.see(views.QueuePath(step.from, nil))
	}
	return nil
}

// undo takes a Decision back: the one named, or the viewer's last on this Item.
func (s *Server) undo(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	view, err := s.Service.View(ctx, c.viewer, step.id)
	if err != nil {
		return err
	}
	id, err := decisionToUndo(view, step.form.text(views.FieldDecisionID), c.viewer)
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	if _, err := s.Service.Undo(ctx, c.viewer, id); err != nil {
		return s.refuseStep(c, step, err)
	}
	if c.wantsJSON() {
		return c.ok(undoAnswer{DecisionID: id, ItemID: step.id})
	}
	s.sessions.tell(c, didUndo, nil)
	return c.see(itemAddress(step.id, step.from))
}

type undoAnswer struct {
	DecisionID string `json:"decision_id"`
	ItemID     string `json:"item_id"`
}

// decisionToUndo finds the Decision among those of the Item.
func decisionToUndo(view review.ItemView, id string, v review.Viewer) (string, error) {
	var last *review.DecisionView
	for _, d := range view.Opinions { // the viewer's own
		if id == "" || d.ID == id {
			return d.ID, nil
		}
	}
	for i := range view.Decisions {
		d := &view.Decisions[i]
		if d.ID == id {
			return id, nil
		}
		if d.Actor == v.Actor() && (last == nil || d.CreatedAt.After(last.CreatedAt)) {
			last = d
		}
	}
	switch {
	case id != "":
		return "", review.Errorf(review.CodeNotFound, "this item has no such decision")
	case last == nil:
		return "", review.Errorf(review.CodeConflict, "you have not decided this item")
	}
	return last.ID, nil
}

// annotationAnswer is an Annotation as a script sees it.
type annotationAnswer struct {
	ID        string    `json:"id"`
	ItemID    string    `json:"item_id"`
	Label     string    `json:"label,omitempty"`
	Segment   string    `json:"segment,omitempty"`
	Start     int       `json:"start"`
	End       int       `json:"end"`
	Body      string    `json:"body"`
	CreatedAt time.Time `json:"created_at"`
}

// annotate keeps a note, or a labelled span.
func (s *Server) annotate(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	cmd, err := step.annotateCommand()
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	a, err := s.Service.Annotate(c.Request().Context(), c.viewer, cmd)
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	if c.wantsJSON() {
		return c.json(http.StatusCreated, echo.MIMEApplicationJSON, annotationAnswer{
			ID: a.ID, ItemID: a.ItemID, Label: a.Label, Segment: a.Segment, Start: a.Start, End: a.End, Body: a.Body, CreatedAt: a.CreatedAt,
		})
	}
	s.sessions.tell(c, didAnnotate, nil)
	return c.see(itemAddress(step.id, step.from))
}
