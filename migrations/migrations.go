// Package migrations holds the schema as numbered SQL files, embedded: one folder
// per dialect, the same numbers and names in both.
//
// It knows no Go type and runs nothing; internal/store does. A migration that was
// released is never edited: a change is a new number in both folders.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// SQLite returns the migrations for SQLite.
func SQLite() fs.FS { return folder("sqlite") }

// Postgres returns the migrations for PostgreSQL.
func Postgres() fs.FS { return folder("postgres") }

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic("migrations: " + err.Error()) // the name is one of the two above
	}
	return sub
}
