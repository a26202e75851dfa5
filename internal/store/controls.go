package store

import (
	"context"
	"fmt"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type controlRow struct {
	ItemID     string
	UserID     string
	OriginalID string
	Gold       review.Judgement
	Misleading bool
	ShownID    string
	Findings   sealed
	Propensity float64
	Created    instant `gorm:"column:created_at"`
}

func (controlRow) TableName() string  { return "controls" }
func (r controlRow) recordID() string { return r.ItemID }

func (r controlRow) control(o *opener) (review.Control, error) {
	c := review.Control{ItemID: r.ItemID, UserID: r.UserID, OriginalID: r.OriginalID, Gold: r.Gold, Misleading: r.Misleading,
		ShownID: r.ShownID, Propensity: r.Propensity, CreatedAt: r.Created.time()}
	return c, o.failed(decode(o.text("controls", "findings", r.ItemID, r.Findings), &c.Findings))
}

// Control implements review.Tx.
func (t *tx) Control(itemID string) (review.Control, error) {
	c, err := findControl(t.orm(), itemID)
	return c, t.note(err)
}

func findControl(db reads, itemID string) (review.Control, error) {
	var rows []controlRow
	err := db.Where("item_id = ?", itemID).Find(&rows).Error
	row, err := found(rows, err, "item")
	if err != nil {
		return review.Control{}, err
	}
	return row.control(db.opener())
}

// PutControl implements review.Tx.
func (t *tx) PutControl(c review.Control) error {
	findings, err := encodeList(c.Findings)
	if err != nil {
		return err
	}
	err = t.insert(&controlRow{ItemID: c.ItemID, UserID: c.UserID, OriginalID: c.OriginalID, Gold: c.Gold, Misleading: c.Misleading,
		ShownID: c.ShownID, Findings: toSeal(findings), Propensity: c.Propensity, Created: at(c.CreatedAt)})
	if err != nil {
		return err
	}
	return t.listItem(c.ItemID)
}

// fillControl reads what a control shows; to others than the one whom it is for it is
// absent.
func fillControl(db reads, v *review.ItemView, viewer string) error {
	if v.Item.Kind != review.KindControl {
		return nil
	}
	c, err := findControl(db, v.Item.ID)
	if err == nil && c.UserID != viewer {
		err = absent("item")
	}
	v.Control = &c
	return err
}

const selectControlDesk = `SELECT (SELECT COUNT(*) FROM controls WHERE user_id = ?) AS had,
(SELECT COUNT(*) FROM items i JOIN controls k ON k.item_id = i.id AND k.user_id = ? WHERE i.kind = 'control' AND i.state = 'open') AS open`

// ControlDesk implements review.Reader.
func (s *Store) ControlDesk(ctx context.Context, userID string) (review.ControlDesk, error) {
	var desk review.ControlDesk
	err := s.read(ctx).Raw(selectControlDesk, userID, userID).Scan(&desk).Error
	return desk, s.fault(err)
}

const selectOwnControls = `SELECT CASE i.verdict WHEN 'allow' THEN 'audit' ELSE 'interaction' END AS kind, i.state, COUNT(*) AS n
FROM items i CROSS JOIN controls k
WHERE k.item_id = i.id AND k.user_id = ? AND i.kind = 'control' AND i.state IN ('open', 'escalated') AND %s IN ? GROUP BY 1, 2 ORDER BY 1, 2`

// OwnControls implements review.Reader.
func (s *Store) OwnControls(ctx context.Context, userID string, appIDs []string) (review.Counts, error) {
	if len(appIDs) == 0 {
		return nil, nil
	}
	var counts review.Counts
	query := fmt.Sprintf(selectOwnControls, s.dialect.unordered("i.app_id"))
	err := s.read(ctx).Raw(query, userID, appIDs).Scan(&counts).Error
	return counts, s.fault(err)
}

// How many Decisions are looked at for one control, and how many Items are offered.
const (
	controlWindow     = 128
	controlCandidates = 8
)

// selectControls looks at a window of an App's Decisions for those that were agreed on:
// by two people, and nobody disagrees; or by somebody who judged blind and the guard.
// The texts must be all there, and will be for a while.
const selectControls = `SELECT d.item_id FROM (
    SELECT * FROM decisions WHERE app_id = ? AND created_at >= ? AND created_at < ? ORDER BY created_at, id LIMIT ?) d
JOIN items i ON i.id = d.item_id JOIN interactions n ON n.id = i.interaction_id
WHERE d.judgement = ? AND i.kind IN ('interaction', 'audit') AND i.state = 'decided'
AND octet_length(n.prompt) > 0 AND (n.expires_at IS NULL OR n.expires_at > ?)
AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id)
AND NOT EXISTS (SELECT 1 FROM decisions o WHERE o.item_id = d.item_id AND (o.judgement <> d.judgement OR o.actor_kind = 'user' AND o.actor_id = ?)
    AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = o.id))
AND NOT EXISTS (SELECT 1 FROM controls k WHERE k.user_id = ? AND k.original_id = i.id)
AND (d.blind_verdict = d.judgement AND (d.judgement = 'block') = (d.guard_verdict <> 'allow')
    OR EXISTS (SELECT 1 FROM decisions o WHERE o.item_id = d.item_id AND o.actor_id <> d.actor_id
        AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = o.id)))
ORDER BY d.created_at, d.id LIMIT ?`

// controlKeeps is how long the texts of an original must last at least.
const controlKeeps = 7 * 24 * time.Hour

// ControlCandidates implements review.Reader.
func (s *Store) ControlCandidates(ctx context.Context, q review.ControlQuery) ([]string, error) {
	var oldest []instant
	err := s.read(ctx).Raw("SELECT created_at FROM decisions WHERE app_id = ? ORDER BY created_at, id LIMIT 1", q.AppID).Scan(&oldest).Error
	if err != nil || len(oldest) == 0 {
		return nil, s.fault(err)
	}
	span := max(0, at(q.Before)-oldest[0])
	for _, from := range []instant{oldest[0] + instant(q.From*float64(span)), oldest[0]} {
		var ids []string
		err := s.read(ctx).Raw(selectControls, q.AppID, from, at(q.Before), controlWindow, q.Gold,
			at(q.Before.Add(controlKeeps)), q.UserID, q.UserID, controlCandidates).Scan(&ids).Error
		if err != nil || len(ids) > 0 {
			return ids, s.fault(err)
		}
	}
	return nil, nil
}
