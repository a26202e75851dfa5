package store

import "github.com/guardroom/guardroom/internal/review"

type actRow struct {
	ID      string
	UserID  string
	Kind    review.ActKind
	Done    int
	Undone  int
	Created instant `gorm:"column:created_at"`
}

func (actRow) TableName() string { return "batches" }

// Act implements review.Tx.
func (t *tx) Act(batchID string) (*review.Act, error) {
	var rows []actRow
	if err := t.orm().Where("id = ?", batchID).Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, t.note(err)
	}
	r := rows[0]
	return &review.Act{ID: r.ID, UserID: r.UserID, Kind: r.Kind, Done: r.Done, Undone: r.Undone != 0, CreatedAt: r.Created.time()}, nil
}

// PutAct implements review.Tx.
func (t *tx) PutAct(a review.Act) error {
	return t.insert(&actRow{ID: a.ID, UserID: a.UserID, Kind: a.Kind, Done: a.Done, Created: at(a.CreatedAt)})
}

// TakeBackAct implements review.Tx.
func (t *tx) TakeBackAct(a review.Act) (int, error) {
	from := map[review.ActKind]string{review.ActLabel: "annotations", review.ActHandOver: "claims"}[a.Kind]
	n, err := t.affect("DELETE FROM "+from+" WHERE batch_id = ? AND batch_id <> ''", a.ID)
	if err != nil {
		return 0, err
	}
	if err := t.exec("DELETE FROM inbox WHERE id = ?", a.ID); err != nil {
		return 0, err
	}
	return int(n), t.exec("UPDATE batches SET undone = 1 WHERE id = ?", a.ID)
}
