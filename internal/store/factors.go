package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/guardroom/guardroom/internal/review"
)

type totpRow struct {
	UserID    string
	Sealed    []byte
	Created   instant  `gorm:"column:created_at"`
	Confirmed *instant `gorm:"column:confirmed_at"`
	LastStep  int64
}

func (totpRow) TableName() string { return "totp" }

// findTOTP returns nil when there is none.
func findTOTP(db *gorm.DB, userID string) (*review.TOTP, error) {
	var rows []totpRow
	if err := db.Where("user_id = ?", userID).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	return &review.TOTP{UserID: r.UserID, Sealed: r.Sealed, CreatedAt: r.Created.time(), ConfirmedAt: r.Confirmed.timeOrNil(), LastStep: r.LastStep}, nil
}

// TOTP implements review.Tx.
func (t *tx) TOTP(userID string) (*review.TOTP, error) {
	found, err := findTOTP(t.orm().DB, userID)
	return found, t.note(err)
}

// PutTOTP implements review.Tx.
func (t *tx) PutTOTP(f review.TOTP) error {
	return t.exec(`INSERT INTO totp (user_id, sealed, created_at, confirmed_at, last_step) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at, confirmed_at = excluded.confirmed_at, last_step = excluded.last_step`,
		f.UserID, f.Sealed, at(f.CreatedAt), atOrNull(f.ConfirmedAt), f.LastStep)
}

// DeleteTOTP implements review.Tx.
func (t *tx) DeleteTOTP(userID string) error {
	if err := t.exec("DELETE FROM recovery_codes WHERE user_id = ?", userID); err != nil {
		return err
	}
	return t.exec("DELETE FROM totp WHERE user_id = ?", userID)
}

// PutRecoveryCodes implements review.Tx.
func (t *tx) PutRecoveryCodes(userID string, hashes [][]byte) error {
	if err := t.exec("DELETE FROM recovery_codes WHERE user_id = ?", userID); err != nil {
		return err
	}
	for _, hash := range hashes {
		if err := t.exec("INSERT INTO recovery_codes (user_id, hash) VALUES (?, ?)", userID, hash); err != nil {
			return err
		}
	}
	return nil
}

// TakeRecoveryCode implements review.Tx.
func (t *tx) TakeRecoveryCode(userID string, hash []byte) (bool, error) {
	n, err := t.affect("DELETE FROM recovery_codes WHERE user_id = ? AND hash = ?", userID, hash)
	return n == 1, err
}

// TOTP implements review.Reader.
func (s *Store) TOTP(ctx context.Context, userID string) (*review.TOTP, error) {
	found, err := findTOTP(s.read(ctx).DB, userID)
	return found, s.fault(err)
}

// RecoveryCodes implements review.Reader.
func (s *Store) RecoveryCodes(ctx context.Context, userID string) (int, error) {
	var n int64
	err := s.read(ctx).Table("recovery_codes").Where("user_id = ?", userID).Count(&n).Error
	return int(n), s.fault(err)
}
