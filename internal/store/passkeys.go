package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/guardroom/guardroom/internal/review"
)

type passkeyRow struct {
	ID           string
	UserID       string
	CredentialID []byte
	Name         []byte
	Document     []byte
	Created      instant  `gorm:"column:created_at"`
	Used         *instant `gorm:"column:used_at"`
}

func (passkeyRow) TableName() string { return "passkeys" }

func findPasskeys(db *gorm.DB, userID string) ([]review.Passkey, error) {
	var rows []passkeyRow
	if err := db.Where("user_id = ?", userID).Order("created_at, id").Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	keys := make([]review.Passkey, len(rows))
	for i, r := range rows {
		keys[i] = review.Passkey{ID: r.ID, UserID: r.UserID, CredentialID: r.CredentialID, Name: string(r.Name), Document: r.Document,
			CreatedAt: r.Created.time(), UsedAt: r.Used.timeOrNil()}
	}
	return keys, nil
}

// Passkeys implements review.Reader.
func (s *Store) Passkeys(ctx context.Context, userID string) ([]review.Passkey, error) {
	keys, err := findPasskeys(s.read(ctx).DB, userID)
	return keys, s.fault(err)
}

// Passkeys implements review.Tx.
func (t *tx) Passkeys(userID string) ([]review.Passkey, error) {
	keys, err := findPasskeys(t.orm().DB, userID)
	return keys, t.note(err)
}

// PutPasskey implements review.Tx.
func (t *tx) PutPasskey(p review.Passkey) error {
	err := t.exec("INSERT INTO passkeys (id, user_id, credential_id, name, document, created_at) VALUES (?, ?, ?, ?, ?, ?)",
		p.ID, p.UserID, p.CredentialID, []byte(p.Name), p.Document, at(p.CreatedAt))
	return said(err, review.CodeConflict, "this passkey is known already")
}

// SetPasskeyUse implements review.Tx.
func (t *tx) SetPasskeyUse(id string, document []byte, when time.Time) error {
	return t.exec("UPDATE passkeys SET document = ?, used_at = ? WHERE id = ?", document, at(when), id)
}

// DeletePasskeys implements review.Tx.
func (t *tx) DeletePasskeys(userID, id string) (int, error) {
	n, err := t.affect("DELETE FROM passkeys WHERE user_id = ? AND (id = ? OR ? = '')", userID, id, id)
	return int(n), err
}
