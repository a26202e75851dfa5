package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/guardroom/guardroom/internal/review"
)

// migration is how a dialect migrates.
type migration struct {
	dialect goose.Dialect
	files   fs.FS
	options []goose.ProviderOption // locking
	prepare func() error           // makes what must be there before the first connection
	exists  func() (bool, error)
}

func (m migration) provider(db *sql.DB) (*goose.Provider, error) {
	options := append([]goose.ProviderOption{goose.WithLogger(goose.NopLogger())}, m.options...)
	return goose.NewProvider(m.dialect, db, m.files, options...)
}

// Migrate brings the schema up to the one that this program needs and returns how
// many migrations it ran. Several processes may do so at once. A database that is
// newer than the program is an error.
func Migrate(ctx context.Context, o Options) (int, error) {
	d, err := o.dialect()
	if err != nil {
		return 0, err
	}
	if err := d.migration().prepare(); err != nil {
		return 0, err
	}
	db := d.openMigrations()
	defer db.Close()
	provider, err := d.migration().provider(db)
	if err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return 0, normalise(d, err)
	}
	return len(results), checkVersion(ctx, d, provider)
}

// check refuses a database with another schema.
func (m migration) check(ctx context.Context, d dialect) error {
	if found, err := m.exists(); !found || err != nil {
		return errors.Join(err, review.Errorf(review.CodeUnavailable, "there is no database yet: run guardroom migrate"))
	}
	db := d.openMigrations()
	defer db.Close()
	provider, err := m.provider(db)
	if err != nil {
		return err
	}
	return checkVersion(ctx, d, provider)
}

func checkVersion(ctx context.Context, d dialect, provider *goose.Provider) error {
	has, needs, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return normalise(d, err)
	case has < needs:
		return review.Errorf(review.CodeUnavailable, "the database has schema %d and this program needs %d: run guardroom migrate", has, needs)
	case has > needs:
		return review.Errorf(review.CodeUnavailable, "the database has schema %d, newer than this program, which needs %d", has, needs)
	}
	return nil
}
