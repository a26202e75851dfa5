package store

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// UserBySSO implements review.Tx.
func (t *tx) UserBySSO(issuer, subject string) (review.User, error) {
	id := ""
	found, err := t.first("SELECT user_id FROM sso_identities WHERE issuer = ? AND subject = ?", []any{issuer, subject}, &id)
	if err != nil {
		return review.User{}, err
	}
	if !found {
		return review.User{}, absent("identity")
	}
	return t.User(id)
}

// PutSSO implements review.Tx.
func (t *tx) PutSSO(issuer, subject, userID string, when time.Time) error {
	return t.exec("INSERT INTO sso_identities (issuer, subject, user_id, created_at) VALUES (?, ?, ?, ?)", issuer, subject, userID, at(when))
}
