package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// alike shows the Items that are alike, before they are decided together.
func (s *Server) alike(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	q, err := c.query()
	if err != nil {
		return err
	}
	page, err := s.alikePage(c, id, parseFrom(q.Get(views.FieldFrom)))
	if err != nil {
		return err
	}
	page.Near = q.Get(views.ParamNear) == "1"
	return c.page(http.StatusOK, views.Alike(page))
}

func (s *Server) alikePage(c *call, id string, from review.Filter) (views.AlikePage, error) {
	cluster, err := s.Service.Cluster(c.Request().Context(), c.viewer, id)
	if err != nil {
		return views.AlikePage{}, err
	}
	shell, err := s.shell(c)
	if err != nil {
		return views.AlikePage{}, err
	}
	return views.AlikePage{Shell: shell, Cluster: cluster, BatchID: s.Service.NewBatchID(), From: from}, nil
}

// decideAlike decides the chosen ones, each with a Decision of its own.
func (s *Server) decideAlike(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	cmd, err := batchCommand(step.form.values)
	if err != nil {
		return s.refuseAlike(c, step, err)
	}
	result, err := s.Service.DecideBatch(c.Request().Context(), c.viewer, cmd)
	if err != nil {
		return s.refuseAlike(c, step, err)
	}
	if c.wantsJSON() {
		return c.ok(decidedBatchOf(result))
	}
	if len(result.Left) > 0 {
		return s.tellLeft(c, step, result)
	}
	s.sessions.tellBatch(c, outcome(cmd.Judgement), result)
	c.told = true
	return s.afterDeciding(c, step)
}

// tellLeft shows what was left out and why; what was decided can still be undone there.
func (s *Server) tellLeft(c *call, step itemStep, result review.BatchResult) error {
	page, err := s.alikePage(c, step.id, step.from)
	if err != nil {
		return err
	}
	page.Result = &result
	if len(result.Decided) > 0 {
		page.Notice = &views.Notice{Text: outcomeTexts[outcome(result.Decided[0].Judgement)], Undo: &views.UndoOffer{
			BatchID: result.ID, Until: result.Decided[0].CreatedAt.Add(review.UndoWindow),
		}}
	}
	return c.page(http.StatusOK, views.Alike(page))
}

// refuseAlike answers a batch that was not taken, with what was typed.
func (s *Server) refuseAlike(c *call, step itemStep, err error) error {
	code := review.CodeOf(err)
	if c.wantsJSON() || code != review.CodeConflict && code != review.CodeUnprocessable {
		return err
	}
	page, failed := s.alikePage(c, step.id, step.from)
	if failed != nil {
		return failed
	}
	r := refusalOf(err)
	page.Draft, page.Problem, page.Chosen = step.draft, r.asProblem(), step.form.values[views.FieldItem]
	c.refused = err
	return c.page(r.status, views.Alike(page))
}

// batchCommand reads a form that decides many Items.
func batchCommand(values url.Values) (review.BatchCommand, error) {
	focused, err := numberIn(values, views.FieldFocusedMS, 0)
	if err != nil {
		return review.BatchCommand{}, err
	}
	items, err := views.ParseBatchItems(values[views.FieldItem])
	if err != nil {
		return review.BatchCommand{}, err
	}
	return review.BatchCommand{
		ID: values.Get(views.FieldBatch), Items: items, Judgement: review.Judgement(values.Get(views.FieldJudgement)),
		Label: values.Get(views.FieldLabel), Reason: values.Get(views.FieldReason), FocusedMS: focused,
	}, nil
}

// decidedBatch is a batch as a script sees it.
type decidedBatch struct {
	ID        string           `json:"id"`
	Decided   []decisionAnswer `json:"decided"`
	Left      []leftAnswer     `json:"left"`
	UndoUntil *time.Time       `json:"undo_until,omitempty"`
}

type leftAnswer struct {
	ItemID string `json:"item_id"`
	Why    string `json:"why"`
}

func decidedBatchOf(r review.BatchResult) decidedBatch {
	answer := decidedBatch{ID: r.ID, Decided: []decisionAnswer{}, Left: []leftAnswer{}}
	for _, d := range r.Decided {
		answer.Decided = append(answer.Decided, answerOf(d))
		until := d.CreatedAt.Add(review.UndoWindow)
		answer.UndoUntil = &until
	}
	for _, l := range r.Left {
		answer.Left = append(answer.Left, leftAnswer(l))
	}
	return answer
}

// undoBatch takes a batch back, whatever list it came from.
func (s *Server) undoBatch(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	if _, err := s.Service.UndoBatch(c.Request().Context(), c.viewer, values.Get(views.FieldBatch)); err != nil {
		return err
	}
	if c.wantsJSON() {
		return c.NoContent(http.StatusNoContent)
	}
	s.sessions.tell(c, didUndoBatch, nil)
	return c.see(views.QueuePath(parseFrom(values.Get(views.FieldFrom)), nil))
}
