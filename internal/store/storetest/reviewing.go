package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// reviewScenarios: items, claims, skips, decisions, undo, annotations, outbox.
func reviewScenarios() []scenario {
	return []scenario{
		{"an item comes back and moves by its version", itemMovesByVersion},
		{"a claim is put, replaced and deleted", claimIsReplaced},
		{"a decision comes back whole", decisionComesBack},
		{"a decision is undone once", decisionIsUndoneOnce},
		{"annotations show who wrote them", annotationsShowTheirAuthor},
		{"a notice is retracted until it is visible", noticeIsRetracted},
		{"a feed keeps its order and never skips", feedKeepsOrder},
		{"skipped items do not come back to who skipped them", skippedItemsStayAway},
	}
}

func fullItem(f *fixture, interactionID string) review.Item {
	return review.Item{
		ID: f.ids.next(), AppID: f.caller.App.ID, InteractionID: interactionID, Kind: review.KindAudit, State: review.StateOpen,
		Severity: review.SeverityHigh, Priority: 0.25, Rank: 42, DueAt: start.Add(time.Hour), PolicyVersion: 3, Version: 1, Fingerprint: "fp",
		Detector: "d", Category: review.CategoryPII, Reason: "Because.\x00", Verdict: review.VerdictFlag, Risk: 0.75, UserID: "u1", Model: "m1",
		Excerpt: "start\x00", SamplingKind: "audit", Propensity: 0.02, CreatedAt: start,
	}
}

func itemMovesByVersion(t *testing.T, f *fixture) {
	r := f.submit(t, review.Submission{Prompt: "fine"})
	want := fullItem(f, r.ID)
	findings := []review.Finding{{Detector: "d", Category: review.CategoryPII}, {Detector: "d", Category: review.CategoryPII}, {Detector: "e"}}
	f.write(t, func(tx review.Tx) error { return tx.PutItem(want, findings) })
	move := func(version int, state review.ItemState) (moved bool) {
		f.write(t, func(tx review.Tx) (err error) {
			moved, err = tx.SetItemState(want.ID, version, state)
			return err
		})
		return moved
	}
	require.False(t, move(2, review.StateDecided), "another version")
	require.True(t, move(1, review.StateEscalated))
	require.False(t, move(1, review.StateDecided), "the same version twice")
	want.Number, want.Version, want.State = 1, 2, review.StateEscalated
	f.write(t, func(tx review.Tx) error {
		got, err := tx.Item(want.ID)
		assert.Equal(t, want, got)
		return err
	})
	for name, fn := range map[string]func(review.Tx) error{
		"read": func(tx review.Tx) error { _, err := tx.Item("none"); return err },
		"move": func(tx review.Tx) error { _, err := tx.SetItemState("none", 1, review.StateOpen); return err },
	} {
		require.Equal(t, review.CodeNotFound, review.CodeOf(f.Write(t.Context(), fn)), name)
	}
}

func claimIsReplaced(t *testing.T, f *fixture) {
	item := f.flagged(t, "x")
	other := f.flagged(t, "y")
	read := func() (got *review.Claim) {
		f.write(t, func(tx review.Tx) (err error) {
			got, err = tx.Claim(item)
			return err
		})
		return got
	}
	require.Nil(t, read())
	ann := review.Claim{ItemID: item, UserID: f.ann.User.ID, UserName: "ann", Token: "t1", ExpiresAt: start.Add(time.Minute)}
	bob := review.Claim{ItemID: item, UserID: f.bob.User.ID, UserName: "bob", Token: "t2", ExpiresAt: start.Add(-time.Minute)}
	f.write(t, func(tx review.Tx) error { return tx.PutClaim(ann) })
	require.Equal(t, &ann, read())
	f.write(t, func(tx review.Tx) error { return tx.PutClaim(bob) })
	require.Equal(t, &bob, read(), "also when it has run out")

	mine := review.Claim{ItemID: other, UserID: f.bob.User.ID, UserName: "bob", Token: "t3", ExpiresAt: start.Add(time.Minute)}
	f.write(t, func(tx review.Tx) error {
		if err := tx.PutClaim(mine); err != nil {
			return err
		}
		claims, err := tx.ClaimsOf(f.bob.User.ID)
		assert.Equal(t, []review.Claim{bob, mine}, claims)
		return err
	})
	f.write(t, func(tx review.Tx) error {
		if err := tx.DeleteClaim(item); err != nil {
			return err
		}
		claims, err := tx.ClaimsOf(f.ann.User.ID)
		assert.Empty(t, claims)
		return err
	})
	require.Nil(t, read())
	f.write(t, func(tx review.Tx) error { return tx.DeleteClaim(item) })
}

func decisionComesBack(t *testing.T, f *fixture) {
	item := f.flagged(t, "x")
	want := review.Decision{
		ID: f.ids.next(), ItemID: item, AppID: f.caller.App.ID, Actor: f.ann.Actor(), FromState: review.StateOpen,
		Judgement: review.JudgeApprove, Label: "pii", Reason: "r", Text: "t", Confidence: pointer(0.9), PolicyVersion: 4,
		GuardVerdict: review.VerdictBlock, GuardRisk: 0.97, Findings: []review.Finding{{Detector: "d", Confidence: 0.5}},
		Exposure: review.Exposure{GuardVerdict: true, Peers: true}, BlindVerdict: pointer(review.JudgeBlock), FinalVerdict: review.JudgeApprove,
		ChangedAfterReveal: true, FocusedMS: 12345, SamplingKind: "audit", Propensity: 0.02, BatchID: "b1", CreatedAt: start,
	}
	bare := review.Decision{ID: f.ids.next(), ItemID: item, AppID: f.caller.App.ID, Actor: review.Actor{Kind: review.ActorSystem, ID: "demo"},
		CreatedAt: start}
	f.write(t, func(tx review.Tx) error {
		none, err := tx.LastDecision(item)
		assert.Nil(t, none)
		if err != nil {
			return err
		}
		if err := tx.PutDecision(want); err != nil {
			return err
		}
		return tx.PutDecision(bare)
	})
	f.write(t, func(tx review.Tx) error {
		got, err := tx.Decision(want.ID)
		assert.Equal(t, review.DecisionView{Decision: want, Reviewer: "ann"}, got)
		if err != nil {
			return err
		}
		last, err := tx.LastDecision(item)
		assert.Equal(t, &review.DecisionView{Decision: bare, Reviewer: "demo"}, last, "of two at one time, the later id")
		return err
	})
	err := f.Write(t.Context(), func(tx review.Tx) error { _, err := tx.Decision("none"); return err })
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	err = f.Write(t.Context(), func(tx review.Tx) error { return tx.PutDecision(want) })
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
}

func decisionIsUndoneOnce(t *testing.T, f *fixture) {
	item := f.flagged(t, "x")
	d := f.decide(t, f.ann, item, review.JudgeBlock)
	back, err := f.service.Undo(t.Context(), f.ann, d.ID)
	require.NoError(t, err)
	require.Equal(t, item, back)
	_, err = f.service.Undo(t.Context(), f.ann, d.ID)
	require.NoError(t, err, "undo posted twice is one undo")

	view, err := f.service.View(t.Context(), f.ann, item)
	require.NoError(t, err)
	require.Equal(t, review.StateOpen, view.Item.State)
	require.Equal(t, &review.Undo{DecisionID: d.ID, Actor: f.ann.Actor(), CreatedAt: start}, view.Decisions[0].Undone)
	require.Equal(t, f.ann.User.ID, view.Claim.UserID)
	f.clock.advance(time.Minute)
	feed, err := f.service.Feed(t.Context(), f.caller, 0, 10)
	require.NoError(t, err)
	require.Empty(t, feed, "the App never hears of it")

	err = f.Write(t.Context(), func(tx review.Tx) error { return tx.PutUndo(review.Undo{DecisionID: d.ID, CreatedAt: start}) })
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	f.verifyChain(t)
}

func annotationsShowTheirAuthor(t *testing.T, f *fixture) {
	item := f.flagged(t, "x")
	note, err := f.service.Annotate(t.Context(), f.ann, review.AnnotateCommand{ItemID: item, Body: "first"})
	require.NoError(t, err)
	f.clock.advance(time.Second)
	span, err := f.service.Annotate(t.Context(), f.bob, review.AnnotateCommand{ItemID: item, Label: "pii", Segment: "prompt", Start: 0, End: 3})
	require.NoError(t, err)
	view, err := f.service.View(t.Context(), f.ann, item)
	require.NoError(t, err)
	require.Equal(t, []review.Annotation{note, span}, view.Annotations)
	require.Equal(t, "bob", view.Annotations[1].UserName)
}

func noticeIsRetracted(t *testing.T, f *fixture) {
	n := review.Notice{Key: "k", Topic: "t", AppID: f.caller.App.ID, Payload: []byte("{}"), NotBefore: start.Add(10 * time.Second)}
	publish := func(tx review.Tx) error { return tx.Publish(n) }
	retract := func(key string, now time.Time) error {
		return f.Write(t.Context(), func(tx review.Tx) error { return tx.Retract(key, now) })
	}
	f.write(t, publish)
	require.Equal(t, review.CodeConflict, review.CodeOf(f.Write(t.Context(), publish)), "a key is unique")
	require.NoError(t, retract("unknown", start))
	require.Equal(t, review.CodeConflict, review.CodeOf(retract("k", n.NotBefore)), "visible")
	require.NoError(t, retract("k", n.NotBefore.Add(-time.Microsecond)))
	later := start.Add(time.Hour)
	feed, err := f.Deliveries(t.Context(), n.AppID, "t", 0, 10, later)
	require.NoError(t, err)
	require.Empty(t, feed)

	f.write(t, publish)
	feed, err = f.Deliveries(t.Context(), n.AppID, "t", 0, 10, later)
	require.NoError(t, err)
	require.Len(t, feed, 1)
	require.Greater(t, feed[0].Cursor, int64(1), "a cursor is never given twice")
}

func feedKeepsOrder(t *testing.T, f *fixture) {
	other := f.addApp(t, "other")
	put := func(key, topic, app string, notBefore time.Time) {
		f.write(t, func(tx review.Tx) error {
			return tx.Publish(review.Notice{Key: key, Topic: topic, AppID: app, Payload: []byte(key), NotBefore: notBefore})
		})
	}
	app := f.caller.App.ID
	put("a", "t", app, start)
	put("b", "other topic", app, start)
	put("c", "t", other.ID, start)
	put("d", "t", app, start)
	put("e", "t", app, start.Add(time.Minute))
	put("f", "t", app, start)
	read := func(after int64, limit int, now time.Time) (keys string, last int64) {
		feed, err := f.Deliveries(t.Context(), app, "t", after, limit, now)
		require.NoError(t, err)
		for _, d := range feed {
			keys, last = keys+string(d.Payload), d.Cursor
		}
		return keys, last
	}
	keys, cursor := read(0, 10, start)
	require.Equal(t, "ad", keys, "not past what is not visible yet")
	keys, _ = read(cursor, 10, start)
	require.Empty(t, keys)
	keys, _ = read(cursor, 10, start.Add(time.Minute))
	require.Equal(t, "ef", keys)
	keys, _ = read(0, 3, start.Add(time.Minute))
	require.Equal(t, "ade", keys)
}

func skippedItemsStayAway(t *testing.T, f *fixture) {
	var items []string
	for i := range 3 {
		items = append(items, f.flagged(t, fmt.Sprint(i)))
		f.clock.advance(time.Second)
	}
	next := func(v review.Viewer) string {
		id, err := f.service.ClaimNext(t.Context(), v, review.Filter{})
		if review.CodeOf(err) == review.CodeNotFound {
			return ""
		}
		require.NoError(t, err)
		return id
	}
	for _, want := range items {
		require.Equal(t, want, next(f.ann))
		claim, err := f.service.ClaimItem(t.Context(), f.ann, want)
		require.NoError(t, err)
		require.NoError(t, f.service.Skip(t.Context(), f.ann, want, claim.Token, ""))
	}
	require.Empty(t, next(f.ann), "never in a loop")
	require.Equal(t, items[0], next(f.bob))
	require.Equal(t, items[0], next(f.bob), "one's own claim is free for oneself")
	require.Equal(t, items[1], next(f.lead), "not what another holds")
	f.write(t, func(tx review.Tx) error { return tx.PutSkip(items[0], f.ann.User.ID, "", start) })
}
