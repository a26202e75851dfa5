package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// How much is sealed anew in one transaction, at most: small enough that nobody who posts meanwhile notices.
const (
	resealRows  = 128
	resealBytes = 1 << 20
)

// Sealing is how far the texts of a table are sealed with the key that is used.
type Sealing struct {
	Table       string
	Done, Total int // rows; what came after it began is sealed with that key anyway
	Finished    bool
}

// resealingRow is the state of it: it outlives whoever was at work.
type resealingRow struct {
	Name     string `gorm:"column:table_name"`
	KeyID    int64
	Place    []byte
	Done     int64
	Total    int64
	Finished int64
}

func (s *Store) resealings(ctx context.Context) (map[string]resealingRow, int64, error) {
	var key int64
	if err := s.read(ctx).Raw(selectSealingKey).Scan(&key).Error; err != nil {
		return nil, 0, s.fault(err)
	}
	var rows []resealingRow
	if err := s.read(ctx).Raw("SELECT * FROM resealings WHERE key_id = ?", key).Scan(&rows).Error; err != nil {
		return nil, 0, s.fault(err)
	}
	states := make(map[string]resealingRow, len(rows))
	for _, r := range rows {
		states[r.Name] = r
	}
	return states, key, nil
}

// Sealings tells how far each table is. A table that nobody has begun with has no total yet.
func (s *Store) Sealings(ctx context.Context) ([]Sealing, error) {
	if s.ring == nil {
		return nil, nil
	}
	states, _, err := s.resealings(ctx)
	if err != nil {
		return nil, err
	}
	var out []Sealing
	for _, table := range sealedTables() {
		r := states[table.name]
		out = append(out, Sealing{Table: table.name, Done: int(r.Done), Total: int(r.Total), Finished: r.Finished != 0})
	}
	return out, nil
}

// Reseal seals the texts of some more rows with the key that is used, if there are any that are not: those that were
// written before texts were sealed, and those that are sealed with another key. Several processes may do so at once,
// and one that is killed leaves nothing undone. It tells whether there may be more.
func (s *Store) Reseal(ctx context.Context) (more bool, err error) {
	if s.ring == nil {
		return false, nil
	}
	states, key, err := s.resealings(ctx)
	if err != nil {
		return false, err
	}
	for _, table := range sealedTables() {
		if _, begun := states[table.name]; begun {
			continue
		}
		more = true // the totals of all are known before the first is worked on
		if err := s.beginResealing(ctx, table, key); err != nil {
			return false, err
		}
	}
	for _, table := range sealedTables() {
		if state, begun := states[table.name]; begun && state.Finished == 0 {
			return true, s.resealSome(ctx, table, state)
		}
	}
	return more, nil
}

func (s *Store) beginResealing(ctx context.Context, table sealedTable, key int64) error {
	var total int64
	if err := s.read(ctx).Raw("SELECT COUNT(*) FROM " + table.name).Scan(&total).Error; err != nil {
		return s.fault(err)
	}
	return s.writer.do(ctx, func(t *tx) error { return t.putResealing(table.name, key, total) })
}

// putResealing begins with a table. One without rows is finished: those to come are sealed when they are written.
func (t *tx) putResealing(table string, key, total int64) error {
	finished := 0
	if total == 0 {
		finished = 1
	}
	return t.exec(`INSERT INTO resealings (table_name, key_id, place, done, total, finished) VALUES (?, ?, ?, 0, ?, ?)
ON CONFLICT (table_name) DO UPDATE SET key_id = excluded.key_id, place = excluded.place, done = 0, total = excluded.total, finished = excluded.finished
WHERE resealings.key_id <> excluded.key_id`, table, key, []byte{}, total, finished)
}

// staleRow is a row as it is read to be sealed anew.
type staleRow struct {
	order  []string
	record []string
	values []sealed
}

func (s *Store) resealSome(ctx context.Context, table sealedTable, state resealingRow) error {
	rows, err := s.nextStale(ctx, table, state.Place)
	if err != nil {
		return err
	}
	if state.Place == nil {
		state.Place = []byte{}
	}
	next, finished := state.Place, int64(1)
	if len(rows) > 0 {
		finished = 0
		if next, err = json.Marshal(rows[len(rows)-1].order); err != nil {
			return err
		}
	}
	id := uint32(state.KeyID) //nolint:gosec // it was written from a uint32
	keys, has := s.ring.with(ctx, id)
	if !has {
		return wrongKey(id, "this process was not given it")
	}
	var updates []statement
	for _, r := range rows {
		update, err := s.resealed(ctx, table, r, keys, id)
		if err != nil {
			return err
		}
		if update.sql != "" {
			updates = append(updates, update)
		}
	}
	return s.writer.do(ctx, func(t *tx) error {
		n, err := t.affect("UPDATE resealings SET place = ?, done = done + ?, finished = ? WHERE table_name = ? AND key_id = ? AND place = ? AND finished = 0",
			next, len(rows), finished, table.name, state.KeyID, state.Place)
		if err != nil || n == 0 { // another process was faster
			return err
		}
		for _, u := range updates {
			if err := t.exec(u.sql, u.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

type statement struct {
	sql  string
	args []any
}

// nextStale reads the next rows, as many as are small enough.
func (s *Store) nextStale(ctx context.Context, table sealedTable, after []byte) ([]staleRow, error) {
	where, args, err := table.after(after)
	if err != nil {
		return nil, err
	}
	order := strings.Join(table.order, ", ")
	var sizes []int64
	lengths := make([]string, len(table.columns))
	for i, c := range table.columns {
		lengths[i] = "COALESCE(octet_length(" + c + "), 0)"
	}
	query := "SELECT " + strings.Join(lengths, " + ") + " AS size FROM " + table.name + where + " ORDER BY " + order + " LIMIT ?"
	if err := s.read(ctx).Raw(query, append(args, resealRows)...).Scan(&sizes).Error; err != nil {
		return nil, s.fault(err)
	}
	limit, size := 0, int64(0)
	for _, n := range sizes {
		if size += n; limit > 0 && size > resealBytes {
			break
		}
		limit++
	}
	if limit == 0 {
		return nil, nil
	}
	query = "SELECT " + order + ", " + strings.Join(table.record, ", ") + ", " + strings.Join(table.columns, ", ") +
		" FROM " + table.name + where + " ORDER BY " + order + " LIMIT ?"
	found, err := s.read(ctx).Raw(query, append(args, limit)...).Rows()
	if err != nil {
		return nil, s.fault(err)
	}
	defer found.Close()
	var rows []staleRow
	for found.Next() {
		r := staleRow{order: make([]string, len(table.order)), record: make([]string, len(table.record)), values: make([]sealed, len(table.columns))}
		if err := found.Scan(r.targets()...); err != nil {
			return nil, s.fault(err)
		}
		rows = append(rows, r)
	}
	return rows, s.fault(found.Err())
}

func (r *staleRow) targets() []any {
	var out []any
	for i := range r.order {
		out = append(out, &r.order[i])
	}
	for i := range r.record {
		out = append(out, &r.record[i])
	}
	for i := range r.values {
		out = append(out, &r.values[i])
	}
	return out
}

// after is the condition that a row comes after another one.
func (t sealedTable) after(last []byte) (string, []any, error) {
	if len(last) == 0 {
		return "", nil, nil
	}
	var key []string
	if err := json.Unmarshal(last, &key); err != nil || len(key) != len(t.order) {
		return "", nil, review.Wrap(review.CodeInternal, err, "the state of sealing cannot be read")
	}
	args, err := t.keyArgs(key)
	places := strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ")
	return " WHERE (" + strings.Join(t.order, ", ") + ") > (" + places + ")", args, err
}

func (t sealedTable) keyArgs(key []string) ([]any, error) {
	args := make([]any, len(key))
	for i, part := range key {
		args[i] = part
		if t.order[i] != t.counted {
			continue
		}
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil, review.Wrap(review.CodeInternal, err, "the state of sealing cannot be read")
		}
		args[i] = n
	}
	return args, nil
}

// resealed is the statement that seals the texts of a row anew, where they are still what was read; none when they are
// sealed with the key already.
func (s *Store) resealed(ctx context.Context, table sealedTable, r staleRow, keys *secret.Keyring, id uint32) (statement, error) {
	var sets, conditions []string
	var values, args []any
	for i, column := range table.columns {
		old := r.values[i].value
		if used, is := secret.SealedWith(old); len(old) == 0 || is && used == id {
			continue
		}
		at := place(table.name, column, recordID(r.record...))
		text, err := s.ring.open(ctx, at, old, false)
		if err != nil { // the row stays as it is, and so does the key that could open it
			s.ring.logger.Warn("a stored text cannot be opened, and is not sealed anew", "table", table.name, "column", column,
				"row", recordID(r.record...), "error", err)
			continue
		}
		value, err := keys.Seal(id, text, at)
		if err != nil {
			return statement{}, review.Wrap(review.CodeInternal, err, "a text cannot be sealed")
		}
		sets, values = append(sets, column+" = ?"), append(values, value)
		conditions, args = append(conditions, column+" = ?"), append(args, old)
	}
	if sets == nil {
		return statement{}, nil
	}
	key, err := table.keyArgs(r.order)
	for i, column := range table.order {
		conditions, args = append(conditions, column+" = ?"), append(args, key[i])
	}
	return statement{"UPDATE " + table.name + " SET " + strings.Join(sets, ", ") + " WHERE " + strings.Join(conditions, " AND "),
		append(values, args...)}, err
}

// stale counts the rows of a table with texts that are not sealed with a key.
func (s *Store) stale(ctx context.Context, table sealedTable, id uint32) (n int, err error) {
	prefixes := secret.SealedPrefixes(id)
	var conditions []string
	var args []any
	for _, column := range table.columns {
		prefix := fmt.Sprintf("substr(%s, 1, %d)", column, secret.SealedPrefixBytes)
		conditions = append(conditions, "octet_length("+column+") > 0 AND "+prefix+" <> ? AND "+prefix+" <> ?")
		args = append(args, prefixes[0], prefixes[1])
	}
	err = s.read(ctx).Raw("SELECT COUNT(*) FROM "+table.name+" WHERE "+strings.Join(conditions, " OR "), args...).Scan(&n).Error
	return n, s.fault(err)
}
