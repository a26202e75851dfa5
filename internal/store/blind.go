package store

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type blindVerdictRow struct {
	ItemID     string
	UserID     string
	Judgement  review.Judgement
	Confidence *float64
	FocusedMS  int64   `gorm:"column:focused_ms"`
	Created    instant `gorm:"column:created_at"`
}

func (blindVerdictRow) TableName() string { return "blind_verdicts" }

func (r blindVerdictRow) verdict() review.BlindVerdict {
	return review.BlindVerdict{ItemID: r.ItemID, UserID: r.UserID, Judgement: r.Judgement, Confidence: r.Confidence,
		FocusedMS: r.FocusedMS, CreatedAt: r.Created.time()}
}

// BlindVerdict implements review.Tx.
func (t *tx) BlindVerdict(itemID, userID string) (*review.BlindVerdict, error) {
	v, err := findBlindVerdict(t.orm(), itemID, userID)
	return v, t.note(err)
}

func findBlindVerdict(db reads, itemID, userID string) (*review.BlindVerdict, error) {
	var rows []blindVerdictRow
	if err := db.Where("item_id = ? AND user_id = ?", itemID, userID).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	v := rows[0].verdict()
	return &v, nil
}

// PutBlindVerdict implements review.Tx.
func (t *tx) PutBlindVerdict(v review.BlindVerdict) error {
	err := t.insert(&blindVerdictRow{ItemID: v.ItemID, UserID: v.UserID, Judgement: v.Judgement, Confidence: v.Confidence,
		FocusedMS: v.FocusedMS, Created: at(v.CreatedAt)})
	if err != nil {
		return said(err, review.CodeConflict, "this item was judged blind already")
	}
	return t.listItem(v.ItemID)
}

// Unmasked implements review.Tx.
func (t *tx) Unmasked(itemID, userID string) (bool, error) {
	seen, err := findUnmasking(t.orm(), itemID, userID)
	return seen, t.note(err)
}

func findUnmasking(db reads, itemID, userID string) (bool, error) {
	var n int64
	err := db.Table("unmaskings").Where("item_id = ? AND user_id = ?", itemID, userID).Count(&n).Error
	return n > 0, err
}

// PutUnmasking implements review.Tx.
func (t *tx) PutUnmasking(itemID, userID string, when time.Time) error {
	return t.exec("INSERT INTO unmaskings (item_id, user_id, created_at) VALUES (?, ?, ?)", itemID, userID, at(when))
}

const selectPeers = `SELECT EXISTS (SELECT 1 FROM decisions d WHERE d.item_id = ? AND NOT (d.actor_kind = ? AND d.actor_id = ?))
OR EXISTS (SELECT 1 FROM annotations n WHERE n.item_id = ? AND NOT (? = 'user' AND n.user_id = ?))`

// HasPeers implements review.Tx.
func (t *tx) HasPeers(itemID string, but review.Actor) (has bool, err error) {
	kind := string(but.Kind)
	_, err = t.first(selectPeers, []any{itemID, kind, but.ID, itemID, kind, but.ID}, &has)
	return has, err
}

// fillSight reads what the viewer has said of the Item and seen of it.
func fillSight(db reads, v *review.ItemView, viewer string) (err error) {
	if v.BlindVerdict, err = findBlindVerdict(db, v.Item.ID, viewer); err != nil {
		return err
	}
	v.Unmasked, err = findUnmasking(db, v.Item.ID, viewer)
	return err
}
