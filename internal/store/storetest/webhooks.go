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
		{"a webhook that is paused is told later, and what is dead is tried again", pausedAndDead},
		{"a test is one message, and the log can be filtered and turned over", testedAndLogged},
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
	list, err := f.Store.WebhookDeliveries(t.Context(), f.caller.App.ID, review.DeliveryQuery{WebhookID: h.ID, Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, item, list[0].Subject)
	require.Equal(t, review.DeliveryWaiting, list[0].State)
	list, err = f.Store.WebhookDeliveries(t.Context(), f.caller.App.ID, review.DeliveryQuery{WebhookID: other.ID, Limit: 10})
	require.NoError(t, err)
	require.Empty(t, list)
	_, err = f.Store.WebhookDeliveries(t.Context(), "another App", review.DeliveryQuery{WebhookID: h.ID, Limit: 10})
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
		require.NoError(t, f.Store.SettleDelivery(t.Context(), d, review.DeliveryAttempt{At: tried, Took: 3 * time.Millisecond, Status: 200}))
	}
	require.Equal(t, []string{review.TopicDecided, review.TopicDecided, review.TopicReopened}, seen)
	list, err := f.Store.WebhookDeliveries(t.Context(), f.caller.App.ID, review.DeliveryQuery{WebhookID: h.ID, Limit: 10})
	require.NoError(t, err)
	f.write(t, func(tx review.Tx) error { return tx.ReplayDelivery(h.ID, list[0].ID, f.clock.now()) })
	due, err := f.Store.LeaseDeliveries(t.Context(), f.clock.now(), time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.NoError(t, f.Store.EndWebhook(t.Context(), h, f.clock.now()))
	f.clock.advance(time.Hour)
	due, err = f.Store.LeaseDeliveries(t.Context(), f.clock.now(), time.Minute, 10)
	require.NoError(t, err)
	require.Empty(t, due, "who has ended is not told any more")
}

// settle writes that a delivery was tried.
func (f *fixture) settle(t testing.TB, d review.WebhookDelivery, state review.DeliveryState, problem string) {
	t.Helper()
	tried := f.clock.now()
	d.State, d.TriedAt, d.Problem, d.NextAt = state, &tried, problem, tried.Add(time.Minute)
	require.NoError(t, f.Store.SettleDelivery(t.Context(), d, review.DeliveryAttempt{At: tried, Took: 7 * time.Millisecond, Status: 500, Problem: problem}))
}

func (f *fixture) due(t testing.TB) []review.DueDelivery {
	t.Helper()
	due, err := f.Store.LeaseDeliveries(t.Context(), f.clock.now(), time.Minute, 10)
	require.NoError(t, err)
	return due
}

func (f *fixture) log(t testing.TB, q review.DeliveryQuery) []review.WebhookDelivery {
	t.Helper()
	q.Limit = max(q.Limit, 1)
	list, err := f.Store.WebhookDeliveries(t.Context(), f.caller.App.ID, q)
	require.NoError(t, err)
	return list
}

func (f *fixture) undelivered(t testing.TB, h review.Webhook) review.Undelivered {
	t.Helper()
	all, err := f.Store.Undelivered(t.Context(), f.caller.App.ID)
	require.NoError(t, err)
	none, err := f.Store.Undelivered(t.Context(), "another App")
	require.NoError(t, err)
	require.Empty(t, none)
	whole, err := f.Store.UndeliveredToAll(t.Context())
	require.NoError(t, err)
	require.Equal(t, all[h.ID], whole)
	return all[h.ID]
}

func pausedAndDead(t *testing.T, f *fixture) {
	h := f.hook(t, review.TopicDecided)
	for _, name := range []string{"a", "b"} {
		f.decide(t, f.ann, f.flagged(t, name), review.JudgeBlock)
	}
	f.clock.advance(review.UndoWindow)
	now := f.clock.now()
	h.PausedAt, h.Topics = &now, []string{review.TopicReopened, review.TopicDecided}
	f.write(t, func(tx review.Tx) error { return tx.SetWebhook(h) })
	made, err := f.Store.FanOut(t.Context(), now)
	require.NoError(t, err)
	require.Equal(t, 2, made, "it waits")
	require.Empty(t, f.due(t))
	require.Equal(t, review.Undelivered{Waiting: 2, Oldest: now}, f.undelivered(t, h))
	kept, err := f.Store.Webhook(t.Context(), f.caller.App.ID, h.ID)
	require.NoError(t, err)
	require.Equal(t, h.PausedAt.UTC(), kept.PausedAt.UTC())
	require.Equal(t, h.Topics, kept.Topics)

	f.clock.advance(48 * time.Hour)
	h.PausedAt = nil
	f.write(t, func(tx review.Tx) error {
		if err := tx.SetWebhook(h); err != nil {
			return err
		}
		return tx.RenewDeliveries(h.ID, f.clock.now())
	})
	due := f.due(t)
	require.Len(t, due, 2)
	for _, d := range due {
		require.Equal(t, f.clock.now(), d.CreatedAt, "as new: it has its day to be tried in")
		f.settle(t, d.WebhookDelivery, review.DeliveryDead, "status 500")
	}
	require.Equal(t, review.Undelivered{Dead: 2}, f.undelivered(t, h))
	f.clock.advance(time.Hour)
	replay := func(most int) (n int) {
		f.write(t, func(tx review.Tx) (err error) { n, err = tx.ReplayDead(h.ID, most, f.clock.now()); return err })
		return n
	}
	require.Equal(t, []int{1, 1, 0}, []int{replay(1), replay(5), replay(5)})
	due = f.due(t)
	require.Len(t, due, 2)
	require.Equal(t, 1, due[0].Attempts, "they begin anew")
	f.settle(t, due[0].WebhookDelivery, review.DeliveryDone, "")
	attempts, err := f.Store.DeliveryAttempts(t.Context(), due[0].ID, 10)
	require.NoError(t, err)
	require.Len(t, attempts, 2)
	require.Equal(t, review.DeliveryAttempt{At: f.clock.now().Add(-time.Hour), Took: 7 * time.Millisecond, Status: 500, Problem: "status 500"}, attempts[1])
	require.Empty(t, attempts[0].Problem, "the newest first")

	require.NoError(t, f.Store.EndWebhook(t.Context(), h, f.clock.now()))
	require.NoError(t, f.Store.EndWebhook(t.Context(), h, f.clock.now()), "twice is no mistake")
	ended, err := f.Store.EndedWebhooks(t.Context(), f.caller.App.ID, 10)
	require.NoError(t, err)
	require.Len(t, ended, 1)
	_, err = f.Store.Webhook(t.Context(), "another App", h.ID)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
}

func testedAndLogged(t *testing.T, f *fixture) {
	h := f.hook(t, review.TopicDecided)
	const keep = 3
	test := func(name string) error {
		return f.Store.Write(t.Context(), func(tx review.Tx) error {
			return tx.PutTest(review.WebhookDelivery{
				WebhookID: h.ID, Message: name, Topic: review.TopicTest, Subject: name, Payload: []byte(`{"n":1}`), State: review.DeliveryWaiting,
				NextAt: f.clock.now(), CreatedAt: f.clock.now(),
			}, keep)
		})
	}
	for _, name := range []string{"t1", "t2", "t3", "t4", "t5"} {
		require.NoError(t, test(name))
		require.Equal(t, review.CodeConflict, review.CodeOf(test("another")), "one waits already")
		due := f.due(t)
		require.Len(t, due, 1)
		require.JSONEq(t, `{"n":1}`, string(due[0].Payload))
		f.settle(t, due[0].WebhookDelivery, review.DeliveryDead, "status 500")
	}
	require.Equal(t, review.Undelivered{}, f.undelivered(t, h), "tests are nothing that anybody misses")
	f.write(t, func(tx review.Tx) error {
		n, err := tx.ReplayDead(h.ID, 10, f.clock.now())
		require.Zero(t, n)
		return err
	})
	f.decide(t, f.ann, f.flagged(t, "a"), review.JudgeBlock)
	f.clock.advance(review.UndoWindow)
	_, err := f.Store.FanOut(t.Context(), f.clock.now())
	require.NoError(t, err)
	names := func(q review.DeliveryQuery) (out []string) {
		q.WebhookID = h.ID
		for _, d := range f.log(t, q) {
			out = append(out, d.Message)
		}
		return out
	}
	all := names(review.DeliveryQuery{Limit: 10})
	require.Len(t, all, 1+keep)
	require.Equal(t, []string{"t5", "t4", "t3"}, names(review.DeliveryQuery{Topic: review.TopicTest, Limit: 10}))
	require.Equal(t, []string{"t5", "t4"}, names(review.DeliveryQuery{State: review.DeliveryDead, Topic: review.TopicTest, Limit: 2}))
	require.Equal(t, all[:1], names(review.DeliveryQuery{State: review.DeliveryWaiting, Limit: 10}))
	require.Empty(t, names(review.DeliveryQuery{State: review.DeliveryDone, Limit: 10}))
	before := f.log(t, review.DeliveryQuery{WebhookID: h.ID, Limit: 2})[1].ID
	require.Equal(t, []string{"t4", "t3"}, names(review.DeliveryQuery{Before: before, Limit: 10}))
	one, err := f.Store.WebhookDelivery(t.Context(), h.ID, before)
	require.NoError(t, err)
	require.Equal(t, "t5", one.Message)
	_, err = f.Store.WebhookDelivery(t.Context(), "another", before)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
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
