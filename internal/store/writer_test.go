package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// held opens a store whose writer waits until release is called, so that a test
// knows which jobs are in one group.
func held(t *testing.T) (s *Store, release func()) {
	t.Helper()
	s = openFor(t, Options{Dir: t.TempDir()})
	begun, free, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- s.writer.do(t.Context(), func(*tx) error {
			close(begun)
			<-free
			return nil
		})
	}()
	<-begun
	return s, func() {
		close(free)
		require.NoError(t, <-ended)
	}
}

// queue hands a job over and returns when it waits in the queue.
func queue(t *testing.T, s *Store, fn func(*tx) error) <-chan error {
	t.Helper()
	waiting := len(s.writer.queue)
	result := make(chan error, 1)
	go func() { result <- s.writer.do(t.Context(), fn) }()
	for len(s.writer.queue) == waiting {
		runtime.Gosched()
	}
	return result
}

func putApp(name string) func(*tx) error {
	return func(t *tx) error { return t.PutApp(review.App{ID: name, Name: name, CreatedAt: time.UnixMicro(1)}) }
}

func appNames(t *testing.T, s *Store) []string {
	t.Helper()
	apps, err := s.Apps(t.Context())
	require.NoError(t, err)
	names := []string{}
	for _, a := range apps {
		names = append(names, a.Name)
	}
	return names
}

func TestGroupRunsOnceWhenNothingFailsAfterWriting(t *testing.T) {
	s, release := held(t)
	no := errors.New("no")
	var runs atomic.Int64
	a := queue(t, s, func(tx *tx) error { runs.Add(1); return putApp("a")(tx) })
	refused := queue(t, s, func(*tx) error { runs.Add(1); return no })
	b := queue(t, s, func(tx *tx) error { runs.Add(1); return putApp("b")(tx) })
	release()
	require.NoError(t, <-a)
	require.Same(t, no, <-refused)
	require.NoError(t, <-b)
	require.EqualValues(t, 3, runs.Load(), "a refusal before writing costs no savepoints")
	require.Equal(t, []string{"a", "b"}, appNames(t, s))
}

func TestGroupRunsAgainWithSavepointsWhenOneFailsAfterWriting(t *testing.T) {
	s, release := held(t)
	no := errors.New("no")
	var runs atomic.Int64
	count := func(fn func(*tx) error) func(*tx) error {
		return func(t *tx) error { runs.Add(1); return fn(t) }
	}
	a := queue(t, s, count(putApp("a")))
	failing := queue(t, s, count(func(t *tx) error { return errors.Join(putApp("x")(t), no) }))
	twice := queue(t, s, count(putApp("a")))
	panicking := queue(t, s, count(func(t *tx) error { _ = putApp("y")(t); panic("oh") }))
	b := queue(t, s, count(putApp("b")))
	release()
	require.NoError(t, <-a)
	require.ErrorIs(t, <-failing, no)
	require.Equal(t, review.CodeConflict, review.CodeOf(<-twice), "it sees what the group wrote before it")
	require.Equal(t, review.CodeInternal, review.CodeOf(<-panicking))
	require.NoError(t, <-b)
	require.EqualValues(t, 2+5, runs.Load(), "two until the first failure, then all five")
	require.Equal(t, []string{"a", "b"}, appNames(t, s))
}

func TestChainGoesOnAfterFailuresInAGroup(t *testing.T) {
	s, release := held(t)
	event := func(object string) func(*tx) error {
		return func(t *tx) error {
			return t.AppendEvent(review.Event{At: time.UnixMicro(1), Action: "test", Object: object, Detail: "{}"})
		}
	}
	var results []<-chan error
	for i := range 10 {
		fn := event(fmt.Sprint(i))
		if i%3 == 1 {
			fn = func(t *tx) error { return errors.Join(event("bad")(t), errors.New("no")) }
		}
		results = append(results, queue(t, s, fn))
	}
	release()
	for i, result := range results {
		require.Equal(t, i%3 == 1, <-result != nil, "job %d", i)
	}
	report, err := s.VerifyChain(t.Context())
	require.NoError(t, err)
	require.True(t, report.OK())
	require.EqualValues(t, 7, report.Head.Seq)
}

func TestGroupsAreBounded(t *testing.T) {
	s, release := held(t)
	var results []<-chan error
	for range maxGroup {
		results = append(results, queue(t, s, func(*tx) error { return nil }))
	}
	more := make(chan error, 10)
	for range cap(more) {
		go func() { more <- s.writer.do(t.Context(), func(*tx) error { return nil }) }()
	}
	release()
	for _, result := range results {
		require.NoError(t, <-result)
	}
	for range cap(more) {
		require.NoError(t, <-more)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{}, {Dir: t.TempDir()}} {
		_, err := Open(t.Context(), o)
		require.Error(t, err)
		_, err = Migrate(t.Context(), o)
		require.Error(t, err)
	}
}

func TestSQLiteWriterIsDurableAndStrict(t *testing.T) {
	s := openFor(t, Options{Dir: t.TempDir()})
	for pragma, want := range map[string]int{"synchronous": 2, "foreign_keys": 1, "query_only": 0} {
		var got int
		require.NoError(t, s.writer.do(t.Context(), func(tx *tx) error {
			_, err := tx.first("PRAGMA "+pragma, nil, &got)
			return err
		}))
		require.Equal(t, want, got, pragma)
	}
	_, err := s.readers.ExecContext(t.Context(), "DELETE FROM apps")
	require.ErrorContains(t, err, "readonly", "a reader cannot write by mistake")
}

func TestClosingRefreshesThePlannersStatistics(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	s := openFor(t, o)
	fillForPlans(t, s, sqliteWords(2_000)...)
	require.NoError(t, s.Ping(t.Context()))
	require.NoError(t, s.Close())
	var indexes, declared int
	db := openFor(t, o).read(t.Context())
	require.NoError(t, db.Raw("SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'items'").Scan(&indexes).Error)
	require.NoError(t, db.Raw("SELECT COUNT(*) FROM sqlite_master WHERE tbl_name = 'items' AND type = 'index'").Scan(&declared).Error)
	require.Equal(t, declared, indexes)
}

func TestExportHoldsABoundedAmountOfText(t *testing.T) {
	page := func(sizes ...int) (rows []exportRow) {
		for _, n := range sizes {
			rows = append(rows, exportRow{textBytes: n})
		}
		return rows
	}
	require.Equal(t, 0, chunk(nil))
	require.Equal(t, 3, chunk(page(1, 2, 3)))
	require.Equal(t, textsChunk, chunk(page(make([]int, 2*textsChunk)...)))
	require.Equal(t, 1, chunk(page(textChunkBytes+1, 1)), "one that is too large goes alone")
	require.Equal(t, 2, chunk(page(1, textChunkBytes-1, 1)))
	require.Equal(t, 1, chunk(page(1, textChunkBytes)))
}

// person is the context of somebody who waits for an answer.
func person(t *testing.T) context.Context {
	return review.WithOrigin(t.Context(), review.Origin{Role: review.RoleAnalyst})
}

// ask hands a job of a person over and returns when it waits.
func ask(t *testing.T, s *Store, fn func(*tx) error) <-chan error {
	t.Helper()
	ctx := person(t)
	waiting := len(s.writer.urgent)
	result := make(chan error, 1)
	go func() { result <- s.writer.do(ctx, fn) }()
	for len(s.writer.urgent) == waiting {
		runtime.Gosched()
	}
	return result
}

func TestPeopleGoBeforePrograms(t *testing.T) {
	s, release := held(t)
	var order []string
	say := func(name string) func(*tx) error {
		return func(tx *tx) error { order = append(order, name); return putApp(name)(tx) }
	}
	results := []<-chan error{queue(t, s, say("a")), queue(t, s, say("b")), ask(t, s, say("person")), queue(t, s, say("c"))}
	release()
	for _, result := range results {
		require.NoError(t, <-result)
	}
	require.Equal(t, "person", order[0])
	require.ElementsMatch(t, []string{"a", "b", "c", "person"}, order)
}

func TestAGroupIsCutShortForAPerson(t *testing.T) {
	s, release := held(t)
	s.writer.patience = 0
	var order []string
	var asked <-chan error
	say := func(name string) func(*tx) error {
		return func(tx *tx) error { order = append(order, name); return putApp(name)(tx) }
	}
	a := queue(t, s, func(tx *tx) error {
		asked = ask(t, s, say("person"))
		return say("a")(tx)
	})
	withdrawn, cancel := context.WithCancel(t.Context())
	defer cancel()
	b := queue(t, s, say("b"))
	c := make(chan error, 1)
	go func() { c <- s.writer.do(withdrawn, say("c")) }()
	for len(s.writer.queue) < 3 {
		runtime.Gosched()
	}
	d := queue(t, s, say("d"))
	release()
	require.NoError(t, <-a)
	require.NoError(t, <-asked)
	for _, result := range []<-chan error{b, c, d} {
		require.NoError(t, <-result)
	}
	require.Equal(t, []string{"a", "person", "b", "c", "d"}, order, "the others keep their order")
	require.Equal(t, []string{"a", "b", "c", "d", "person"}, appNames(t, s))
}

func TestPeopleDoNotStarvePrograms(t *testing.T) {
	s, release := held(t)
	s.writer.patience = 0
	var order []string
	say := func(name string) func(*tx) error {
		return func(*tx) error { order = append(order, name); return nil }
	}
	results := []<-chan error{ask(t, s, say("first")), ask(t, s, say("second")), queue(t, s, say("a")), queue(t, s, say("b"))}
	release()
	for _, result := range results {
		require.NoError(t, <-result)
	}
	require.Equal(t, []string{"first", "second", "a", "b"}, order)
}
