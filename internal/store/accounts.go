package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/guardroom/guardroom/internal/review"
)

type appRow struct {
	ID            string
	Name          string
	PolicyVersion int
	Created       instant `gorm:"column:created_at"`
}

func (appRow) TableName() string { return "apps" }

func (r appRow) app() review.App {
	return review.App{ID: r.ID, Name: r.Name, CreatedAt: r.Created.time()}
}

type apiKeyRow struct {
	ID      string
	AppID   string
	Prefix  string
	Hash    []byte
	Name    []byte
	Scopes  string
	Signs   int64
	Signing sealed
	Created instant  `gorm:"column:created_at"`
	Expires *instant `gorm:"column:expires_at"`
	Used    *instant `gorm:"column:used_at"`
	Revoked *instant `gorm:"column:revoked_at"`
}

func (apiKeyRow) TableName() string  { return "api_keys" }
func (r apiKeyRow) recordID() string { return r.ID }

func (r apiKeyRow) key() review.APIKey {
	return review.APIKey{ID: r.ID, AppID: r.AppID, Name: string(r.Name), Prefix: r.Prefix, Hash: r.Hash, Scopes: keyScopes(r.Scopes), Signs: r.Signs != 0,
		CreatedAt: r.Created.time(), ExpiresAt: r.Expires.timeOrNil(), UsedAt: r.Used.timeOrNil(), RevokedAt: r.Revoked.timeOrNil()}
}

type userRow struct {
	ID           string
	Email        string
	Name         string
	Role         review.Role
	PasswordHash string
	Created      instant  `gorm:"column:created_at"`
	Disabled     *instant `gorm:"column:disabled_at"`
	Preferences  []byte   `gorm:"->"` // of another table; NULL when nothing was set
}

func (userRow) TableName() string { return "users" }

func (r userRow) user() review.User {
	return review.User{ID: r.ID, Email: r.Email, Name: r.Name, Role: r.Role, PasswordHash: r.PasswordHash,
		CreatedAt: r.Created.time(), DisabledAt: r.Disabled.timeOrNil()}
}

type policyRow struct {
	AppID     string
	Version   int
	Document  sealed
	ActorKind review.ActorKind
	ActorID   string
	Reason    sealed
	Created   instant `gorm:"column:created_at"`
}

func (policyRow) TableName() string  { return "policies" }
func (r policyRow) recordID() string { return policyRecord(r.AppID, r.Version) }

func policyRecord(appID string, version int) string { return recordID(appID, strconv.Itoa(version)) }

func (r policyRow) policy(o *opener) (review.Policy, error) {
	document := o.text("policies", "document", r.recordID(), r.Document)
	if o.err != nil {
		return review.Policy{}, o.err
	}
	return review.ParsePolicy(r.AppID, r.Version, document)
}

// PutApp implements review.Tx.
func (t *tx) PutApp(a review.App) error {
	err := t.insert(&appRow{ID: a.ID, Name: a.Name, Created: at(a.CreatedAt)})
	return said(err, review.CodeConflict, "an App with this name exists already")
}

// PutAPIKey implements review.Tx.
func (t *tx) PutAPIKey(k review.APIKey, signing string) error {
	signs := int64(0)
	if k.Signs {
		signs = 1
	}
	return t.insert(&apiKeyRow{ID: k.ID, AppID: k.AppID, Name: []byte(k.Name), Prefix: k.Prefix, Hash: k.Hash, Scopes: scopesText(k.Scopes),
		Signs: signs, Signing: toSeal([]byte(signing)),
		Created: at(k.CreatedAt), Expires: atOrNull(k.ExpiresAt), Used: atOrNull(k.UsedAt), Revoked: atOrNull(k.RevokedAt)})
}

// RevokeAPIKey implements review.Tx. A key can be revoked once.
func (t *tx) RevokeAPIKey(prefix string, when time.Time) (review.APIKey, error) {
	var rows []apiKeyRow
	err := t.orm().Where("prefix = ?", prefix).Find(&rows).Error
	row, err := found(rows, t.note(err), "API key")
	if err != nil {
		return review.APIKey{}, err
	}
	if row.Revoked != nil {
		return review.APIKey{}, review.Errorf(review.CodeConflict, "this API key is revoked already")
	}
	row.Revoked = atOrNull(&when)
	return row.key(), t.exec("UPDATE api_keys SET revoked_at = ?, signing = ? WHERE id = ?", *row.Revoked, []byte{}, row.ID)
}

// PutUser implements review.Tx.
func (t *tx) PutUser(u review.User) error {
	err := t.insert(&userRow{ID: u.ID, Email: u.Email, Name: u.Name, Role: u.Role, PasswordHash: u.PasswordHash,
		Created: at(u.CreatedAt), Disabled: atOrNull(u.DisabledAt)})
	return said(err, review.CodeConflict, "a user with this e-mail address exists already")
}

// SetPassword implements review.Tx.
func (t *tx) SetPassword(userID, hash string) error {
	n, err := t.affect("UPDATE users SET password_hash = ? WHERE id = ?", hash, userID)
	if err == nil && n == 0 {
		return absent("user")
	}
	return err
}

// PutPreferences implements review.Tx.
func (t *tx) PutPreferences(userID string, p review.Preferences) error {
	document, err := encode(p)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO preferences (user_id, document) VALUES (?, ?)
ON CONFLICT (user_id) DO UPDATE SET document = excluded.document`, userID, document)
}

// PutMembership implements review.Tx. A membership that is there stays.
func (t *tx) PutMembership(userID, appID string) error {
	return t.exec("INSERT INTO memberships (user_id, app_id) VALUES (?, ?) ON CONFLICT DO NOTHING", userID, appID)
}

// PutPolicy implements review.Tx.
func (t *tx) PutPolicy(p review.Policy, by review.Actor, reason string, when time.Time) error {
	document, err := encode(p)
	if err != nil {
		return err
	}
	err = t.insert(&policyRow{AppID: p.AppID, Version: p.Version, Document: toSeal(document),
		ActorKind: by.Kind, ActorID: by.ID, Reason: toSeal([]byte(reason)), Created: at(when)})
	if err != nil {
		return said(err, review.CodeConflict, "the policy was changed by somebody else")
	}
	return t.exec("UPDATE apps SET policy_version = ? WHERE id = ?", p.Version, p.AppID)
}

// UserByEmail implements review.Tx.
func (t *tx) UserByEmail(email string) (review.User, error) {
	u, err := findUser(t.orm(), "email = ?", email)
	return u, t.note(err)
}

// ActivePolicy implements review.Tx.
func (t *tx) ActivePolicy(appID string) (review.Policy, error) {
	p, err := findActivePolicy(t.orm(), appID)
	return p, t.note(err)
}

func findUser(db reads, condition, value string) (review.User, error) {
	var rows []userRow
	err := db.Select("users.*, preferences.document AS preferences").
		Joins("LEFT JOIN preferences ON preferences.user_id = users.id").Where(condition, value).Limit(1).Find(&rows).Error
	row, err := found(rows, err, "user")
	if err != nil {
		return review.User{}, err
	}
	u := row.user()
	err = decode(row.Preferences, &u.Preferences)
	return u, err
}

func findActivePolicy(db reads, appID string) (review.Policy, error) {
	return findPolicy(db, "app_id = ? AND version = (SELECT policy_version FROM apps WHERE id = ?)", appID, appID)
}

func findPolicy(db reads, condition string, args ...any) (review.Policy, error) {
	var rows []policyRow
	err := db.Where(condition, args...).Limit(1).Find(&rows).Error
	row, err := found(rows, err, "policy")
	if err != nil {
		return review.Policy{}, err
	}
	return row.policy(db.opener())
}

// User implements review.Reader.
func (s *Store) User(ctx context.Context, id string) (review.User, error) {
	u, err := findUser(s.read(ctx), "id = ?", id)
	return u, s.fault(err)
}

// UserByEmail implements review.Reader.
func (s *Store) UserByEmail(ctx context.Context, email string) (review.User, error) {
	u, err := findUser(s.read(ctx), "email = ?", email)
	return u, s.fault(err)
}

// Apps implements review.Reader.
func (s *Store) Apps(ctx context.Context) ([]review.App, error) {
	return s.apps(s.read(ctx).DB)
}

// AppsOf implements review.Reader.
func (s *Store) AppsOf(ctx context.Context, userID string) ([]review.App, error) {
	return s.apps(s.read(ctx).Where("id IN (SELECT app_id FROM memberships WHERE user_id = ?)", userID))
}

func (s *Store) apps(query *gorm.DB) ([]review.App, error) {
	var rows []appRow
	if err := query.Order("name").Find(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	apps := make([]review.App, len(rows))
	for i, row := range rows {
		apps[i] = row.app()
	}
	return apps, nil
}

// Policy implements review.Reader.
func (s *Store) Policy(ctx context.Context, appID string, version int) (review.Policy, error) {
	p, err := findPolicy(s.read(ctx), "app_id = ? AND version = ?", appID, version)
	return p, s.fault(err)
}

// ActivePolicy implements review.Reader.
func (s *Store) ActivePolicy(ctx context.Context, appID string) (review.Policy, error) {
	p, err := findActivePolicy(s.read(ctx), appID)
	return p, s.fault(err)
}

// hotReads are the reads of every request of an App, prepared.
type hotReads struct {
	caller   *sql.Stmt
	signer   *sql.Stmt
	external *sql.Stmt
}

const (
	selectKey = `SELECT k.id, a.id, a.name, a.created_at, a.policy_version, k.scopes, k.used_at, k.signs, k.signing
FROM api_keys k JOIN apps a ON a.id = k.app_id
WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?)`

	selectCaller = selectKey + ` AND k.hash = ?`
	selectSigner = selectKey + ` AND k.prefix = ? AND k.signs = 1`

	// The second condition lets the partial index serve.
	selectExternal = `SELECT id, content_hash FROM interactions WHERE app_id = ? AND external_id = ? AND external_id <> ''`
)

func prepareHotReads(ctx context.Context, s *Store) (h hotReads, err error) {
	for _, p := range []struct {
		into  **sql.Stmt
		query string
	}{{&h.caller, selectCaller}, {&h.signer, selectSigner}, {&h.external, selectExternal}} {
		if *p.into, err = s.readers.PrepareContext(ctx, s.dialect.bind(p.query)); err != nil {
			return hotReads{}, err
		}
	}
	return h, nil
}

func (h hotReads) close() error {
	return errors.Join(h.caller.Close(), h.signer.Close(), h.external.Close())
}

// Caller implements review.Reader.
func (s *Store) Caller(ctx context.Context, keyHash []byte) (review.Caller, error) {
	c, _, err := s.keyInForce(ctx, s.hot.caller, keyHash)
	return c, err
}

// Signer implements review.Reader.
func (s *Store) Signer(ctx context.Context, prefix string) (review.Caller, []byte, error) {
	c, signing, err := s.keyInForce(ctx, s.hot.signer, prefix)
	if err != nil {
		return review.Caller{}, nil, err
	}
	key, err := s.ring.open(ctx, place("api_keys", "signing", c.KeyID), signing.value, false)
	if err != nil {
		return review.Caller{}, nil, err
	}
	return c, key, nil
}

func (s *Store) keyInForce(ctx context.Context, by *sql.Stmt, value any) (c review.Caller, signing sealed, err error) {
	var created instant
	var used *instant
	var scopes string
	var signs int64
	err = by.QueryRowContext(ctx, at(s.clock()), value).
		Scan(&c.KeyID, &c.App.ID, &c.App.Name, &created, &c.PolicyVersion, &scopes, &used, &signs, &signing)
	if errors.Is(err, sql.ErrNoRows) {
		return review.Caller{}, sealed{}, absent("API key in force")
	}
	if err != nil {
		return review.Caller{}, sealed{}, s.fault(err)
	}
	c.App.CreatedAt, c.Scopes, c.UsedAt, c.Signs = created.time(), keyScopes(scopes), used.timeOrNil(), signs != 0
	return c, signing, nil
}
