package web

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// aheadAnswer is what a script fetches while somebody is still at an Item.
type aheadAnswer struct {
	Items []aheadItem `json:"items"`
}

type aheadItem struct {
	ID   string `json:"id"`
	Page string `json:"page"` // how it will look; to ask for it takes nothing
}

// ahead tells which Items come after the one that is named.
func (s *Server) ahead(c *call) error {
	from, err := c.cameFrom()
	if err != nil {
		return err
	}
	ids, err := s.Service.Ahead(c.Request().Context(), c.viewer, from, c.QueryParam(views.ParamBut))
	if err != nil {
		return err
	}
	answer := aheadAnswer{Items: make([]aheadItem, len(ids))}
	for i, id := range ids {
		answer.Items[i] = aheadItem{ID: id, Page: views.AheadItemPath(id, from)}
	}
	return c.ok(answer)
}

// drawAhead lets a page look as it will once the viewer holds the Item. Nothing is held and nothing can be decided with
// it: the proof is missing, and comes with the page that the claim brings.
func (s *Server) drawAhead(c *call, view review.ItemView) review.ItemView {
	if c.QueryParam(views.ParamAhead) == "" || !s.free(c, view) {
		return view
	}
	now := s.Clock().UTC().Truncate(time.Microsecond)
	view.Claim = &review.Claim{ItemID: view.Item.ID, UserID: c.viewer.User.ID, UserName: c.viewer.User.Name, TakenAt: now, ExpiresAt: now.Add(review.ClaimLease)}
	return view
}

// onward goes to the Item that the page shows already, if it can still be had, and to the next one otherwise.
func (s *Server) onward(c *call, step itemStep, told outcome) error {
	id := step.form.text(views.FieldAhead)
	if !validID(id) {
		return s.toNext(c, step.from, told)
	}
	if _, err := s.Service.ClaimItem(c.Request().Context(), c.viewer, id); err != nil {
		return s.toNext(c, step.from, told)
	}
	if told != "" {
		s.sessions.tell(c, told, nil)
	}
	return c.see(itemAddress(id, step.from))
}
