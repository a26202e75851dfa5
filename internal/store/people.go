package store

import (
	"context"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type invitationRow struct {
	TokenHash []byte
	UserID    string
	Expires   instant `gorm:"column:expires_at"`
}

func (invitationRow) TableName() string { return "invitations" }

func (r invitationRow) invitation() review.Invitation {
	return review.Invitation{TokenHash: r.TokenHash, UserID: r.UserID, ExpiresAt: r.Expires.time()}
}

// scopesText is how scopes are stored: words, as the table's default is.
func scopesText(scopes []review.Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

func keyScopes(text string) []review.Scope {
	words := strings.Fields(text)
	scopes := make([]review.Scope, len(words))
	for i, w := range words {
		scopes[i] = review.Scope(w)
	}
	return scopes
}

// APIKey implements review.Tx.
func (t *tx) APIKey(appID, id string) (review.APIKey, error) {
	var rows []apiKeyRow
	err := t.orm().Where("app_id = ? AND id = ?", appID, id).Find(&rows).Error
	row, err := found(rows, t.note(err), "API key")
	if err != nil {
		return review.APIKey{}, err
	}
	return row.key(), nil
}

// SetKeyExpiry implements review.Tx.
func (t *tx) SetKeyExpiry(id string, when time.Time) error {
	return t.exec("UPDATE api_keys SET expires_at = ? WHERE id = ?", at(when), id)
}

// SetKeyUse implements review.Tx.
func (t *tx) SetKeyUse(id string, when time.Time) error {
	return t.exec("UPDATE api_keys SET used_at = ? WHERE id = ?", at(when), id)
}

// User implements review.Tx.
func (t *tx) User(id string) (review.User, error) {
	u, err := findUser(t.orm(), "id = ?", id)
	return u, t.note(err)
}

// SetRole implements review.Tx.
func (t *tx) SetRole(userID string, role review.Role) error {
	return t.exec("UPDATE users SET role = ? WHERE id = ?", string(role), userID)
}

// SetDisabled implements review.Tx.
func (t *tx) SetDisabled(userID string, when *time.Time) error {
	return t.exec("UPDATE users SET disabled_at = ? WHERE id = ?", atOrNull(when), userID)
}

// AdminsBut implements review.Tx.
func (t *tx) AdminsBut(userID string) (int, error) {
	n := 0
	_, err := t.first("SELECT COUNT(*) FROM users WHERE role = ? AND disabled_at IS NULL AND id <> ?",
		[]any{string(review.RoleAdmin), userID}, &n)
	return n, err
}

// EndSessions implements review.Tx.
func (t *tx) EndSessions(userID, mark string) (int, error) {
	n, err := t.affect("DELETE FROM sessions WHERE user_id = ? AND (mark = ? OR ? = '')", userID, mark, mark)
	return int(n), err
}

// PutInvitation implements review.Tx.
func (t *tx) PutInvitation(i review.Invitation) error {
	return t.exec(`INSERT INTO invitations (token_hash, user_id, expires_at) VALUES (?, ?, ?)
ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at`, i.TokenHash, i.UserID, at(i.ExpiresAt))
}

// TakeInvitation implements review.Tx.
func (t *tx) TakeInvitation(tokenHash []byte, now time.Time) (review.Invitation, error) {
	var rows []invitationRow
	err := t.orm().Where("token_hash = ? AND expires_at > ?", tokenHash, at(now)).Find(&rows).Error
	row, err := found(rows, t.note(err), "invitation")
	if err != nil {
		return review.Invitation{}, err
	}
	return row.invitation(), t.exec("DELETE FROM invitations WHERE token_hash = ?", tokenHash)
}

// DeleteMembership implements review.Tx. One that is not there is no error.
func (t *tx) DeleteMembership(userID, appID string) error {
	return t.exec("DELETE FROM memberships WHERE user_id = ? AND app_id = ?", userID, appID)
}

// Invitation implements review.Reader.
func (s *Store) Invitation(ctx context.Context, tokenHash []byte, now time.Time) (review.Invitation, error) {
	var rows []invitationRow
	err := s.read(ctx).Where("token_hash = ? AND expires_at > ?", tokenHash, at(now)).Find(&rows).Error
	row, err := found(rows, err, "invitation")
	if err != nil {
		return review.Invitation{}, s.fault(err)
	}
	return row.invitation(), nil
}

// APIKeys implements review.Reader.
func (s *Store) APIKeys(ctx context.Context, appID string) ([]review.APIKey, error) {
	var rows []apiKeyRow
	err := s.read(ctx).Where("app_id = ?", appID).Order("created_at DESC, id DESC").Limit(review.KeysShown).Find(&rows).Error
	if err != nil {
		return nil, s.fault(err)
	}
	keys := make([]review.APIKey, len(rows))
	for i, row := range rows {
		keys[i] = row.key()
	}
	return keys, nil
}

// Members implements review.Reader.
func (s *Store) Members(ctx context.Context, appID string) ([]review.User, error) {
	var rows []userRow
	err := s.read(ctx).Select("users.*").Joins("JOIN memberships m ON m.user_id = users.id").
		Where("m.app_id = ?", appID).Order("users.name, users.id").Find(&rows).Error
	if err != nil {
		return nil, s.fault(err)
	}
	users := make([]review.User, len(rows))
	for i, row := range rows {
		users[i] = row.user()
	}
	return users, nil
}

// People implements review.Reader.
func (s *Store) People(ctx context.Context, after string, limit int) ([]review.Person, error) {
	var rows []userRow
	err := s.read(ctx).Where("email > ?", after).Order("email").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, s.fault(err)
	}
	return s.persons(ctx, rows)
}

// Person implements review.Reader.
func (s *Store) Person(ctx context.Context, id string) (review.Person, error) {
	var rows []userRow
	err := s.read(ctx).Where("id = ?", id).Find(&rows).Error
	if _, err := found(rows, err, "person"); err != nil {
		return review.Person{}, s.fault(err)
	}
	people, err := s.persons(ctx, rows)
	if err != nil {
		return review.Person{}, err
	}
	return people[0], nil
}

// memberRow is one membership of one of the people of a list.
type memberRow struct {
	UserID string
	App    appRow `gorm:"embedded"`
}

// persons adds to people what stands in other tables.
func (s *Store) persons(ctx context.Context, rows []userRow) ([]review.Person, error) {
	people := make([]review.Person, len(rows))
	at, ids := map[string]*review.Person{}, make([]string, len(rows))
	for i, row := range rows {
		people[i].User = row.user()
		at[row.ID], ids[i] = &people[i], row.ID
	}
	var members []memberRow
	err := s.read(ctx).Table("memberships AS m").Select("m.user_id, apps.*").Joins("JOIN apps ON apps.id = m.app_id").
		Where("m.user_id IN ?", ids).Order("apps.name").Find(&members).Error
	if err != nil {
		return nil, s.fault(err)
	}
	for _, m := range members {
		at[m.UserID].Member = append(at[m.UserID].Member, m.App.app())
	}
	var links []invitationRow
	if err := s.read(ctx).Where("user_id IN ?", ids).Find(&links).Error; err != nil {
		return nil, s.fault(err)
	}
	for _, l := range links {
		at[l.UserID].Invited = l.Expires.timeOrNil()
	}
	var linked []string
	if err := s.read(ctx).Table("sso_identities").Where("user_id IN ?", ids).Distinct().Pluck("user_id", &linked).Error; err != nil {
		return nil, s.fault(err)
	}
	for _, id := range linked {
		at[id].SSO = true
	}
	return people, nil
}
