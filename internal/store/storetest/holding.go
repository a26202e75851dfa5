package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// holdingScenarios: keeping, handing over, snoozing, overseeing and the inbox.
func holdingScenarios() []scenario {
	return []scenario{
		{"what is kept survives leaving and silence", keptSurvives},
		{"an item is handed to a colleague who can decide it", handedOver},
		{"a snoozed item leaves the queue and comes back by itself", snoozedComesBack},
		{"a lead sees who holds what and releases it", leadReleases},
		{"a mention reaches those who see the App, once", mentionReaches},
		{"the inbox pages, counts and is read", inboxPages},
	}
}

func (f *fixture) claim(t testing.TB, v review.Viewer, itemID string) review.Claim {
	t.Helper()
	c, err := f.service.ClaimItem(t.Context(), v, itemID)
	require.NoError(t, err)
	return c
}

// holder is who holds the Item now, "" when nobody does.
func (f *fixture) holder(t testing.TB, itemID string) (name string) {
	t.Helper()
	f.write(t, func(tx review.Tx) error {
		c, err := tx.Claim(itemID)
		name = ""
		if c.Live(f.clock.now()) {
			name = c.UserName
		}
		return err
	})
	return name
}

func (f *fixture) inbox(t testing.TB, v review.Viewer) []review.InboxEntry {
	t.Helper()
	entries, err := f.service.Inbox(t.Context(), v, "")
	require.NoError(t, err)
	return entries
}

func keptSurvives(t *testing.T, f *fixture) {
	item := f.flagged(t, "a")
	c := f.claim(t, f.ann, item)
	kept, err := f.service.Keep(t.Context(), f.ann, item, c.Token, 3*time.Hour)
	require.NoError(t, err)
	require.Equal(t, f.clock.now().Add(3*time.Hour), kept.ExpiresAt)
	require.NoError(t, f.service.Release(t.Context(), f.ann, item, c.Token, true), "the page is left")
	f.clock.advance(2 * time.Hour)
	require.Equal(t, "ann", f.holder(t, item))
	beat, err := f.service.Heartbeat(t.Context(), f.ann, item, c.Token)
	require.NoError(t, err)
	require.Equal(t, kept.ExpiresAt, beat.ExpiresAt, "a heartbeat does not shorten it")
	require.Equal(t, kept.KeptUntil, f.claim(t, f.ann, item).KeptUntil, "nor does opening it again")
	_, err = f.service.ClaimItem(t.Context(), f.bob, item)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))

	ended, err := f.service.Keep(t.Context(), f.ann, item, c.Token, 0)
	require.NoError(t, err)
	require.Equal(t, f.clock.now().Add(review.ClaimLease), ended.ExpiresAt)
	_, err = f.service.Keep(t.Context(), f.ann, item, c.Token, time.Hour)
	require.NoError(t, err)
	require.NoError(t, f.service.Release(t.Context(), f.ann, item, c.Token, false), "given back by hand")
	require.Empty(t, f.holder(t, item))

	for _, d := range []time.Duration{-time.Hour, review.MaxKeep + 1} {
		_, err = f.service.Keep(t.Context(), f.ann, item, c.Token, d)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
	}
	_, err = f.service.Keep(t.Context(), f.ann, item, c.Token, time.Hour)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "what is not held cannot be kept")
	f.clock.advance(25 * time.Hour)
	c = f.claim(t, f.bob, item)
	require.Equal(t, "bob", c.UserName)
	f.verifyChain(t)
}

func handedOver(t *testing.T, f *fixture) {
	other := f.addApp(t, "other")
	eve := f.addViewer(t, "eve@example.com", review.RoleAnalyst, other)
	reader := f.addViewer(t, "reader@example.com", review.RoleViewer, review.App{ID: f.caller.App.ID, Name: "support"})
	item := f.flagged(t, "a")
	c := f.claim(t, f.ann, item)
	for name, to := range map[string]string{"a stranger": eve.User.ID, "a reader": reader.User.ID, "nobody": "none", "oneself": f.ann.User.ID} {
		err := f.service.HandOver(t.Context(), f.ann, review.HandOverCommand{ItemID: item, Token: c.Token, To: to})
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), name)
	}
	long := review.HandOverCommand{ItemID: item, Token: c.Token, To: f.bob.User.ID, Note: strings.Repeat("x", 1<<20)}
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(f.service.HandOver(t.Context(), f.ann, long)))
	cmd := review.HandOverCommand{ItemID: item, Token: c.Token, To: f.bob.User.ID, Note: " <b>look</b> "}
	require.NoError(t, f.service.HandOver(t.Context(), f.ann, cmd))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.HandOver(t.Context(), f.ann, cmd)), "it is not theirs any more")
	f.clock.advance(23 * time.Hour)
	require.Equal(t, "bob", f.holder(t, item))
	told := f.inbox(t, f.bob)
	require.Len(t, told, 1)
	require.Equal(t, review.InboxHandOver, told[0].Kind)
	require.Equal(t, "<b>look</b>", told[0].Body)
	require.Equal(t, "ann", told[0].ActorName)
	require.Equal(t, "support", told[0].App)
	view, err := f.service.View(t.Context(), f.bob, item)
	require.NoError(t, err)
	require.Len(t, view.Annotations, 1)
	f.decide(t, f.bob, item, review.JudgeBlock)
	f.verifyChain(t)
}

func snoozedComesBack(t *testing.T, f *fixture) {
	item := f.flagged(t, "a")
	c := f.claim(t, f.ann, item)
	until := f.clock.now().Add(2 * time.Hour)
	for _, bad := range []time.Time{f.clock.now(), f.clock.now().Add(review.MaxSnooze + time.Hour)} {
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(f.service.Snooze(t.Context(), f.ann, item, c.Token, bad)))
	}
	require.NoError(t, f.service.Snooze(t.Context(), f.ann, item, c.Token, until))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.Snooze(t.Context(), f.ann, item, c.Token, until)), "sent twice")
	got := f.item(t, item)
	require.Equal(t, review.StateSnoozed, got.State)
	require.Equal(t, until, got.SnoozedUntil)
	require.Empty(t, f.holder(t, item))
	for _, v := range []review.Viewer{f.ann, f.bob, f.lead} {
		_, err := f.service.ClaimNext(t.Context(), v, review.Filter{})
		require.Equal(t, review.CodeNotFound, review.CodeOf(err))
		_, err = f.service.ClaimItem(t.Context(), v, item)
		require.Equal(t, review.CodeConflict, review.CodeOf(err))
	}
	page, err := f.service.Queue(t.Context(), f.bob, review.Filter{State: review.StateSnoozed}, nil)
	require.NoError(t, err)
	require.Len(t, page.Rows, 1, "it is there to be seen")

	f.tend(t, 0)
	f.clock.advance(2 * time.Hour)
	f.tend(t, 1)
	f.tend(t, 0)
	require.Equal(t, review.StateOpen, f.item(t, item).State)
	id, err := f.service.ClaimNext(t.Context(), f.bob, review.Filter{})
	require.NoError(t, err)
	require.Equal(t, item, id)

	c = f.claim(t, f.bob, item)
	require.NoError(t, f.service.Snooze(t.Context(), f.bob, item, c.Token, f.clock.now().Add(time.Hour)))
	require.NoError(t, f.service.Wake(t.Context(), f.ann, item))
	require.NoError(t, f.service.Wake(t.Context(), f.ann, item), "woken twice is awake")
	require.Equal(t, review.StateOpen, f.item(t, item).State)
	f.verifyChain(t)
}

// tend wants a round to look after so many Items.
func (f *fixture) tend(t testing.TB, want int) {
	t.Helper()
	n, err := f.service.Tend(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, n)
}

func leadReleases(t *testing.T, f *fixture) {
	one, two := f.flagged(t, "a"), f.flagged(t, "b")
	held := f.claim(t, f.ann, one)
	f.clock.advance(time.Second)
	f.claim(t, f.bob, two)
	holds, err := f.service.Holds(t.Context(), f.lead)
	require.NoError(t, err)
	require.Len(t, holds, 2)
	require.Equal(t, one, holds[0].Item.ID, "the longest first")
	require.Equal(t, held.TakenAt, holds[0].Claim.TakenAt)
	require.Equal(t, held.BeatAt, holds[0].Claim.BeatAt)
	require.Empty(t, holds[0].Claim.Token, "the proof is the holder's")
	own, err := f.service.Holds(t.Context(), f.ann)
	require.NoError(t, err)
	require.Len(t, own, 1)
	require.Equal(t, held.Token, own[0].Claim.Token)
	desk, err := f.service.Desk(t.Context(), f.ann)
	require.NoError(t, err)
	require.Equal(t, review.Desk{Held: 1}, desk)

	require.Equal(t, review.CodeForbidden, review.CodeOf(f.service.ReleaseHold(t.Context(), f.bob, one)))
	require.NoError(t, f.service.ReleaseHold(t.Context(), f.lead, one))
	require.NoError(t, f.service.ReleaseHold(t.Context(), f.lead, one), "they were quicker")
	require.Empty(t, f.holder(t, one))
	require.Equal(t, review.InboxReleased, f.inbox(t, f.ann)[0].Kind)
	desk, err = f.service.Desk(t.Context(), f.ann)
	require.NoError(t, err)
	require.Equal(t, review.Desk{Unread: 1}, desk)
	f.verifyChain(t)
}

func mentionReaches(t *testing.T, f *fixture) {
	other := f.addApp(t, "other")
	eve := f.addViewer(t, "eve@example.com", review.RoleAnalyst, other)
	auditor := f.addViewer(t, "audit@example.com", review.RoleAuditor)
	twin := f.addViewer(t, "bob@example.org", review.RoleAnalyst, review.App{ID: f.caller.App.ID, Name: "support"})
	item := f.flagged(t, "a")
	note := "@eve @audit, (@bob) @bob@example.com. x@lead @lead@example.com @lead @ann @nobody @<script> @"
	_, err := f.service.Annotate(t.Context(), f.ann, review.AnnotateCommand{ItemID: item, Body: note})
	require.NoError(t, err)
	require.Empty(t, f.inbox(t, eve), "who does not see the App cannot be named")
	require.Empty(t, f.inbox(t, twin), "a name that two have names neither")
	require.Empty(t, f.inbox(t, f.ann), "nobody tells themselves")
	for _, v := range []review.Viewer{auditor, f.bob, f.lead} {
		told := f.inbox(t, v)
		require.Len(t, told, 1, v.User.Email)
		require.Equal(t, review.InboxMention, told[0].Kind)
		require.Equal(t, note, told[0].Body)
	}
}

func inboxPages(t *testing.T, f *fixture) {
	item := f.flagged(t, "a")
	const entries = review.MaxUnread + 5
	for i := range entries {
		f.write(t, func(tx review.Tx) error {
			return tx.PutInbox(review.InboxEntry{ID: f.ids.next(), UserID: f.bob.User.ID, AppID: f.caller.App.ID, ItemID: item,
				Kind: review.InboxMention, Actor: f.ann.Actor(), Body: "é\x00", CreatedAt: start.Add(time.Duration(i/2) * time.Second)})
		})
	}
	desk, err := f.service.Desk(t.Context(), f.bob)
	require.NoError(t, err)
	require.Equal(t, review.MaxUnread, desk.Unread, "more is only many")
	seen := map[string]bool{}
	before := ""
	for {
		page, err := f.service.Inbox(t.Context(), f.bob, before)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			require.False(t, seen[e.ID])
			seen[e.ID] = true
			before = e.ID
		}
	}
	require.Len(t, seen, entries)
	stranger, err := f.service.Inbox(t.Context(), f.ann, before)
	require.NoError(t, err)
	require.Empty(t, stranger)
	require.NoError(t, f.service.ReadInbox(t.Context(), f.ann, before), "another's entry is not there to be read")
	require.Equal(t, entries, f.count(t, "SELECT COUNT(*) FROM inbox WHERE read_at = 0"))
	require.NoError(t, f.service.ReadInbox(t.Context(), f.bob, before))
	require.Equal(t, entries-1, f.count(t, "SELECT COUNT(*) FROM inbox WHERE read_at = 0"))
	require.NoError(t, f.service.ReadInbox(t.Context(), f.bob, ""))
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM inbox WHERE read_at = 0"))
}
