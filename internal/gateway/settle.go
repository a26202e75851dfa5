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
	return SettledRefused, nil
}
