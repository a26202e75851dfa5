package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"

	"github.com/guardroom/guardroom/internal/review"
)

// retryAfter is when a caller should try again after the database could not serve.
const retryAfter = 5 * time.Second

// faultKind is what an error of a driver means to us.
type faultKind int

const (
	faultBug        faultKind = iota // a statement or a row that must not happen
	faultDuplicate                   // a unique constraint
	faultDangling                    // a foreign key
	faultUnstorable                  // a text that the database cannot hold
	faultUnservable                  // busy, full, read-only, gone: not the caller's doing
)

// normalise turns an error of a database into a review.Error. What is one already,
// and nil, it returns as it is.
func normalise(d dialect, err error) error {
	var already *review.Error
	switch {
	case err == nil, errors.As(err, &already):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows):
		return review.Wrap(review.CodeNotFound, err, "there is no such thing")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return review.Unavailable(err, "the database did not answer in time", retryAfter)
	}
	switch d.fault(err) {
	case faultDuplicate:
		return review.Wrap(review.CodeConflict, err, "this exists already")
	case faultDangling:
		return review.Wrap(review.CodeNotFound, err, "what this belongs to does not exist")
	case faultUnstorable:
		return review.Wrap(review.CodeUnprocessable, err, "a text has characters that cannot be stored")
	case faultUnservable:
		return review.Unavailable(err, "the database cannot serve now", retryAfter)
	default:
		return review.Wrap(review.CodeInternal, err, "the database refused")
	}
}

func (s *Store) fault(err error) error { return normalise(s.dialect, err) }

// said gives a code's error a message that says more; other errors stay.
func said(err error, code review.Code, message string) error {
	if review.CodeOf(err) != code {
		return err
	}
	return review.Wrap(code, err, message)
}

func absent(what string) error {
	return review.Errorf(review.CodeNotFound, "there is no such %s", what)
}

// connectionLost recognises that the other side has gone: what database/sql and the
// network say, and the server's own farewell (class 57P: shut down, crashed).
func connectionLost(err error) bool {
	var network net.Error
	var farewell *pgconn.PgError
	if errors.As(err, &farewell) {
		return strings.HasPrefix(farewell.Code, "57P")
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network) ||
		errors.Is(err, pgconn.ErrConnClosed) ||
		(err != nil && err.Error() == "sql: database is closed") // database/sql does not export it
}

// fault reads SQLite's result codes: https://www.sqlite.org/rescode.html
func (d *sqlite) fault(err error) faultKind {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		if connectionLost(err) {
			return faultUnservable
		}
		return faultBug
	}
	switch e.ExtendedCode {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		return faultDuplicate
	case sqlite3.ErrConstraintForeignKey:
		return faultDangling
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrReadonly,
		sqlite3.ErrCantOpen, sqlite3.ErrNomem, sqlite3.ErrInterrupt, sqlite3.ErrProtocol:
		return faultUnservable
	}
	return faultBug
}

// unservableClasses are the classes of SQLSTATE that are not the statement's fault:
// connection, resources, operator intervention, system error, and transactions that
// lost against another. https://www.postgresql.org/docs/current/errcodes-appendix.html
var unservableClasses = []string{"08", "53", "57", "58", "40"}

// fault reads PostgreSQL's SQLSTATE.
func (d *postgres) fault(err error) faultKind {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		var connect *pgconn.ConnectError
		if connectionLost(err) || errors.As(err, &connect) {
			return faultUnservable
		}
		return faultBug
	}
	switch e.Code {
	case "23505":
		return faultDuplicate
	case "23503":
		return faultDangling
	case "22021": // NUL, or bytes that are not UTF-8, where ids and names go
		return faultUnstorable
	case "25006", "25P03", "55P03", "28000", "28P01", "3D000": // read-only, idle too long, lock timeout, cannot sign in
		return faultUnservable
	}
	for _, class := range unservableClasses {
		if strings.HasPrefix(e.Code, class) {
			return faultUnservable
		}
	}
	return faultBug
}
