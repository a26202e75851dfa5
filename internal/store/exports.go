package store

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type exportedRow struct {
	ID       string
	Document sealed
}

func (r exportedRow) export(o *opener) (e review.Export, err error) {
	return e, o.failed(decode(o.text("exports", "document", r.ID, r.Document), &e))
}

func exportsOf(rows []exportedRow, o *opener) ([]review.Export, error) {
	out := make([]review.Export, len(rows))
	for i, row := range rows {
		var err error
		if out[i], err = row.export(o); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PutExport implements review.Tx.
func (t *tx) PutExport(e review.Export) error {
	document, err := encode(e)
	if err != nil {
		return err
	}
	var user *string
	if e.By.Kind == review.ActorUser {
		user = &e.By.ID
	}
	return t.exec(`INSERT INTO exports (id, user_id, mark, state, document, created_at, touched_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document, touched_at = excluded.touched_at, expires_at = excluded.expires_at`,
		e.ID, user, e.Mark, string(e.State), t.seal("exports", "document", e.ID, document), at(e.AskedAt), at(e.TouchedAt), orNever(e.ExpiresAt))
}

// DeleteExport implements review.Tx.
func (t *tx) DeleteExport(id string) error { return t.exec("DELETE FROM exports WHERE id = ?", id) }

func findExport(db reads, id string) (review.Export, error) {
	var rows []exportedRow
	err := db.Raw("SELECT id, document FROM exports WHERE id = ?", id).Scan(&rows).Error
	row, err := found(rows, err, "export")
	if err != nil {
		return review.Export{}, err
	}
	return row.export(db.opener())
}

// Export implements review.Tx.
func (t *tx) Export(id string) (review.Export, error) {
	e, err := findExport(t.orm(), id)
	return e, t.note(err)
}

// Export implements review.Reader.
func (s *Store) Export(ctx context.Context, id string) (review.Export, error) {
	e, err := findExport(s.read(ctx), id)
	return e, s.fault(err)
}

// CountOpenExports implements review.Tx.
func (t *tx) CountOpenExports(userID string) (n int, err error) {
	_, err = t.first("SELECT COUNT(*) FROM exports WHERE state IN ('waiting', 'running') AND user_id = ?", []any{userID}, &n)
	return n, err
}

const selectPendingExport = `SELECT id, document FROM exports WHERE state IN ('waiting', 'running', 'sending')
AND (state = 'waiting' OR touched_at < ?) ORDER BY created_at, id LIMIT 1`

// PendingExport implements review.Tx.
func (t *tx) PendingExport(quiet time.Time) (*review.Export, error) {
	var row exportedRow
	known, err := t.first(selectPendingExport, []any{at(quiet)}, &row.ID, &row.Document)
	if err != nil || !known {
		return nil, err
	}
	e, err := row.export(t.orm().opener())
	return &e, t.note(err)
}

// OverdueExports implements review.Tx.
func (t *tx) OverdueExports(now time.Time, limit int) ([]review.Export, error) {
	var rows []exportedRow
	err := t.orm().Raw("SELECT id, document FROM exports WHERE state = 'done' AND expires_at <= ? ORDER BY created_at LIMIT ?", at(now), limit).Scan(&rows).Error
	if err != nil {
		return nil, t.note(err)
	}
	out, err := exportsOf(rows, t.orm().opener())
	return out, t.note(err)
}

// Exports implements review.Reader.
func (s *Store) Exports(ctx context.Context, userID string, limit int) ([]review.Export, error) {
	query, args := "SELECT id, document FROM exports ORDER BY created_at DESC, id DESC LIMIT ?", []any{limit}
	if userID != "" {
		query, args = "SELECT id, document FROM exports WHERE user_id = ? ORDER BY created_at DESC, id DESC LIMIT ?", []any{userID, limit}
	}
	return s.exports(ctx, query, args...)
}

// ExportsMarked implements review.Reader.
func (s *Store) ExportsMarked(ctx context.Context, pattern string, limit int) ([]review.Export, error) {
	return s.exports(ctx, "SELECT id, document FROM exports WHERE mark LIKE ? ORDER BY created_at DESC, id DESC LIMIT ?", pattern, limit)
}

func (s *Store) exports(ctx context.Context, query string, args ...any) ([]review.Export, error) {
	var rows []exportedRow
	if err := s.read(ctx).Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out, err := exportsOf(rows, s.opener(ctx))
	return out, s.fault(err)
}

// CountDecisions implements review.Reader: counting ends at q.Limit.
func (s *Store) CountDecisions(ctx context.Context, q review.DecisionQuery) (n int, err error) {
	if len(q.AppIDs) == 0 {
		return 0, nil
	}
	query, args := decisionsQuery(s.dialect, q, "d.id", nil, q.Limit)
	err = s.read(ctx).Raw("SELECT COUNT(*) FROM ("+query+") counted", args...).Scan(&n).Error
	return n, s.fault(err)
}
