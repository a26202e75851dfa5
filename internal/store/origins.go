package store

import "context"

const selectOrigins = "SELECT origin FROM app_origins WHERE app_id = ? ORDER BY origin"

// PutOrigin implements review.Tx. One that is there stays.
func (t *tx) PutOrigin(appID, origin string) error {
	return t.exec("INSERT INTO app_origins (app_id, origin) VALUES (?, ?) ON CONFLICT DO NOTHING", appID, origin)
}

// DeleteOrigin implements review.Tx. One that is not there is no error.
func (t *tx) DeleteOrigin(appID, origin string) error {
	return t.exec("DELETE FROM app_origins WHERE app_id = ? AND origin = ?", appID, origin)
}

// Origins implements review.Tx.
func (t *tx) Origins(appID string) (origins []string, err error) {
	err = t.orm().Raw(selectOrigins, appID).Scan(&origins).Error
	return origins, t.note(err)
}

// Origins implements review.Reader.
func (s *Store) Origins(ctx context.Context, appID string) (origins []string, err error) {
	err = s.read(ctx).Raw(selectOrigins, appID).Scan(&origins).Error
	return origins, s.fault(err)
}

// AllowsOrigin implements review.Reader.
func (s *Store) AllowsOrigin(ctx context.Context, appID, origin string) (bool, error) {
	query, args := "SELECT 1 FROM app_origins WHERE origin = ? AND app_id = ? LIMIT 1", []any{origin, appID}
	if appID == "" {
		query, args = "SELECT 1 FROM app_origins WHERE origin = ? LIMIT 1", []any{origin}
	}
	var found []int
	err := s.read(ctx).Raw(query, args...).Scan(&found).Error
	return len(found) > 0, s.fault(err)
}
