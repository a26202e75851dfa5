package store_test

import (
	"testing"

	"github.com/guardroom/guardroom/internal/pgtest"
	"github.com/guardroom/guardroom/internal/store"
	"github.com/guardroom/guardroom/internal/store/storetest"
)

func TestSQLite(t *testing.T) { storetest.Run(t, onSQLite) }

func TestPostgres(t *testing.T) { storetest.Run(t, onPostgres) }

var onSQLite = storetest.Database{
	Options: func(t testing.TB) store.Options { return store.Options{Dir: t.TempDir()} },
}

var onPostgres = storetest.Database{
	Options: func(t testing.TB) store.Options { return store.Options{DatabaseURL: pgtest.Start(t)} },
}
