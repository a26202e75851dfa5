package store

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// SetSnooze implements review.Tx.
func (t *tx) SetSnooze(itemID string, until time.Time) error {
	return t.exec("UPDATE items SET snoozed_until = ? WHERE id = ?", at(until), itemID)
}

// SetEscalation implements review.Tx.
func (t *tx) SetEscalation(itemID, queue string) error {
	return t.exec("UPDATE items SET escalation = ? WHERE id = ?", queue, itemID)
}

// SetOpinions implements review.Tx.
func (t *tx) SetOpinions(itemID string, n int) error {
	return t.exec("UPDATE items SET opinions = ? WHERE id = ?", n, itemID)
}

type opinionRow struct {
	ID       string
	Decision sealed
}

// findOpinions reads whole Decisions: they have no row of their own yet.
func findOpinions(db reads, condition string, args ...any) ([]review.Decision, error) {
	var rows []opinionRow
	err := db.Raw("SELECT id, decision FROM opinions WHERE "+condition+" ORDER BY created_at, id", args...).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	var out []review.Decision
	o := db.opener()
	for _, row := range rows {
		var d review.Decision
		if err := o.failed(decode(o.text("opinions", "decision", row.ID, row.Decision), &d)); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, o.err
}

// Opinions implements review.Tx.
func (t *tx) Opinions(itemID string) ([]review.Decision, error) {
	out, err := findOpinions(t.orm(), "item_id = ?", itemID)
	return out, t.note(err)
}

// Opinion implements review.Tx.
func (t *tx) Opinion(id string) (*review.Decision, error) {
	out, err := findOpinions(t.orm(), "id = ?", id)
	if err != nil || len(out) == 0 {
		return nil, t.note(err)
	}
	return &out[0], nil
}

// PutOpinion implements review.Tx.
func (t *tx) PutOpinion(d review.Decision) error {
	document, err := encode(d)
	if err != nil {
		return err
	}
	err = t.exec("INSERT INTO opinions (id, item_id, user_id, decision, created_at) VALUES (?, ?, ?, ?, ?)",
		d.ID, d.ItemID, d.Actor.ID, t.seal("opinions", "decision", d.ID, document), at(d.CreatedAt))
	return said(err, review.CodeConflict, "you have given your opinion on this item")
}

// DeleteOpinion implements review.Tx.
func (t *tx) DeleteOpinion(id string) error { return t.exec("DELETE FROM opinions WHERE id = ?", id) }

type holdRow struct {
	Item     itemRow `gorm:"embedded"`
	App      string
	HolderID string
	UserName string
	Token    string
	Taken    instant `gorm:"column:taken_at"`
	Beat     instant `gorm:"column:beat_at"`
	Kept     instant `gorm:"column:kept_until"`
	Expires  instant `gorm:"column:expires_at"`
}

func (r holdRow) hold(o *opener) (review.Hold, error) {
	item, err := r.Item.item(o)
	claim := claimRow{ItemID: item.ID, UserID: r.HolderID, UserName: r.UserName, Token: r.Token,
		Taken: r.Taken, Beat: r.Beat, Kept: r.Kept, Expires: r.Expires}
	return review.Hold{Item: item, App: r.App, Claim: claim.claim()}, err
}

const selectHolds = `SELECT i.*, a.name AS app, c.user_id AS holder_id, u.name AS user_name, c.token, c.taken_at, c.beat_at, c.kept_until, c.expires_at
FROM claims c JOIN items i ON i.id = c.item_id JOIN apps a ON a.id = i.app_id JOIN users u ON u.id = c.user_id
WHERE c.expires_at > ? AND (i.kind <> 'control' OR c.user_id = ?) AND i.app_id IN ?`

// Holds implements review.Reader. There are never more claims than people work.
func (s *Store) Holds(ctx context.Context, q review.HoldsQuery) ([]review.Hold, error) {
	if len(q.AppIDs) == 0 {
		return nil, nil
	}
	query, args := selectHolds, []any{at(q.Now), q.Viewer, q.AppIDs}
	if q.Own {
		query, args = query+" AND c.user_id = ?", append(args, q.Viewer)
	}
	var rows []holdRow
	if err := s.read(ctx).Raw(query+" ORDER BY c.taken_at, c.item_id LIMIT ?", append(args, q.Limit)...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.Hold, len(rows))
	o := s.opener(ctx)
	for i, row := range rows {
		var err error
		if out[i], err = row.hold(o); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const selectUntended = `SELECT id FROM (SELECT id FROM items WHERE state = 'snoozed' AND snoozed_until <= ? ORDER BY snoozed_until LIMIT ?) w
UNION SELECT o.item_id FROM opinions o JOIN items i ON i.id = o.item_id
WHERE i.state IN ('settling', 'escalated', 'decided') AND o.created_at <= ? LIMIT ?`

// Untended implements review.Reader.
func (s *Store) Untended(ctx context.Context, now, settled time.Time, limit int) ([]string, error) {
	var ids []string
	err := s.read(ctx).Raw(selectUntended, at(now), limit, at(settled), limit).Scan(&ids).Error
	return ids, s.fault(err)
}
