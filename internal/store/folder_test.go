package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheLogBeginsAnewOnceItIsLongAndFolded(t *testing.T) {
	s := openFor(t, Options{Dir: t.TempDir()})
	write := func(query string) {
		t.Helper()
		require.NoError(t, s.writer.do(t.Context(), func(tx *tx) error { return tx.exec(query) }))
	}
	pages := func() int {
		t.Helper()
		n, err := s.writer.folder.checkpoint()
		require.NoError(t, err)
		return n
	}
	write("CREATE TABLE large (content BLOB)")
	write("INSERT INTO large VALUES (zeroblob(40000000))")
	require.GreaterOrEqual(t, pages(), longLog, "no commit folded it")
	require.NoError(t, s.writer.folder.fold())
	write("INSERT INTO large VALUES (zeroblob(1))")
	require.Less(t, pages(), 10, "the writer began anew")

	readers, err := s.readers.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	var n int
	require.NoError(t, readers.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM large").Scan(&n))
	write("INSERT INTO large VALUES (zeroblob(40000000))")
	require.NoError(t, s.writer.folder.fold(), "a reader of the past is waited for by nobody")
	require.NoError(t, readers.Rollback())
	require.NoError(t, s.writer.folder.fold())
	write("INSERT INTO large VALUES (zeroblob(1))")
	require.Less(t, pages(), 10)
}

func TestTheFolderIsDueAfterSoManyWrites(t *testing.T) {
	var none *folder
	none.wrote(foldEvery) // where nothing is to be folded
	none.stop()
	require.NoError(t, none.close())

	f := &folder{due: make(chan struct{}, 1)}
	f.wrote(foldEvery - 1)
	require.Empty(t, f.due)
	f.wrote(1)
	require.Len(t, f.due, 1)
	f.wrote(foldEvery)
	require.Len(t, f.due, 1, "it is at work; nobody waits")
}
