package store

import (
	"context"
	"strconv"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// textKeyRow is a key with which texts were sealed from some time on: the last one is used. Its proof opens with the
// right key alone, so that a wrong one is told before it does harm.
type textKeyRow struct {
	Seq     int64
	KeyID   int64
	Proof   []byte
	Created instant  `gorm:"column:created_at"`
	Dropped *instant `gorm:"column:dropped_at"`
}

func (textKeyRow) TableName() string { return "text_keys" }

const (
	selectSealingKey = "SELECT key_id FROM text_keys ORDER BY seq DESC LIMIT 1"
	selectTextKeys   = "SELECT seq, key_id, proof, created_at, dropped_at FROM text_keys WHERE dropped_at IS NULL ORDER BY seq"

	proofText = "guardroom seals texts with this key"
)

func proofPlace(id uint32) string {
	return place("text_keys", "proof", strconv.FormatUint(uint64(id), 10))
}

// TextKey is a key that texts are sealed with.
type TextKey struct {
	ID    uint32
	Since time.Time
}

// TextKeys are the keys that texts in the database may be sealed with, the one that is used now last. There are none in
// a database that was never opened with keys.
func TextKeys(ctx context.Context, o Options) ([]TextKey, error) {
	d, err := o.dialect()
	if err != nil {
		return nil, err
	}
	if err := d.migration().check(ctx, d); err != nil {
		return nil, err
	}
	db := d.openReaders()
	defer db.Close()
	rows, err := db.QueryContext(ctx, selectTextKeys)
	if err != nil {
		return nil, normalise(d, err)
	}
	defer rows.Close()
	var keys []TextKey
	for rows.Next() {
		var r textKeyRow
		if err := rows.Scan(&r.Seq, &r.KeyID, &r.Proof, &r.Created, &r.Dropped); err != nil {
			return nil, normalise(d, err)
		}
		keys = append(keys, r.key())
	}
	return keys, normalise(d, rows.Err())
}

func (r textKeyRow) key() TextKey {
	return TextKey{ID: uint32(r.KeyID), Since: r.Created.time()} //nolint:gosec // it was written from a uint32
}

// TextKeys are the keys that texts may be sealed with, the one that is used now last.
func (s *Store) TextKeys(ctx context.Context) ([]TextKey, error) {
	rows, err := s.textKeys(ctx)
	keys := make([]TextKey, len(rows))
	for i, r := range rows {
		keys[i] = r.key()
	}
	return keys, err
}

func (s *Store) textKeys(ctx context.Context) ([]textKeyRow, error) {
	var rows []textKeyRow
	err := s.read(ctx).Raw(selectTextKeys).Scan(&rows).Error
	return rows, s.fault(err)
}

// checkKeys refuses to go on without the keys that texts are sealed with, and names the first one in a database that
// has none.
func (s *Store) checkKeys(ctx context.Context) error {
	rows, err := s.textKeys(ctx)
	if err != nil {
		return err
	}
	if s.ring == nil {
		if len(rows) > 0 {
			return wrongKey(rows[len(rows)-1].key().ID, "no key was given")
		}
		return nil
	}
	for _, r := range rows {
		if err := s.checkKey(ctx, r); err != nil {
			return err
		}
	}
	if len(rows) > 0 {
		return nil
	}
	return s.writer.do(ctx, func(t *tx) error {
		if used, err := t.first(selectSealingKey, nil, new(int64)); used || err != nil {
			return err
		}
		if err := t.useKey(s.ring.now.Load(), s.clock()); err != nil {
			return err
		}
		return t.nothingToReseal(s.ring.now.Load().Primary())
	})
}

// nothingToReseal notes which tables are empty when the first key is used.
func (t *tx) nothingToReseal(key uint32) error {
	for _, table := range sealedTables() {
		var has bool
		if _, err := t.first("SELECT EXISTS (SELECT 1 FROM "+table.name+")", nil, &has); err != nil {
			return err
		}
		if has {
			continue
		}
		if err := t.putResealing(table.name, int64(key), 0); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) checkKey(ctx context.Context, r textKeyRow) error {
	id := r.key().ID
	keys, has := s.ring.with(ctx, id)
	if !has {
		return wrongKey(id, "it is not among the keys that were given")
	}
	proof, err := keys.Open(r.Proof, proofPlace(id))
	if err != nil || string(proof) != proofText {
		return wrongKey(id, "the key that was given is another one of the same number")
	}
	return nil
}

func wrongKey(id uint32, why string) error {
	return review.Errorf(review.CodeUnavailable,
		"the texts in this database are sealed with key %d, and %s: put the right file or setting in its place (docs/operations.md, Keys)", id, why)
}

// useKey makes the primary key of the Keyring the one that texts are sealed with from now on.
func (t *tx) useKey(keys *secret.Keyring, now time.Time) error {
	id := keys.Primary()
	proof, err := keys.Seal(id, []byte(proofText), proofPlace(id))
	if err != nil {
		return review.Wrap(review.CodeInternal, err, "a text cannot be sealed")
	}
	t.keys, t.sealsWith = nil, 0
	return t.exec("INSERT INTO text_keys (seq, key_id, proof, created_at) SELECT COALESCE(MAX(seq), 0) + 1, CAST(? AS BIGINT), ?, CAST(? AS BIGINT) FROM text_keys",
		int64(id), proof, at(now))
}

// UseNewKey makes the primary key of the source the one that texts are sealed with, in every process from its next
// transaction on. It tells whether that is another one than before.
func (s *Store) UseNewKey(ctx context.Context) (TextKey, bool, error) {
	if err := s.ring.load(ctx); err != nil {
		return TextKey{}, false, err
	}
	keys := s.ring.now.Load()
	changed := false
	now := s.clock()
	err := s.writer.do(ctx, func(t *tx) error {
		var used int64
		if _, err := t.first(selectSealingKey, nil, &used); err != nil {
			return err
		}
		if changed = uint32(used) != keys.Primary(); !changed { //nolint:gosec // it was written from a uint32
			return nil
		}
		return t.useKey(keys, now)
	})
	return TextKey{ID: keys.Primary(), Since: now}, changed, err
}

// DropOldKeys forgets all keys but the one that is used, when nothing is sealed with them any more, and returns that
// one. How many rows still are is its other answer: then nothing is dropped.
func (s *Store) DropOldKeys(ctx context.Context) (kept uint32, stale int, err error) {
	var used int64
	if err := s.read(ctx).Raw(selectSealingKey).Scan(&used).Error; err != nil {
		return 0, 0, s.fault(err)
	}
	kept = uint32(used) //nolint:gosec // it was written from a uint32
	for _, table := range sealedTables() {
		n, err := s.stale(ctx, table, kept)
		if err != nil {
			return 0, 0, err
		}
		stale += n
	}
	if stale > 0 {
		return kept, stale, nil
	}
	now := s.clock()
	return kept, 0, s.writer.do(ctx, func(t *tx) error {
		return t.exec("UPDATE text_keys SET dropped_at = ? WHERE dropped_at IS NULL AND key_id <> ?", at(now), used)
	})
}
