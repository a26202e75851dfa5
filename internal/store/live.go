package store

import (
	"context"

	"github.com/guardroom/guardroom/internal/review"
)

const selectChanged = `SELECT e.seq, e.action, COALESCE(d.item_id, e.object) AS item_id
FROM events e LEFT JOIN decisions d ON d.id = e.object
WHERE e.seq > ? AND e.seq <= ? AND (e.action LIKE 'item.%' OR e.action LIKE 'decision.%') ORDER BY e.seq LIMIT ?`

// Changed implements review.Reader.
func (s *Store) Changed(ctx context.Context, after int64, limit int) (review.Changes, error) {
	end, err := s.HistoryEnd(ctx)
	if err != nil || end <= after {
		return review.Changes{Next: after}, err
	}
	var rows []struct {
		Seq    int64
		Action string
		ItemID string
	}
	if err := s.read(ctx).Raw(selectChanged, after, end, limit).Scan(&rows).Error; err != nil {
		return review.Changes{}, s.fault(err)
	}
	changes := review.Changes{Next: end}
	if len(rows) == limit {
		changes.Next = rows[limit-1].Seq
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if !seen[row.ItemID] {
			changes.Items = append(changes.Items, row.ItemID)
		}
		seen[row.ItemID] = true
		if row.Action == "item.opened" {
			changes.Opened = append(changes.Opened, row.ItemID)
		}
	}
	return changes, nil
}

// Among implements review.Reader.
func (s *Store) Among(ctx context.Context, q review.QueueQuery, ids []string) ([]review.QueueRow, error) {
	l := &look{dialect: s.dialect, q: q}
	l.order, l.descending = orderOf(q.Filter.Sort)
	l.gather("items i", "i.id IN ?", ids)
	l.holder(l.set)
	if q.Filter.Mine {
		l.set.and("("+decidedBy+" OR EXISTS (SELECT 1 FROM claims h WHERE h.item_id = i.id AND h.expires_at > ? AND h.user_id = ?))", q.Viewer, at(q.Now), q.Viewer)
	}
	l.says(wordsOf(q.Filter.Text, maxTerms), s.searchKey)
	return s.rowsOf(ctx, l)
}
