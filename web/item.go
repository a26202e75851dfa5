package web

import (
	"context"
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// item shows one Item, and takes it for a viewer who may decide it: whoever opens an
// Item means to judge it. A prefetch, ?peek=1 or ?ahead=1 only looks.
func (s *Server) item(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	q, err := c.query()
	if err != nil {
		return err
	}
	view, err := s.viewItem(c, id, !c.peeking())
	if err != nil {
		return err
	}
	page, err := s.itemPage(c, s.drawAhead(c, view), parseFrom(q.Get(views.FieldFrom)))
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Item(page))
}

// viewItem returns what the page shows; with take it claims the Item if it is free.
func (s *Server) viewItem(c *call, id string, take bool) (review.ItemView, error) {
	ctx := c.Request().Context()
	view, err := s.Service.View(ctx, c.viewer, id)
	if err != nil {
		return review.ItemView{}, err
	}
	if take && s.free(c, view) {
		view, err = s.take(ctx, c, view)
	}
	if view.Claim != nil && view.Claim.UserID != c.viewer.User.ID {
		view.Claim.Token = "" // the holder's proof is for the holder
	}
	return view, err
}

// free tells whether the viewer could hold the Item.
func (s *Server) free(c *call, view review.ItemView) bool {
	held := view.Claim != nil && view.Claim.UserID != c.viewer.User.ID
	return c.viewer.May(review.PermDecide) && view.Item.State != review.StateDecided && !held
}

// take claims the Item. Somebody who was faster is no error: the page then says who.
func (s *Server) take(ctx context.Context, c *call, view review.ItemView) (review.ItemView, error) {
	claim, err := s.Service.ClaimItem(ctx, c.viewer, view.Item.ID)
	switch review.CodeOf(err) {
	case "":
		view.Claim = &claim
		return view, nil
	case review.CodeConflict:
		return s.Service.View(ctx, c.viewer, view.Item.ID)
	default:
		return review.ItemView{}, err
	}
}

func (s *Server) itemPage(c *call, view review.ItemView, from review.Filter) (views.ItemPage, error) {
	shell, err := s.shell(c)
	if err != nil {
		return views.ItemPage{}, err
	}
	previous, err := s.Service.Before(c.Request().Context(), c.viewer, from, view.Item)
	if err != nil {
		return views.ItemPage{}, err
	}
	next, err := s.Service.After(c.Request().Context(), c.viewer, from, view.Item)
	if err != nil {
		return views.ItemPage{}, err
	}
	page := views.ItemPage{Shell: shell, View: view, Specs: s.Service.Specs(), From: from, Previous: previous, Next: next}
	page.Decoded = s.Decode(view.Interaction.Content, view.Assessment.Findings)
	return page, nil
}

// step is a form posted below an Item.
type itemStep struct {
	id    string
	form  itemForm
	from  review.Filter
	draft views.Draft
}

// readStep reads such a form.
func (s *Server) readStep(c *call) (itemStep, error) {
	id, err := c.object()
	if err != nil {
		return itemStep{}, err
	}
	values, err := c.readForm()
	if err != nil {
		return itemStep{}, err
	}
	return itemStep{id: id, form: itemForm{values}, from: parseFrom(values.Get(views.FieldFrom)), draft: draftOf(values)}, nil
}

// refuseStep answers a step that could not be taken. Where the viewer can do something
// about it, that is the item's page as it is now, with a word on what happened and
// everything that was typed.
func (s *Server) refuseStep(c *call, step itemStep, err error) error {
	code := review.CodeOf(err)
	if c.wantsJSON() || code != review.CodeConflict && code != review.CodeUnprocessable {
		return err
	}
	view, failed := s.viewItem(c, step.id, true)
	if failed != nil {
		return failed
	}
	page, failed := s.itemPage(c, view, step.from)
	if failed != nil {
		return failed
	}
	r := refusalOf(err)
	page.Draft, page.Problem = step.draft, r.asProblem()
	c.refused = err
	return c.page(r.status, views.Item(page))
}

func (r refusal) asProblem() *views.Problem {
	return &views.Problem{Code: r.code, Message: r.message, Fields: r.fields}
}
