package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// writerScenarios: what concurrent callers of Write may rely on.
func writerScenarios() []scenario {
	return []scenario{
		{"many concurrent writes all succeed", manyWrites},
		{"one that fails in a group harms no other", oneFailsAmongMany},
		{"an error comes back as it is and undoes everything", errorUndoesEverything},
		{"a failed statement fails its function, also when it looks away", failedStatementCounts},
		{"a panic is the error of its function alone", panicIsContained},
		{"a write whose context ended is not run", endedContextIsNotRun},
		{"a write that has begun is waited for", begunWriteIsWaitedFor},
		{"a write sees what was written before, also in its own group", writeSeesEarlierWrites},
		{"closing drains what was accepted and refuses the rest", closingDrains},
		{"the store answers a ping until it is closed", pingUntilClosed},
	}
}

// putEvent appends an Event whose object is the key.
func putEvent(tx review.Tx, key string) error {
	return tx.AppendEvent(review.Event{At: start, Actor: cli, Action: "test", Object: key, Detail: "{}"})
}

// hold keeps the writer busy until release is called, so that what is handed over
// meanwhile becomes one group. The function that it runs writes nothing.
func (f *fixture) hold(t testing.TB) (release func()) {
	t.Helper()
	begun, free, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- f.Write(context.Background(), func(review.Tx) error {
			select {
			case <-begun:
			default:
				close(begun)
			}
			<-free
			return nil
		})
	}()
	<-begun
	return func() {
		close(free)
		require.NoError(t, <-ended)
	}
}

func manyWrites(t *testing.T, f *fixture) {
	before := f.verifyChain(t)
	const producers, each = 64, 10
	var group sync.WaitGroup
	var failed atomic.Int64
	for p := range producers {
		group.Go(func() {
			for i := range each {
				if f.Write(t.Context(), func(tx review.Tx) error { return putEvent(tx, fmt.Sprintf("%d-%d", p, i)) }) != nil {
					failed.Add(1)
				}
			}
		})
	}
	group.Wait()
	require.Zero(t, failed.Load())
	require.Equal(t, before+producers*each, f.verifyChain(t))
	require.Equal(t, producers*each, f.count(t, "SELECT COUNT(DISTINCT object) FROM events WHERE action = 'test'"))
}

// oneFailsAmongMany lets some functions fail in every way while others succeed in
// the same group.
func oneFailsAmongMany(t *testing.T, f *fixture) {
	var failures = []struct {
		name string
		fn   func(review.Tx) error
		want review.Code
	}{
		{"before writing", func(review.Tx) error { return review.Errorf(review.CodeForbidden, "no") }, review.CodeForbidden},
		{"after writing", func(tx review.Tx) error {
			if err := putEvent(tx, "bad"); err != nil {
				return err
			}
			return review.Errorf(review.CodeForbidden, "no")
		}, review.CodeForbidden},
		{"a unique constraint", func(tx review.Tx) error {
			if err := putEvent(tx, "bad"); err != nil {
				return err
			}
			return tx.PutApp(f.caller.App)
		}, review.CodeConflict},
		{"a foreign key", func(tx review.Tx) error {
			if err := putEvent(tx, "bad"); err != nil {
				return err
			}
			return tx.PutMembership("none", "none")
		}, review.CodeNotFound},
		{"a panic", func(tx review.Tx) error {
			if err := putEvent(tx, "bad"); err != nil {
				return err
			}
			panic("oh")
		}, review.CodeInternal},
	}
	before := f.verifyChain(t)
	const good = 40
	release := f.hold(t)
	results := make([]error, good+len(failures))
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			fn := func(tx review.Tx) error { return putEvent(tx, fmt.Sprintf("good-%d", i)) }
			if i >= good {
				fn = failures[i-good].fn
			}
			results[i] = f.Write(t.Context(), fn)
		})
	}
	release()
	group.Wait()
	for i, err := range results {
		if i < good {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, failures[i-good].want, review.CodeOf(err), failures[i-good].name)
	}
	require.Equal(t, before+good, f.verifyChain(t))
	require.Equal(t, good, f.count(t, "SELECT COUNT(DISTINCT object) FROM events WHERE action = 'test' AND object LIKE 'good-%'"))
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM events WHERE object = 'bad'"))
}

func errorUndoesEverything(t *testing.T, f *fixture) {
	no := errors.New("no")
	in := fullInteraction(f)
	err := f.Write(t.Context(), func(tx review.Tx) error {
		if err := errors.Join(tx.PutInteraction(in, review.Assessment{}), tx.PutItem(fullItem(f, in.ID), nil), putEvent(tx, "x")); err != nil {
			return err
		}
		return no
	})
	require.Same(t, no, err)
	for _, table := range []string{"interactions", "assessments", "items", "counters"} {
		require.Zero(t, f.count(t, "SELECT COUNT(*) FROM "+table), table)
	}
	f.verifyChain(t)
}

func failedStatementCounts(t *testing.T, f *fixture) {
	err := f.Write(t.Context(), func(tx review.Tx) error {
		_ = tx.PutApp(f.caller.App)
		return nil
	})
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	f.write(t, func(tx review.Tx) error { return putEvent(tx, "after") })
	f.verifyChain(t)
}

func panicIsContained(t *testing.T, f *fixture) {
	for range 3 {
		err := f.Write(t.Context(), func(review.Tx) error { panic("oh") })
		require.Equal(t, review.CodeInternal, review.CodeOf(err))
		require.NotContains(t, err.(*review.Error).Message, "oh", "the caller learns nothing of it")
		f.write(t, func(tx review.Tx) error { return putEvent(tx, "after") })
	}
	f.verifyChain(t)
}

func endedContextIsNotRun(t *testing.T, f *fixture) {
	ctx, cancel := contextEnded(t)
	defer cancel()
	ran := func(review.Tx) error { panic("must not run") }
	err := f.Write(ctx, ran)
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.ErrorIs(t, err, context.Canceled)

	release := f.hold(t)
	waiting, stop := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- f.Write(waiting, ran) }()
	stop()
	require.ErrorIs(t, <-result, context.Canceled, "it does not wait for the group before it")
	release()
	f.write(t, func(tx review.Tx) error { return putEvent(tx, "after") })
}

func begunWriteIsWaitedFor(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	err := f.Write(ctx, func(tx review.Tx) error {
		cancel()
		return putEvent(tx, "begun")
	})
	require.NoError(t, err, "it was committed, so it did not fail")
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM events WHERE object = 'begun'"))
}

func writeSeesEarlierWrites(t *testing.T, f *fixture) {
	release := f.hold(t)
	var group sync.WaitGroup
	var winners atomic.Int64
	in := fullInteraction(f)
	for range 20 {
		group.Go(func() {
			own := in
			own.ID = f.ids.next()
			var won bool
			err := f.Write(t.Context(), func(tx review.Tx) error {
				_, hash, found, err := tx.FindExternal(in.AppID, in.ExternalID)
				if won = !found; err != nil || found {
					if found && hash != in.ContentHash {
						return errors.New("another hash")
					}
					return err
				}
				return tx.PutInteraction(own, review.Assessment{})
			})
			if err == nil && won {
				winners.Add(1)
			}
		})
	}
	release()
	group.Wait()
	require.EqualValues(t, 1, winners.Load())
	id, _, found, err := f.FindExternal(t.Context(), in.AppID, in.ExternalID)
	require.NoError(t, err)
	require.True(t, found)
	require.NotEmpty(t, id)
}

func closingDrains(t *testing.T, f *fixture) {
	s := f.open(t)
	before := f.verifyChain(t)
	const writes = 300
	results := make(chan error, writes)
	for i := range writes {
		go func() {
			results <- s.Write(context.Background(), func(tx review.Tx) error { return putEvent(tx, fmt.Sprint(i)) })
		}()
	}
	require.NoError(t, <-results)
	require.NoError(t, s.Close())
	stored := int64(1)
	for range writes - 1 {
		err := <-results
		if err == nil {
			stored++
			continue
		}
		require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	}
	require.Equal(t, before+stored, f.verifyChain(t), "exactly what was acknowledged")
	err := s.Write(t.Context(), func(review.Tx) error { return nil })
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.NoError(t, s.Close(), "twice is once")
}

func pingUntilClosed(t *testing.T, f *fixture) {
	s := f.open(t)
	require.NoError(t, s.Ping(t.Context()))
	require.NoError(t, s.Close())
	require.Equal(t, review.CodeUnavailable, review.CodeOf(s.Ping(t.Context())))
}
