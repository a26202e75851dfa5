package store

import (
	"context"

	"github.com/guardroom/guardroom/internal/review"
)

type savedViewRow struct {
	ID      string
	OwnerID string
	Owner   string
	AppID   *string
	App     *string
	Name    []byte
	Query   sealed
	Created instant `gorm:"column:created_at"`
}

func (r savedViewRow) view(o *opener) review.SavedView {
	return review.SavedView{ID: r.ID, OwnerID: r.OwnerID, Owner: r.Owner, AppID: deref(r.AppID), App: deref(r.App),
		Name: string(r.Name), Query: string(o.text("saved_views", "query", r.ID, r.Query)), CreatedAt: r.Created.time()}
}

// selectSavedViews joins the names to the views that a condition means.
const selectSavedViews = `SELECT v.*, u.name AS owner, a.name AS app FROM saved_views v
JOIN users u ON u.id = v.owner_id LEFT JOIN apps a ON a.id = v.app_id WHERE `

const (
	ownSavedViews    = selectSavedViews + "v.owner_id = ? AND v.app_id IS NULL ORDER BY v.name, v.id LIMIT ?"
	sharedSavedViews = selectSavedViews + "v.app_id IN ? ORDER BY v.app_id, v.name, v.id LIMIT ?"
)

// SavedViews implements review.Reader.
func (s *Store) SavedViews(ctx context.Context, userID string, appIDs []string, limit int) ([]review.SavedView, error) {
	var rows []savedViewRow
	if err := s.read(ctx).Raw(ownSavedViews, userID, limit).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	if left := limit - len(rows); left > 0 && len(appIDs) > 0 {
		var shared []savedViewRow
		if err := s.read(ctx).Raw(sharedSavedViews, appIDs, left).Scan(&shared).Error; err != nil {
			return nil, s.fault(err)
		}
		rows = append(rows, shared...)
	}
	out := make([]review.SavedView, len(rows))
	o := s.opener(ctx)
	for i, row := range rows {
		out[i] = row.view(o)
	}
	return out, o.err
}

// SavedView implements review.Tx.
func (t *tx) SavedView(id string) (review.SavedView, error) {
	var rows []savedViewRow
	err := t.orm().Raw(selectSavedViews+"v.id = ?", id).Scan(&rows).Error
	row, err := found(rows, t.note(err), "view")
	o := t.orm().opener()
	view := row.view(o)
	return view, o.failed(err)
}

// PutSavedView implements review.Tx.
func (t *tx) PutSavedView(v review.SavedView) error {
	var app *string
	if v.AppID != "" {
		app = &v.AppID
	}
	err := t.exec(`INSERT INTO saved_views (id, owner_id, app_id, name, query, created_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET app_id = excluded.app_id, name = excluded.name, query = excluded.query`,
		v.ID, v.OwnerID, app, []byte(v.Name), t.seal("saved_views", "query", v.ID, []byte(v.Query)), at(v.CreatedAt))
	return said(err, review.CodeConflict, "there is a view of this name already")
}

// DeleteSavedView implements review.Tx.
func (t *tx) DeleteSavedView(id string) error {
	return t.exec("DELETE FROM saved_views WHERE id = ?", id)
}

// CountSavedViews implements review.Tx.
func (t *tx) CountSavedViews(ownerID, appID string) (n int, err error) {
	if ownerID != "" {
		_, err = t.first("SELECT COUNT(*) FROM saved_views WHERE owner_id = ?", []any{ownerID}, &n)
		return n, err
	}
	_, err = t.first("SELECT COUNT(*) FROM saved_views WHERE app_id = ?", []any{appID}, &n)
	return n, err
}
