package gateway

import (
	"context"

	"github.com/guardroom/guardroom/internal/review"
)

// Settlement is what became of a held answer.
type Settlement string

// The settlements; the empty one was not held.
const (
	SettledApproved Settlement = "approved"
	SettledRefused  Settlement = "refused"
	SettledOpen     Settlement = "open" // nobody decided in time; the caller asks again later
)

// settle waits for a person, if the answer is held.
func (c *guarded) settle(ctx context.Context, receipt review.Receipt) (Settlement, error) {
	if receipt.HeldUntil.IsZero() || receipt.Item == nil {
		return "", nil
	}
	// A decision in the last moment can still be undone.
	wait := receipt.HeldUntil.Sub(c.gateway.Clock()) + review.UndoWindow
	a, err := c.gateway.Service.AwaitApproval(ctx, c.caller, receipt.Item.ID, wait)
	switch {
	case err != nil:
		return "", err
	case a.Allowed:
		return SettledApproved, nil
	case a.Expiry == review.ExpireAccept && a.State != review.ApprovalRefused:
		return SettledOpen, nil
	}
	return SettledRefused, nil
}
