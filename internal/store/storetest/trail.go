package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/review"
)

// chainLength is how many Events the tampered chains have.
const chainLength = 24

// tamperings are what somebody who owns the database can do to one row: each is SQL
// with the row's number in it.
var tamperings = map[string]string{
	"change at":         "UPDATE events SET at = at + 1 WHERE seq = %d",
	"change actor_kind": "UPDATE events SET actor_kind = 'app' WHERE seq = %d",
	"change actor_id":   "UPDATE events SET actor_id = 'x' WHERE seq = %d",
	"change action":     "UPDATE events SET action = 'x' WHERE seq = %d",
	"change object":     "UPDATE events SET object = 'x' WHERE seq = %d",
	"change app_id":     "UPDATE events SET app_id = 'x' WHERE seq = %d",
	"change detail":     `UPDATE events SET detail = CAST('{"x":1}' AS BYTES) WHERE seq = %d`,
	"change origin":     `UPDATE events SET origin = CAST('{"address":"x"}' AS BYTES) WHERE seq = %d`,
	"break origin":      `UPDATE events SET origin = CAST('x' AS BYTES) WHERE seq = %d`,
	"change prev_hash":  "UPDATE events SET prev_hash = hash WHERE seq = %d",
	"change hash":       "UPDATE events SET hash = prev_hash WHERE seq = %d",
	"remove":            "DELETE FROM events WHERE seq = %d",
	"remove and close the gap": `DELETE FROM events WHERE seq = %[1]d;
UPDATE events SET seq = -seq WHERE seq > %[1]d; UPDATE events SET seq = -seq - 1 WHERE seq < 0`,
	"put in": `UPDATE events SET seq = -seq WHERE seq > %[1]d; UPDATE events SET seq = -seq + 1 WHERE seq < 0;
INSERT INTO events (seq, at, actor_kind, actor_id, action, object, app_id, detail, origin, prev_hash, hash)
SELECT seq + 1, at, actor_kind, actor_id, action, object, app_id, detail, origin, prev_hash, hash FROM events WHERE seq = %[1]d`,
	"swap with the next": `UPDATE events SET seq = -1 WHERE seq = %[1]d;
UPDATE events SET seq = %[1]d WHERE seq = %[1]d + 1; UPDATE events SET seq = %[1]d + 1 WHERE seq = -1`,
}

// anyTamperingIsFound takes the triggers away, as the database's owner can, and tampers
// with one row at a time. The end of the chain was signed before, as a server does.
func anyTamperingIsFound(t *testing.T, f *fixture) {
	for n := range chainLength {
		ctx := review.WithOrigin(t.Context(), review.Origin{Address: fmt.Sprint(n)})
		require.NoError(t, f.Write(ctx, func(tx review.Tx) error {
			return tx.AppendEvent(review.Event{At: start.Add(time.Duration(n)), Actor: cli, Action: "test", Object: fmt.Sprint(n), Detail: "{}"})
		}))
	}
	head, err := f.ChainHead(t.Context())
	require.NoError(t, err)
	signer, err := audit.NewSigner(strings.Repeat("k", 32))
	require.NoError(t, err)
	signed := signer.Sign(head, start)
	db := f.sql(t)
	dropTriggers(t, f, db)
	run(t, db, "CREATE TABLE events_before AS SELECT * FROM events")

	seen := map[string]int{}
	var names []string
	for name := range tamperings {
		names = append(names, name)
	}
	tamper := func(fail func(string, ...any), name string, seq int64) {
		run(t, db, f.dialectBytes(fmt.Sprintf(tamperings[name], seq)))
		report, err := f.VerifyChain(t.Context(), signed)
		run(t, db, "DELETE FROM events; INSERT INTO events SELECT * FROM events_before")
		require.NoError(t, err)
		if report.OK() || report.Broken > seq+1 || report.Broken < seq {
			fail("%s at %d: %+v", name, seq, report)
		}
		seen[name]++
	}
	for _, name := range names { // each at least once, and at the last row, which only the checkpoint tells of
		if name != "swap with the next" {
			tamper(t.Fatalf, name, head.Seq)
		} else {
			tamper(t.Fatalf, name, head.Seq-1)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(names).Draw(rt, "tampering")
		tamper(rt.Fatalf, name, rapid.Int64Range(1, head.Seq-1).Draw(rt, "row"))
	})
	require.Len(t, seen, len(tamperings))
	report, err := f.VerifyChain(t.Context(), signed)
	require.NoError(t, err)
	require.True(t, report.OK(), "untouched again")
}

func run(t testing.TB, db *sql.DB, statements string) {
	t.Helper()
	for statement := range strings.SplitSeq(statements, ";") {
		if strings.TrimSpace(statement) != "" {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}
	}
}

// postgres tells which database the fixture is on.
func (f *fixture) postgres() bool { return f.options.DatabaseURL != "" }

// dialectBytes writes a literal of bytes as the database does.
func (f *fixture) dialectBytes(query string) string {
	if f.postgres() {
		return strings.ReplaceAll(query, " AS BYTES)", " AS BYTEA)")
	}
	return strings.ReplaceAll(query, " AS BYTES)", " AS BLOB)")
}

// dropTriggers lets anybody who owns the database change its events. On PostgreSQL the next scenario gets the same
// database, so that they come back.
func dropTriggers(t testing.TB, f *fixture, db *sql.DB) {
	t.Helper()
	on := ""
	if f.postgres() {
		on = " ON events"
		t.Cleanup(func() {
			_, err := db.ExecContext(context.Background(), `CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_remain BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`)
			require.NoError(t, err)
		})
	}
	run(t, db, "DROP TRIGGER events_stay"+on+"; DROP TRIGGER events_remain"+on)
}

func eventsCarryTheirOrigin(t *testing.T, f *fixture) {
	before := f.verifyChain(t)
	want := review.Origin{Address: "192.0.2.7", Session: "ab", Request: "r-1", Role: review.RoleAnalyst}
	itemID := f.flagged(t, "x")
	_, err := f.service.ClaimItem(review.WithOrigin(t.Context(), want), f.ann, itemID)
	require.NoError(t, err)
	var got []review.Event
	for e, err := range f.Events(t.Context(), before) {
		require.NoError(t, err)
		got = append(got, e)
	}
	require.Zero(t, got[0].Origin, "nobody said where the submission came from")
	require.Equal(t, "item.claimed", got[len(got)-1].Action)
	require.Equal(t, want, got[len(got)-1].Origin)

	// One who fails in a group leaves no origin to others.
	require.Error(t, f.Write(review.WithOrigin(t.Context(), want), func(tx review.Tx) error {
		if err := putEvent(tx, "is undone"); err != nil {
			return err
		}
		return review.Errorf(review.CodeConflict, "on purpose")
	}))
	f.write(t, func(tx review.Tx) error { return putEvent(tx, "from nowhere") })
	last := f.trail(t, review.EventFilter{}, 0).Events[0]
	require.Equal(t, "from nowhere", last.Object)
	require.Zero(t, last.Origin)
	f.verifyChain(t)
}

func (f *fixture) trail(t testing.TB, filter review.EventFilter, before int64) review.EventSlice {
	t.Helper()
	slice, err := f.EventSlice(t.Context(), review.EventQuery{Filter: filter, Before: before, Limit: 7})
	require.NoError(t, err)
	return slice
}

func trailIsPaged(t *testing.T, f *fixture) {
	itemID := f.flagged(t, "x")
	f.decide(t, f.ann, itemID, review.JudgeBlock)
	end := f.verifyChain(t)
	filters := map[string]review.EventFilter{
		"everything":        {},
		"a person":          {Actor: "ANN@example.com"},
		"an id":             {Actor: f.ann.User.ID},
		"an App's own":      {Actor: "support"},
		"an action":         {Action: "decision.made"},
		"a family":          {Action: "item"},
		"an App":            {App: "support"},
		"an object":         {Object: itemID},
		"a time":            {From: start, Until: start.Add(time.Hour)},
		"before everything": {Until: start},
		"half an action":    {Action: "decisio"},
		"a wildcard":        {Action: "%"},
	}
	found := map[string]int{}
	for name, filter := range filters {
		var log []review.TrailEvent
		for e, err := range f.EventLog(t.Context(), filter, 0) {
			require.NoError(t, err)
			log = append(log, e)
		}
		var paged []review.TrailEvent
		for before := int64(0); ; {
			slice := f.trail(t, filter, before)
			paged = append(paged, slice.Events...)
			if before = slice.Next; before == 0 {
				break
			}
		}
		require.Len(t, paged, len(log), name)
		for i, e := range paged {
			require.Equal(t, log[len(log)-1-i], e, name)
		}
		found[name] = len(log)
	}
	require.EqualValues(t, end, found["everything"])
	for _, some := range []string{"a person", "an App's own", "an action", "a family", "an App", "an object"} {
		require.Positive(t, found[some], some)
		require.Less(t, found[some], found["everything"], some)
	}
	require.Equal(t, found["a person"], found["an id"])
	require.Equal(t, 1, found["an action"])
	require.Equal(t, found["everything"], found["a time"])
	for _, none := range []string{"before everything", "half an action", "a wildcard"} {
		require.Zero(t, found[none], none)
	}
	for e, err := range f.EventLog(t.Context(), review.EventFilter{Action: "decision.made"}, 0) {
		require.NoError(t, err)
		require.Equal(t, "ann@example.com", e.ActorName)
		require.Equal(t, "support", e.App)
	}
	for range f.EventLog(t.Context(), review.EventFilter{}, 0) {
		break // who has enough is not asked again
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range f.EventLog(ctx, review.EventFilter{}, 0) {
		require.ErrorIs(t, err, context.Canceled)
	}
}

func followerNeverGoesBack(t *testing.T, f *fixture) {
	at := func() int64 {
		seq, err := f.FollowedTo(t.Context(), "siem")
		require.NoError(t, err)
		return seq
	}
	require.Zero(t, at())
	for _, step := range []struct{ confirmed, want int64 }{{5, 5}, {3, 5}, {9, 9}} {
		require.NoError(t, f.Followed(t.Context(), "siem", step.confirmed))
		require.Equal(t, step.want, at())
	}
}
