package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/review"
)

// recordScenarios: what was written stays, and tells when it did not.
func recordScenarios() []scenario {
	return []scenario{
		{"the database refuses to change or remove records", recordsAreRefused},
		{"events come back in order and continue after a place", eventsComeBack},
		{"an event that was changed below the store is found", changedEventIsFound},
		{"any one row that is changed, removed, put in or swapped is found", anyTamperingIsFound},
		{"events carry where they came from", eventsCarryTheirOrigin},
		{"the trail is filtered and paged, and never loses an event", trailIsPaged},
		{"a follower never goes back", followerNeverGoesBack},
	}
}

func recordsAreRefused(t *testing.T, f *fixture) {
	d := f.decide(t, f.ann, f.flagged(t, "x"), review.JudgeBlock)
	_, err := f.service.Undo(t.Context(), f.ann, d.ID)
	require.NoError(t, err)
	db := f.sql(t)
	ran := 0
	for _, table := range []string{"events", "decisions", "undos"} {
		for _, change := range []string{"UPDATE " + table + " SET actor_id = 'x'", "DELETE FROM " + table} {
			_, err := db.ExecContext(t.Context(), change)
			require.ErrorContains(t, err, table+" are append-only", change)
			ran++
		}
		require.Positive(t, f.count(t, "SELECT COUNT(*) FROM "+table+" WHERE actor_id <> 'x'"))
	}
	require.Equal(t, 6, ran)
	f.verifyChain(t)
}

func eventsComeBack(t *testing.T, f *fixture) {
	want := review.Event{At: start, Actor: review.Actor{Kind: review.ActorApp, ID: "a"}, Action: "b", Object: "c", AppID: "d", Detail: `{"e":"\u0000"}`}
	before := f.verifyChain(t)
	f.write(t, func(tx review.Tx) error {
		for range 3 {
			if err := tx.AppendEvent(want); err != nil {
				return err
			}
		}
		return nil
	})
	var got []review.Event
	for e, err := range f.Events(t.Context(), before) {
		require.NoError(t, err)
		got = append(got, e)
	}
	require.Len(t, got, 3)
	for i, e := range got {
		want.Seq, want.PrevHash, want.Hash = before+int64(i)+1, e.PrevHash, audit.Hash(e.PrevHash, e)
		require.Equal(t, want, e)
	}
	ctx, cancel := contextEnded(t)
	defer cancel()
	_, err := f.VerifyChain(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

func changedEventIsFound(t *testing.T, f *fixture) {
	last := f.verifyChain(t)
	// A new Event with hashes of its own stands for a changed one: the triggers
	// refuse the change itself.
	_, err := f.sql(t).ExecContext(t.Context(), `INSERT INTO events (seq, at, actor_kind, actor_id, action, object, app_id, detail, prev_hash, hash)
SELECT seq + 1, at, actor_kind, actor_id, 'forged', object, app_id, detail, hash, hash FROM events ORDER BY seq DESC LIMIT 1`)
	require.NoError(t, err)
	f.write(t, func(tx review.Tx) error { return putEvent(tx, "goes on") })
	report, err := f.VerifyChain(t.Context())
	require.NoError(t, err)
	require.Equal(t, last+1, report.Broken)
	require.NotEmpty(t, report.Reason)
}
