package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// webhookScenarios: what is published becomes deliveries, once and in order; and what waits for a person.
func webhookScenarios() []scenario {
	return []scenario{
		{"what is decided becomes deliveries once it stands", fannedOut},
		{"of an item's deliveries only the first one is due", inOrder},
		{"a held item comes first and shows its decisions", heldItem},
	}
}

func (f *fixture) hook(t testing.TB, topics ...string) review.Webhook {
	t.Helper()
	h := review.Webhook{ID: "hook-" + topics[0], AppID: f.caller.App.ID, URL: "https://example.com", Topics: topics, Secret: []byte{1, 2}, CreatedAt: f.clock.now()}
	f.write(t, func(tx review.Tx) error { return tx.PutWebhook(h) })
	return h
}

func fannedOut(t *testing.T, f *fixture) {
	before := f.flagged(t, "before")
	f.decide(t, f.ann, before, review.JudgeApprove)
	f.clock.advance(review.UndoWindow)
	h := f.hook(t, review.TopicDecided)
	other := f.hook(t, review.TopicReopened)
	item := f.flagged(t, "after")
	f.decide(t, f.ann, item, review.JudgeBlock)
	made, err := f.Store.FanOut(t.Context(), f.clock.now())
	require.NoError(t, err)
	require.Zero(t, made, "it can still be undone, and what was before is no matter")
	f.clock.advance(review.UndoWindow)
	for _, want := range []int{1, 0} {
		made, err = f.Store.FanOut(t.Context(), f.clock.now())
		require.NoError(t, err)
		require.Equal(t, want, made)
	}
	list, err := f.Store.WebhookDeliveries(t.Context(), f.caller.App.ID, h.ID, 10)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, item, list[0].Subject)
	require.Equal(t, review.DeliveryWaiting, list[0].State)
	list, err = f.Store.WebhookDeliveries(t.Context(), f.caller.App.ID, other.ID, 10)
	require.NoError(t, err)
	require.Empty(t, list)
	_, err = f.Store.WebhookDeliveries(t.Context(), "another App", h.ID, 10)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))

	now := f.clock.now()
	h.Previous, h.PreviousUntil, h.Secret, h.EndedAt = h.Secret, now, []byte{3}, &now
	f.write(t, func(tx review.Tx) error { return tx.SetWebhook(h) })
	hooks, err := f.Store.Webhooks(t.Context(), f.caller.App.ID)
	require.NoError(t, err)
	require.Len(t, hooks, 1, "what has ended is not listed")
}

func inOrder(t *testing.T, f *fixture) {
	h := f.hook(t, review.TopicDecided, review.TopicReopened)
	item := f.flagged(t, "a")
	first := f.decide(t, f.ann, item, review.JudgeBlock)
	f.clock.advance(review.UndoWindow)
	_, err := f.service.Reverse(t.Context(), f.ann, review.ReverseCommand{ItemID: item, Version: 2, DecisionID: first.ID, Judgement: review.JudgeApprove, Reason: "second thoughts"})
	require.NoError(t, err)
	f.clock.advance(review.UndoWindow)
	made, err := f.Store.FanOut(t.Context(), f.clock.now())
	require.NoError(t, err)
	require.Equal(t, 3, made)
	seen := []string{}
	for range 3 {
		due, err := f.Store.LeaseDeliveries(t.Context(), f.clock.now(), time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, due, 1)
		require.Equal(t, h.ID, due[0].Webhook.ID)
		require.Equal(t, 1, due[0].Attempts)
		again, err := f.Store.LeaseDeliveries(t.Context(), f.clock.now(), time.Minute, 10)
		require.NoError(t, err)
		require.Empty(t, again, "it is leased")
		d, tried := due[0].WebhookDelivery, f.clock.now()
		seen = append(seen, d.Topic)
		d.State, d.TriedAt, d.Status = review.DeliveryDone, &tried, 200
		require.NoError(t, f.Store.SettleDelivery(t.Context(), d))
	}
	require.Equal(t, []string{review.TopicDecided, review.TopicDecided, review.TopicReopened}, seen)
	list, err := f.Store.WebhookDeliveries(t.Context(), f.caller.App.ID, h.ID, 10)
	require.NoError(t, err)
	f.write(t, func(tx review.Tx) error { return tx.ReplayDelivery(h.ID, list[0].ID, f.clock.now()) })
	due, err := f.Store.LeaseDeliveries(t.Context(), f.clock.now(), time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.NoError(t, f.Store.EndWebhook(t.Context(), h.ID, f.clock.now()))
	f.clock.advance(time.Hour)
	due, err = f.Store.LeaseDeliveries(t.Context(), f.clock.now(), time.Minute, 10)
	require.NoError(t, err)
	require.Empty(t, due, "who has ended is not told any more")
}

func heldItem(t *testing.T, f *fixture) {
	grave := f.flagged(t, "a")
	asked, err := f.service.AskApproval(t.Context(), f.caller, review.ApprovalRequest{Action: "deploy"})
	require.NoError(t, err)
	rows, err := f.Store.Queue(t.Context(), review.QueueQuery{AppIDs: []string{f.caller.App.ID}, Limit: 10, Now: f.clock.now()})
	require.NoError(t, err)
	require.Len(t, rows.Rows, 2)
	require.Equal(t, asked.ItemID, rows.Rows[0].Item.ID)
	f.decide(t, f.ann, asked.ItemID, review.JudgeApprove)
	_, decisions, err := f.Store.HeldItem(t.Context(), f.caller.App.ID, asked.ItemID)
	require.NoError(t, err)
	require.Len(t, decisions, 1)
	_, _, err = f.Store.HeldItem(t.Context(), f.caller.App.ID, grave)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err), "nothing waits for it")
	_, _, err = f.Store.HeldItem(t.Context(), "another App", asked.ItemID)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
}
