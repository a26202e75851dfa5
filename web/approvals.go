package web

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// longestWait bounds how long a caller can let a request for news stand.
const longestWait = time.Minute

var approvalShape = shapeOf(reflect.TypeFor[review.ApprovalRequest]())

// approvalAnswer is how a request for approval stands.
type approvalAnswer struct {
	ID          string               `json:"id"`
	Interaction string               `json:"interaction"`
	State       review.ApprovalState `json:"state"` // waiting, approved, refused or expired
	Allowed     bool                 `json:"allowed"`
	ExpiresAt   time.Time            `json:"expires_at"`
	DecidedAt   *time.Time           `json:"decided_at"`
	Reason      string               `json:"reason,omitempty"`
	URL         string               `json:"url"`      // where to ask again
	ItemURL     string               `json:"item_url"` // where people decide
}

func (s *Server) approvalAnswer(c *call, a review.Approval) approvalAnswer {
	out := approvalAnswer{
		ID: a.ItemID, Interaction: a.InteractionID, State: a.State, Allowed: a.Allowed, ExpiresAt: a.ExpiresAt, Reason: a.Reason,
		URL: s.absolute(c, pathApprovals+"/"+a.ItemID), ItemURL: s.absolute(c, views.ItemPath(a.ItemID)),
	}
	if !a.DecidedAt.IsZero() {
		out.DecidedAt = &a.DecidedAt
	}
	return out
}

// askApproval answers POST /api/v1/approvals: 202, and where to ask how it stands.
func (s *Server) askApproval(c *call) error {
	var r review.ApprovalRequest
	if err := c.readInto(s.Options.MaxBody, approvalShape, &r); err != nil {
		return err
	}
	a, err := s.Service.AskApproval(c.Request().Context(), c.caller, r)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", pathApprovals+"/"+a.ItemID)
	return c.json(http.StatusAccepted, echo.MIMEApplicationJSON, s.approvalAnswer(c, a))
}

// approval answers GET /api/v1/approvals/ID; with ?wait=30s not before it is settled or the time is over.
func (s *Server) approval(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	wait, err := c.wait()
	if err != nil {
		return err
	}
	ctx, stop := s.untilDraining(c)
	defer stop()
	if wait > 0 {
		c.patient()
		defer c.hurry()
	}
	a, err := s.Service.AwaitApproval(ctx, c.caller, id, wait)
	if err != nil {
		return err
	}
	return c.ok(s.approvalAnswer(c, a))
}

// wait reads how long the caller wants to wait.
func (c *call) wait() (time.Duration, error) {
	q, err := c.query()
	if err != nil {
		return 0, err
	}
	text := q.Get("wait")
	if text == "" {
		return 0, nil
	}
	wait, err := time.ParseDuration(text)
	if err != nil || wait < 0 || wait > longestWait {
		return 0, wrongField("wait", "must be a time such as 30s, at most 60s")
	}
	return wait, nil
}

// untilDraining ends with the call, or when the server drains: who waits asks again, elsewhere.
func (s *Server) untilDraining(c *call) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(c.Request().Context())
	go func() {
		select {
		case <-s.streams.ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
