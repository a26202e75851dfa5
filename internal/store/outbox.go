package store

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// Publish implements review.Tx.
func (t *tx) Publish(n review.Notice) error {
	err := t.exec("INSERT INTO outbox (key, topic, app_id, payload, not_before) VALUES (?, ?, ?, ?, ?)",
		n.Key, n.Topic, n.AppID, t.seal("outbox", "payload", n.Key, n.Payload), at(n.NotBefore))
	return said(err, review.CodeConflict, "this was published already")
}

// Retract implements review.Tx.
func (t *tx) Retract(key string, now time.Time) error {
	var visible bool
	found, err := t.first("SELECT not_before <= ? FROM outbox WHERE key = ?", []any{at(now), key}, &visible)
	switch {
	case err != nil || !found:
		return err
	case visible:
		return review.Errorf(review.CodeConflict, "this was published already")
	}
	return t.exec("DELETE FROM outbox WHERE key = ?", key)
}

const selectDeliveries = `SELECT seq, key, payload, not_before FROM outbox
WHERE app_id = ? AND topic = ? AND seq > ? ORDER BY seq LIMIT ?`

// Deliveries implements review.Reader. It stops at the first row that is not visible
// yet: a follower who went past it would never see it.
func (s *Store) Deliveries(ctx context.Context, appID, topic string, after int64, limit int, now time.Time) ([]review.Delivery, error) {
	rows, err := s.page(ctx, appID, topic, after, limit)
	if err != nil {
		return nil, err
	}
	var out []review.Delivery
	o := s.opener(ctx)
	for _, row := range rows {
		if row.NotBefore > at(now) {
			break
		}
		out = append(out, review.Delivery{Cursor: row.Seq, Payload: o.text("outbox", "payload", row.Key, row.Payload)})
	}
	return out, o.err
}

type outboxRow struct {
	Seq       int64
	Key       string
	Payload   sealed
	NotBefore instant
}

// page reads what was published under a topic, visible or not.
func (s *Store) page(ctx context.Context, appID, topic string, after int64, limit int) ([]outboxRow, error) {
	var rows []outboxRow
	err := s.read(ctx).Raw(selectDeliveries, appID, topic, after, limit).Scan(&rows).Error
	return rows, s.fault(err)
}
