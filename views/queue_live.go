package views

import (
	"context"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// livePath is where the list hears what becomes of it; later pages do not, for what is new comes to the first.
func livePath(p QueuePage) string {
	q := FilterQuery(p.Filter)
	q.Set(ParamSince, strconv.FormatInt(p.Since, 10))
	return withQuery(PathLive, q)
}

// LineMark says who holds the item of a line, or what became of it; "" when it is free.
func LineMark(ctx context.Context, v review.Viewer, r review.QueueRow) string {
	switch {
	case r.Item.State == review.StateDecided:
		return text.T(ctx, "decided")
	case r.Claim == nil && r.Item.State == review.StateEscalated:
		return text.T(ctx, "escalated")
	case r.Claim == nil:
		return ""
	case r.Claim.UserID == v.User.ID:
		return text.T(ctx, "held by you")
	default:
		return text.T(ctx, "held by %s", oneLine(r.Claim.UserName, 40))
	}
}
