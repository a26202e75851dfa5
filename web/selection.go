package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// selection shows what deciding the chosen Items together would do.
func (s *Server) selection(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	page, err := s.selectionPage(c, values)
	if err != nil {
		return err
	}
	if len(page.Selection.Rows)+page.Selection.Gone == 0 { // nothing was chosen
		return c.see(views.QueuePath(page.From, nil))
	}
	return c.page(http.StatusOK, views.Selection(page))
}

func (s *Server) selectionPage(c *call, values url.Values) (views.SelectionPage, error) {
	items, err := views.ParseBatchItems(values[views.FieldItem])
	if err != nil {
		return views.SelectionPage{}, err
	}
	chosen, err := s.Service.Select(c.Request().Context(), c.viewer, items)
	if err != nil {
		return views.SelectionPage{}, err
	}
	shell, err := s.shell(c)
	page := views.SelectionPage{Shell: shell, Selection: chosen, From: parseFrom(values.Get(views.FieldFrom))}
	for i := range page.BatchIDs {
		page.BatchIDs[i] = s.Service.NewBatchID()
	}
	return page, err
}

// decideSelection decides the chosen Items, each with a Decision of its own.
func (s *Server) decideSelection(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	cmd, err := batchCommand(values)
	if err != nil {
		return s.refuseSelection(c, values, err)
	}
	result, err := s.Service.DecideBatch(c.Request().Context(), c.viewer, cmd)
	if err != nil {
		return s.refuseSelection(c, values, err)
	}
	if c.wantsJSON() {
		return c.ok(decidedBatchOf(result))
	}
	s.sessions.tellBatch(c, outcome(cmd.Judgement), result)
	if len(result.Left) == 0 {
		return c.see(views.QueuePath(parseFrom(values.Get(views.FieldFrom)), nil))
	}
	return s.tellLeftOut(c, values, result)
}

// tellLeftOut says what has changed since the page that told what would happen.
func (s *Server) tellLeftOut(c *call, values url.Values, result review.BatchResult) error {
	page, err := s.selectionPage(c, values)
	if err != nil {
		return err
	}
	page.Result = &result
	return c.page(http.StatusOK, views.Selection(page))
}

// labelSelection labels the chosen Items, and decides nothing.
func (s *Server) labelSelection(c *call) error {
	return s.actOnSelection(c, didLabel, func(values url.Values, items []review.BatchItem) (review.ActResult, error) {
		return s.Service.LabelBatch(c.Request().Context(), c.viewer, review.LabelBatchCommand{
			ID: values.Get(views.FieldBatch), Items: items, Label: values.Get(views.FieldLabel),
		})
	})
}

// handOverSelection gives the chosen Items to a colleague.
func (s *Server) handOverSelection(c *call) error {
	return s.actOnSelection(c, didHandOvers, func(values url.Values, items []review.BatchItem) (review.ActResult, error) {
		return s.Service.HandOverBatch(c.Request().Context(), c.viewer, review.HandOverBatchCommand{
			ID: values.Get(views.FieldBatch), Items: items, To: values.Get(views.FieldTo), Note: values.Get(views.FieldBody),
		})
	})
}

// actOnSelection does it, and says what was left out.
func (s *Server) actOnSelection(c *call, did outcome, act func(url.Values, []review.BatchItem) (review.ActResult, error)) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	items, err := views.ParseBatchItems(values[views.FieldItem])
	if err != nil {
		return s.refuseSelection(c, values, err)
	}
	result, err := act(values, items)
	if err != nil {
		return s.refuseSelection(c, values, err)
	}
	if c.wantsJSON() {
		return c.ok(actAnswerOf(result))
	}
	if result.Done > 0 {
		s.sessions.tellUndo(c, did, result.ID, result.CreatedAt)
	}
	if len(result.Left) == 0 {
		return c.see(views.QueuePath(parseFrom(values.Get(views.FieldFrom)), nil))
	}
	page, err := s.selectionPage(c, values)
	if err != nil {
		return err
	}
	page.Done = &result
	return c.page(http.StatusOK, views.Selection(page))
}

// actAnswer is a batch that decides nothing, as a script sees it.
type actAnswer struct {
	ID        string       `json:"id"`
	Done      int          `json:"done"`
	Left      []leftAnswer `json:"left"`
	UndoUntil *time.Time   `json:"undo_until,omitempty"`
}

func actAnswerOf(r review.ActResult) actAnswer {
	answer := actAnswer{ID: r.ID, Done: r.Done, Left: []leftAnswer{}}
	for _, l := range r.Left {
		answer.Left = append(answer.Left, leftAnswer(l))
	}
	if r.Done > 0 {
		until := r.CreatedAt.Add(review.UndoWindow)
		answer.UndoUntil = &until
	}
	return answer
}

// refuseSelection answers a batch that was not taken, with what was typed.
func (s *Server) refuseSelection(c *call, values url.Values, err error) error {
	code := review.CodeOf(err)
	if c.wantsJSON() || code != review.CodeConflict && code != review.CodeUnprocessable {
		return err
	}
	page, failed := s.selectionPage(c, values)
	if failed != nil {
		return err
	}
	r := refusalOf(err)
	page.Draft, page.Problem = draftOf(values), r.asProblem()
	c.refused = err
	return c.page(r.status, views.Selection(page))
}
