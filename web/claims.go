package web

import (
	"net/http"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// claimAnswer is what a script needs to decide an Item.
type claimAnswer struct {
	ItemID    string    `json:"item_id"`
	Token     string    `json:"token"`
	Version   int       `json:"version"`
	ExpiresAt time.Time `json:"expires_at"`
}

// claim leases an Item to the viewer; with the token of a lease it keeps that one.
func (s *Server) claim(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	if step.form.text(views.FieldToken) != "" {
		return s.keep(c, step)
	}
	claim, err := s.Service.ClaimItem(c.Request().Context(), c.viewer, step.id)
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	return s.answerClaim(c, step, claim)
}

// heartbeat keeps a lease alive.
func (s *Server) heartbeat(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	return s.keep(c, step)
}

func (s *Server) keep(c *call, step itemStep) error {
	claim, err := s.Service.Heartbeat(c.Request().Context(), c.viewer, step.id, step.form.text(views.FieldToken))
	if err != nil {
		return s.refuseStep(c, step, err)
	}
	return s.answerClaim(c, step, claim)
}

func (s *Server) answerClaim(c *call, step itemStep, claim review.Claim) error {
	if !c.wantsJSON() {
		return c.see(itemAddress(step.id, step.from))
	}
	return c.ok(claimAnswer{ItemID: step.id, Token: claim.Token, Version: claim.Version, ExpiresAt: claim.ExpiresAt})
}

// release gives an Item back.
func (s *Server) release(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	if err := s.Service.Release(c.Request().Context(), c.viewer, step.id, step.form.text(views.FieldToken), step.form.text(views.FieldLeaving) != ""); err != nil {
		return s.refuseStep(c, step, err)
	}
	if !c.wantsPage() {
		return c.NoContent(http.StatusNoContent)
	}
	s.sessions.tell(c, didRelease, nil)
	return c.see(views.QueuePath(step.from, nil))
}

// skip puts an Item aside for this viewer and goes to the next.
func (s *Server) skip(c *call) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	if err := s.Service.Skip(c.Request().Context(), c.viewer, step.id, step.form.text(views.FieldToken), step.skipReason()); err != nil {
		return s.refuseStep(c, step, err)
	}
	if c.wantsJSON() {
		return c.NoContent(http.StatusNoContent)
	}
	return s.onward(c, step, didSkip)
}
