package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/guardroom/guardroom/internal/review"
)

func TestErrorsAreNormalised(t *testing.T) {
	lite := func(code sqlite3.ErrNo, extended sqlite3.ErrNoExtended) error {
		return sqlite3.Error{Code: code, ExtendedCode: extended}
	}
	server := func(code string) error { return &pgconn.PgError{Code: code} }
	ours := review.Errorf(review.CodeForbidden, "no")
	tests := []struct {
		name string
		err  error
		want review.Code
	}{
		{"nothing", nil, ""},
		{"ours", fmt.Errorf("around: %w", ours), review.CodeForbidden},
		{"no rows", sql.ErrNoRows, review.CodeNotFound},
		{"no record", gorm.ErrRecordNotFound, review.CodeNotFound},
		{"cancelled", context.Canceled, review.CodeUnavailable},
		{"too late", fmt.Errorf("query: %w", context.DeadlineExceeded), review.CodeUnavailable},
		{"bad connection", driver.ErrBadConn, review.CodeUnavailable},
		{"closed", errors.New("sql: database is closed"), review.CodeUnavailable},
		{"end of file", io.ErrUnexpectedEOF, review.CodeUnavailable},
		{"network", &net.OpError{Op: "dial", Err: errors.New("refused")}, review.CodeUnavailable},
		{"anything else", errors.New("syntax"), review.CodeInternal},

		{"sqlite unique", lite(sqlite3.ErrConstraint, sqlite3.ErrConstraintUnique), review.CodeConflict},
		{"sqlite primary key", lite(sqlite3.ErrConstraint, sqlite3.ErrConstraintPrimaryKey), review.CodeConflict},
		{"sqlite foreign key", lite(sqlite3.ErrConstraint, sqlite3.ErrConstraintForeignKey), review.CodeNotFound},
		{"sqlite not null", lite(sqlite3.ErrConstraint, sqlite3.ErrConstraintNotNull), review.CodeInternal},
		{"sqlite trigger", lite(sqlite3.ErrConstraint, sqlite3.ErrConstraintTrigger), review.CodeInternal},
		{"sqlite busy", lite(sqlite3.ErrBusy, 0), review.CodeUnavailable},
		{"sqlite full", lite(sqlite3.ErrFull, 0), review.CodeUnavailable},
		{"sqlite input/output", lite(sqlite3.ErrIoErr, sqlite3.ErrIoErrFsync), review.CodeUnavailable},
		{"sqlite read-only", lite(sqlite3.ErrReadonly, 0), review.CodeUnavailable},
		{"sqlite cannot open", lite(sqlite3.ErrCantOpen, 0), review.CodeUnavailable},
		{"sqlite corrupt", lite(sqlite3.ErrCorrupt, 0), review.CodeInternal},

		{"postgres unique", server("23505"), review.CodeConflict},
		{"postgres foreign key", server("23503"), review.CodeNotFound},
		{"postgres not null", server("23502"), review.CodeInternal},
		{"postgres trigger", server("P0001"), review.CodeInternal},
		{"postgres shutting down", server("57P01"), review.CodeUnavailable},
		{"postgres too many connections", server("53300"), review.CodeUnavailable},
		{"postgres disk full", server("53100"), review.CodeUnavailable},
		{"postgres lock timeout", server("55P03"), review.CodeUnavailable},
		{"postgres deadlock", server("40P01"), review.CodeUnavailable},
		{"postgres read-only", server("25006"), review.CodeUnavailable},
		{"postgres NUL in a name", server("22021"), review.CodeUnprocessable},
		{"postgres syntax", server("42601"), review.CodeInternal},
	}
	for _, tt := range tests {
		for name, d := range map[string]dialect{"sqlite": &sqlite{}, "postgres": &postgres{}} {
			var ofOther bool
			switch {
			case errors.As(tt.err, new(sqlite3.Error)):
				ofOther = name == "postgres"
			case errors.As(tt.err, new(*pgconn.PgError)):
				ofOther = name == "sqlite"
			}
			if ofOther {
				continue
			}
			got := normalise(d, tt.err)
			require.Equal(t, tt.want, review.CodeOf(got), "%s on %s", tt.name, name)
			if tt.err != nil {
				require.ErrorIs(t, got, tt.err, "the cause is kept")
			}
			if tt.want == review.CodeUnavailable {
				require.Positive(t, got.(*review.Error).RetryAfter)
			}
		}
	}
}
