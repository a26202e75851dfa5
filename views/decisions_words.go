package views

import (
	"context"

	"github.com/guardroom/guardroom/views/text"
)

// decisionsSummary says how much of the record the page shows.
func decisionsSummary(ctx context.Context, p DecisionsPage) string {
	if len(p.Rows) < p.Limit || len(p.Rows) == 0 {
		return ""
	}
	return text.T(ctx, "The latest %d; the export has all", len(p.Rows))
}

// looked writes how long a reviewer looked; 0 means that nobody measured.
func looked(ms int64) string {
	if ms == 0 {
		return "–"
	}
	return seconds(ms)
}
