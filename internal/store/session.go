package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"reflect"

	"gorm.io/gorm"
)

// session is the writer's connection with its prepared statements. Only the
// writer's goroutine uses it.
type session struct {
	dialect    dialect
	conn       *sql.Conn
	orm        *gorm.DB
	ring       *ring
	statements map[string]*sql.Stmt
	tables     map[reflect.Type]table
}

func openSession(ctx context.Context, d dialect, db *sql.DB, keys *ring) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{dialect: d, conn: conn, ring: keys, statements: map[string]*sql.Stmt{}, tables: map[reflect.Type]table{}}
	s.orm, err = gorm.Open(d.gorm(conn), gormConfig())
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) begin(ctx context.Context) error { return s.dialect.begin(ctx, s.conn) }

// end commits what was written; a transaction that only read needs no flush.
func (s *session) end(ctx context.Context, commit bool) error {
	if commit {
		return s.dialect.commit(ctx, s.conn)
	}
	_, err := s.conn.ExecContext(ctx, "ROLLBACK")
	return err
}

// close ends the connection itself, not only our use of it: what is open on it is
// rolled back. Its statements go first: nobody else ends them, and SQLite keeps a
// connection alive that still has one.
func (s *session) close() {
	for _, statement := range s.statements {
		_ = statement.Close()
	}
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // the way to tell the pool to discard it
	_ = s.conn.Close()
}

// prepared returns a statement of the connection, prepared once.
func (s *session) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if statement, ok := s.statements[query]; ok {
		return statement, nil
	}
	statement, err := s.conn.PrepareContext(ctx, s.dialect.bind(query))
	if err != nil {
		return nil, err
	}
	s.statements[query] = statement
	return statement, nil
}

// insertOf returns how a row is inserted, and the values of its columns.
func (s *session) insertOf(ctx context.Context, row any) (table, []any, error) {
	value := reflect.ValueOf(row).Elem()
	t, ok := s.tables[value.Type()]
	if !ok {
		var err error
		if t, err = tableOf(row); err != nil {
			return table{}, nil, err
		}
		s.tables[value.Type()] = t
	}
	return t, t.values(ctx, value), nil
}
