package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// tx implements review.Tx: one job's part of a group. Its methods are beside the
// rows that they write.
type tx struct {
	*session
	ctx    context.Context
	head   *audit.Head   // of the chain; nil until the group's first Event
	origin review.Origin // of the job that runs
	wrote  bool

	keys      *secret.Keyring // the two are set when the group first seals something
	sealsWith uint32

	failed error // the first statement that failed; what follows does not count
}

var _ review.Tx = (*tx)(nil)

// orm starts a query.
func (t *tx) orm() reads { return reads{t.session.orm.WithContext(t.ctx), t.ring} }

// note normalises an error and keeps it. Errors that only say what was not found
// are answers.
func (t *tx) note(err error) error {
	err = normalise(t.dialect, err)
	if err != nil && t.failed == nil && review.CodeOf(err) != review.CodeNotFound {
		t.failed = err
	}
	return err
}

// exec runs a prepared statement that changes rows.
func (t *tx) exec(query string, args ...any) error {
	_, err := t.affect(query, args...)
	return err
}

// affect is exec, and tells how many rows it changed.
func (t *tx) affect(query string, args ...any) (int64, error) {
	t.wrote = true
	statement, err := t.prepared(t.ctx, query)
	if err != nil {
		return 0, t.noteFailure(err)
	}
	result, err := statement.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, t.noteFailure(err)
	}
	return result.RowsAffected()
}

// noteFailure keeps every error: a foreign key that dangles is not found, too, but
// its statement failed.
func (t *tx) noteFailure(err error) error {
	err = normalise(t.dialect, err)
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// control steers the transaction itself.
func (t *tx) control(query string) error {
	_, err := t.conn.ExecContext(t.ctx, query)
	return normalise(t.dialect, err)
}

// insert writes a row with a prepared statement, and seals its texts.
func (t *tx) insert(row any) error {
	table, values, err := t.insertOf(t.ctx, row)
	if err == nil {
		err = t.sealRow(table, row, values)
	}
	if err != nil {
		return t.noteFailure(err)
	}
	return t.exec(table.insert, values...)
}

// each reads the rows of a prepared statement with one argument.
func (t *tx) each(query, arg string, row func(scan func(...any) error) error) error {
	statement, err := t.prepared(t.ctx, query)
	if err != nil {
		return t.noteFailure(err)
	}
	rows, err := statement.QueryContext(t.ctx, arg)
	if err != nil {
		return t.noteFailure(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return t.noteFailure(err)
		}
	}
	if err := rows.Err(); err != nil {
		return t.noteFailure(err)
	}
	return nil
}

// first reads one row with a prepared statement.
func (t *tx) first(query string, args []any, into ...any) (found bool, err error) {
	statement, err := t.prepared(t.ctx, query)
	if err != nil {
		return false, t.noteFailure(err)
	}
	err = statement.QueryRowContext(t.ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, t.noteFailure(err)
	}
	return true, nil
}
