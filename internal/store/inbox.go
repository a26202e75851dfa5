package store

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type inboxRow struct {
	ID        string
	UserID    string
	AppID     *string
	App       *string
	ItemID    *string
	Kind      review.InboxKind
	ActorKind review.ActorKind
	ActorID   string
	ActorName string
	Body      sealed
	Read      instant `gorm:"column:read_at"`
	Created   instant `gorm:"column:created_at"`
}

func (r inboxRow) entry(o *opener) review.InboxEntry {
	e := review.InboxEntry{
		ID: r.ID, UserID: r.UserID, AppID: deref(r.AppID), App: deref(r.App), ItemID: deref(r.ItemID), Kind: r.Kind,
		Actor: review.Actor{Kind: r.ActorKind, ID: r.ActorID}, ActorName: r.ActorName,
		Body: string(o.text("inbox", "body", r.ID, r.Body)), CreatedAt: r.Created.time(),
	}
	if r.Read != 0 {
		read := r.Read.time()
		e.ReadAt = &read
	}
	return e
}

// PutInbox implements review.Tx.
func (t *tx) PutInbox(e review.InboxEntry) error {
	return t.exec(`INSERT INTO inbox (id, user_id, app_id, item_id, kind, actor_kind, actor_id, body, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		e.ID, e.UserID, nullable(e.AppID), nullable(e.ItemID), string(e.Kind), string(e.Actor.Kind), e.Actor.ID, t.seal("inbox", "body", e.ID, []byte(e.Body)), at(e.CreatedAt))
}

// ReadInbox implements review.Tx.
func (t *tx) ReadInbox(userID, id string, when time.Time) error {
	return t.exec("UPDATE inbox SET read_at = ? WHERE user_id = ? AND read_at = 0 AND (id = ? OR ? = '')", at(when), userID, id, id)
}

const selectInbox = `SELECT e.*, a.name AS app, COALESCE(u.name, e.actor_id) AS actor_name
FROM inbox e LEFT JOIN apps a ON a.id = e.app_id LEFT JOIN users u ON e.actor_kind = 'user' AND u.id = e.actor_id
WHERE e.user_id = ? AND (e.app_id IN ? OR e.app_id IS NULL)`

// Inbox implements review.Reader.
func (s *Store) Inbox(ctx context.Context, userID string, appIDs []string, before string, limit int) ([]review.InboxEntry, error) {
	if len(appIDs) == 0 {
		return nil, nil
	}
	query, args := selectInbox, []any{userID, appIDs}
	if before != "" {
		query += " AND (e.created_at, e.id) < (SELECT b.created_at, b.id FROM inbox b WHERE b.id = ? AND b.user_id = ?)"
		args = append(args, before, userID)
	}
	var rows []inboxRow
	err := s.read(ctx).Raw(query+" ORDER BY e.created_at DESC, e.id DESC LIMIT ?", append(args, limit)...).Scan(&rows).Error
	if err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.InboxEntry, len(rows))
	o := s.opener(ctx)
	for i, row := range rows {
		out[i] = row.entry(o)
	}
	return out, o.err
}

const selectDesk = `SELECT
(SELECT COUNT(*) FROM claims c CROSS JOIN items i WHERE i.id = c.item_id AND c.user_id = ? AND c.expires_at > ? AND i.app_id IN ?) AS held,
(SELECT COUNT(*) FROM (SELECT 1 FROM inbox e WHERE e.user_id = ? AND e.read_at = 0 AND (e.app_id IN ? OR e.app_id IS NULL) LIMIT ?) n) AS unread`

// Desk implements review.Reader: counting ends where more would say nothing.
func (s *Store) Desk(ctx context.Context, userID string, appIDs []string, now time.Time) (review.Desk, error) {
	var desk review.Desk
	if len(appIDs) == 0 {
		return desk, nil
	}
	err := s.read(ctx).Raw(selectDesk, userID, at(now), appIDs, userID, appIDs, review.MaxUnread).Scan(&desk).Error
	return desk, s.fault(err)
}

// Who sees an App: its members, and the roles that see every App.
const selectColleagues = `SELECT u.* FROM users u WHERE u.disabled_at IS NULL
AND (u.role IN ? OR EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.app_id = ?)) ORDER BY u.name, u.id`

func findColleagues(db reads, appID string) ([]review.User, error) {
	var rows []userRow
	if err := db.Raw(selectColleagues, review.RolesWithAllApps(), appID).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]review.User, len(rows))
	for i, row := range rows {
		out[i] = row.user()
		out[i].PasswordHash = ""
	}
	return out, nil
}

// Colleagues implements review.Tx.
func (t *tx) Colleagues(appID string) ([]review.User, error) {
	people, err := findColleagues(t.orm(), appID)
	return people, t.note(err)
}

// Colleagues implements review.Reader.
func (s *Store) Colleagues(ctx context.Context, appID string) ([]review.User, error) {
	people, err := findColleagues(s.read(ctx), appID)
	return people, s.fault(err)
}
