package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/guardroom/guardroom/internal/secret"
)

// Sessions keeps the sessions of the web's session manager (scs.CtxStore). Of the
// token only its digest is stored: who reads the database cannot take over a
// session.
type Sessions struct{ store *Store }

// Sessions returns the store of sessions.
func (s *Store) Sessions() *Sessions { return &Sessions{s} }

// FindCtx returns the data of a session that has not expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	digest := secret.DigestOf(token)
	var data []byte
	err := s.store.readers.QueryRowContext(ctx,
		s.store.dialect.bind("SELECT data FROM sessions WHERE token_hash = ? AND expires_at > ?"),
		digest[:], at(s.store.clock())).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, s.store.fault(err)
}

// CommitCtx stores a session, and removes those that have expired.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	digest := secret.DigestOf(token)
	now := s.store.clock()
	return s.store.writer.do(ctx, func(t *tx) error {
		if err := t.exec("DELETE FROM sessions WHERE expires_at <= ?", at(now)); err != nil {
			return err
		}
		return t.exec(`INSERT INTO sessions (token_hash, data, expires_at) VALUES (?, ?, ?)
ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`, digest[:], data, at(expiry))
	})
}

// Own says whose a session is, and the mark under which lists know it.
func (s *Sessions) Own(ctx context.Context, token, userID, mark string) error {
	digest := secret.DigestOf(token)
	return s.store.writer.do(ctx, func(t *tx) error {
		return t.exec("UPDATE sessions SET user_id = ?, mark = ? WHERE token_hash = ?", userID, mark, digest[:])
	})
}

// Of returns the data of the person's sessions that have not expired, by mark.
func (s *Sessions) Of(ctx context.Context, userID string) (map[string][]byte, error) {
	rows, err := s.store.readers.QueryContext(ctx,
		s.store.dialect.bind("SELECT mark, data FROM sessions WHERE user_id = ? AND user_id <> '' AND expires_at > ?"), userID, at(s.store.clock()))
	if err != nil {
		return nil, s.store.fault(err)
	}
	defer rows.Close()
	all := map[string][]byte{}
	for rows.Next() {
		var mark string
		var data []byte
		if err := rows.Scan(&mark, &data); err != nil {
			return nil, s.store.fault(err)
		}
		all[mark] = data
	}
	return all, s.store.fault(rows.Err())
}

// DeleteCtx ends a session; one that is not there is no error.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	digest := secret.DigestOf(token)
	return s.store.writer.do(ctx, func(t *tx) error {
		return t.exec("DELETE FROM sessions WHERE token_hash = ?", digest[:])
	})
}

// Find is FindCtx for callers without a context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for callers without a context.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for callers without a context.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
