package migrations_test

import (
	"cmp"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/migrations"
)

func TestBothDialectsHaveTheSameMigrations(t *testing.T) {
	sqlite := names(t, migrations.SQLite())
	require.NotEmpty(t, sqlite)
	require.Equal(t, sqlite, names(t, migrations.Postgres()))
}

// SQLite changes a table by making it anew, under a name that ends in _new, with the indexes that it had; both make an index anew
// when it is over other columns.
func TestBothDialectsDeclareTheSameTablesColumnsAndIndexes(t *testing.T) {
	known := map[string]bool{}
	fresh := func(dialect fs.FS, name string) (out []string) {
		for _, made := range declared(t, dialect, name) {
			if !known[made] && !strings.HasSuffix(made, "_new") {
				out = append(out, made)
			}
		}
		return out
	}
	for _, name := range names(t, migrations.SQLite()) {
		made := fresh(migrations.SQLite(), name)
		require.Equal(t, made, fresh(migrations.Postgres(), name), name)
		for _, m := range made {
			known[m] = true
		}
	}
}

func names(t *testing.T, dialect fs.FS) []string {
	t.Helper()
	found, err := fs.Glob(dialect, "*")
	require.NoError(t, err)
	form := regexp.MustCompile(`^\d{5}_[a-z_]+\.sql$`)
	for _, name := range found {
		require.Regexp(t, form, name)
	}
	return found
}

var declaration = regexp.MustCompile(`(?m)^(?:CREATE (?:UNIQUE )?(?:TABLE|INDEX) (\w+)|ALTER TABLE (\w+) ADD COLUMN (\w+))`)

func declared(t *testing.T, dialect fs.FS, name string) []string {
	t.Helper()
	text, err := fs.ReadFile(dialect, name)
	require.NoError(t, err)
	var out []string
	for _, match := range declaration.FindAllStringSubmatch(string(text), -1) {
		out = append(out, cmp.Or(match[1], match[2]+"."+match[3]))
	}
	require.NotEmpty(t, out, name)
	return out
}
