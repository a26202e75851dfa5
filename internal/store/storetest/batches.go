package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// batchScenarios: many Items decided and taken back at once.
func batchScenarios() []scenario {
	return []scenario{
		{"a batch decides what is free and says what it leaves", batchLeavesOut},
		{"a batch that is sent twice decides once", batchDecidesOnce},
		{"a batch is undone as one", batchIsUndone},
		{"a batch belongs to who sent it", batchBelongsToOne},
		{"many items are labelled, and nothing is decided", bulkLabels},
		{"many items are handed over, and what was not opened comes back", bulkHandsOver},
		{"a batch takes as many as it says", bulkTakesFiveHundred},
	}
}

// listed is the Item as a list shows it.
func (f *fixture) listed(t testing.TB, id string) review.BatchItem {
	t.Helper()
	return review.BatchItem{ID: id, Version: f.item(t, id).Version}
}

func (f *fixture) item(t testing.TB, id string) (item review.Item) {
	t.Helper()
	f.write(t, func(tx review.Tx) (err error) {
		item, err = tx.Item(id)
		return err
	})
	return item
}

func (f *fixture) batch(items ...review.BatchItem) review.BatchCommand {
	return review.BatchCommand{ID: f.service.NewBatchID(), Items: items, Judgement: review.JudgeBlock, Label: "injection", FocusedMS: 9000}
}

func batchLeavesOut(t *testing.T, f *fixture) {
	free, mine, held, decided, stale := f.flagged(t, "a"), f.flagged(t, "b"), f.flagged(t, "c"), f.flagged(t, "d"), f.flagged(t, "e")
	_, err := f.service.ClaimItem(t.Context(), f.ann, mine)
	require.NoError(t, err)
	_, err = f.service.ClaimItem(t.Context(), f.bob, held)
	require.NoError(t, err)
	decidedAs := f.listed(t, decided)
	f.decide(t, f.bob, decided, review.JudgeApprove)
	cmd := f.batch(f.listed(t, free), f.listed(t, mine), f.listed(t, held), decidedAs, review.BatchItem{ID: stale, Version: 9},
		f.listed(t, free), review.BatchItem{ID: "none", Version: 1})
	result, err := f.service.DecideBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	require.Len(t, result.Decided, 2)
	require.Equal(t, []review.LeftOut{
		{ItemID: held, Why: "bob holds this item"}, {ItemID: decided, Why: "this item is decided already"},
		{ItemID: stale, Why: "this item has changed since you saw it"}, {ItemID: "none", Why: "there is no such item"},
	}, result.Left)
	for i, id := range []string{free, mine} {
		require.Equal(t, id, result.Decided[i].ItemID)
		require.Equal(t, cmd.ID, result.Decided[i].BatchID)
		require.Equal(t, review.StateDecided, f.item(t, id).State)
	}
	require.Equal(t, review.StateOpen, f.item(t, held).State)
	counts, err := f.service.Counts(t.Context(), f.ann)
	require.NoError(t, err)
	require.Equal(t, 2, counts.Of(review.StateOpen))
	require.Equal(t, 3, counts.Of(review.StateDecided))
	f.verifyChain(t)
}

func batchDecidesOnce(t *testing.T, f *fixture) {
	one, two := f.flagged(t, "a"), f.flagged(t, "b")
	cmd := f.batch(f.listed(t, one), f.listed(t, two))
	first, err := f.service.DecideBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	again, err := f.service.DecideBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, 2, f.count(t, "SELECT COUNT(*) FROM decisions"))
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'batch.decided'"))
	for name, bad := range map[string]review.BatchCommand{
		"no id":    {Items: cmd.Items, Judgement: review.JudgeBlock},
		"no items": {ID: "x", Judgement: review.JudgeBlock},
		"too many": {ID: "x", Items: make([]review.BatchItem, review.MaxTogether+1), Judgement: review.JudgeBlock},
	} {
		_, err := f.service.DecideBatch(t.Context(), f.ann, bad)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), name)
	}
	three := f.flagged(t, "c")
	bad := f.batch(f.listed(t, three))
	bad.Label = "unheard of"
	_, err = f.service.DecideBatch(t.Context(), f.ann, bad)
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), "a label that the policy does not have")
}

func batchIsUndone(t *testing.T, f *fixture) {
	one, two := f.flagged(t, "a"), f.flagged(t, "b")
	cmd := f.batch(f.listed(t, one), f.listed(t, two))
	cmd.Judgement = review.JudgeEscalate
	_, err := f.service.DecideBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	f.decide(t, f.lead, two, review.JudgeApprove)
	undone, err := f.service.UndoBatch(t.Context(), f.ann, cmd.ID)
	require.NoError(t, err)
	require.Equal(t, 1, undone, "what a lead has decided since stands")
	require.Equal(t, review.StateOpen, f.item(t, one).State)
	require.Equal(t, review.StateDecided, f.item(t, two).State)
	f.write(t, func(tx review.Tx) error {
		claim, err := tx.Claim(one)
		require.Nil(t, claim, "it is nobody's")
		return err
	})
	again, err := f.service.UndoBatch(t.Context(), f.ann, cmd.ID)
	require.NoError(t, err)
	require.Zero(t, again)

	late := f.batch(f.listed(t, one))
	_, err = f.service.DecideBatch(t.Context(), f.ann, late)
	require.NoError(t, err)
	f.clock.advance(review.UndoWindow)
	_, err = f.service.UndoBatch(t.Context(), f.ann, late.ID)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	_, err = f.service.UndoBatch(t.Context(), f.ann, "none")
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	f.verifyChain(t)
}

func batchBelongsToOne(t *testing.T, f *fixture) {
	one, two := f.flagged(t, "a"), f.flagged(t, "b")
	cmd := f.batch(f.listed(t, one))
	_, err := f.service.DecideBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	_, err = f.service.UndoBatch(t.Context(), f.bob, cmd.ID)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	cmd.Items = []review.BatchItem{f.listed(t, two)}
	_, err = f.service.DecideBatch(t.Context(), f.bob, cmd)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err), "another's id")
	require.Equal(t, review.StateOpen, f.item(t, two).State)
	viewer := f.ann
	viewer.User.Role = review.RoleViewer
	_, err = f.service.DecideBatch(t.Context(), viewer, cmd)
	require.Equal(t, review.CodeForbidden, review.CodeOf(err))
	_, err = f.service.UndoBatch(t.Context(), viewer, cmd.ID)
	require.Equal(t, review.CodeForbidden, review.CodeOf(err))
}

func bulkLabels(t *testing.T, f *fixture) {
	free, held, stale := f.flagged(t, "a"), f.flagged(t, "b"), f.flagged(t, "c")
	f.claim(t, f.bob, held)
	cmd := review.LabelBatchCommand{ID: f.service.NewBatchID(), Label: "injection",
		Items: []review.BatchItem{f.listed(t, free), f.listed(t, held), {ID: stale, Version: 9}, f.listed(t, free), {ID: "none", Version: 1}}}
	result, err := f.service.LabelBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	require.Equal(t, 1, result.Done)
	require.Len(t, result.Left, 3)
	require.Equal(t, review.StateOpen, f.item(t, free).State, "nothing is decided")
	again, err := f.service.LabelBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	require.Equal(t, 1, again.Done)
	labels := func() []review.Annotation {
		view, err := f.service.View(t.Context(), f.lead, free)
		require.NoError(t, err)
		return view.Annotations
	}
	require.Len(t, labels(), 1, "sent twice is once")
	require.Equal(t, "injection", labels()[0].Label)
	_, err = f.service.UndoBatch(t.Context(), f.bob, cmd.ID)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err), "it is ann's")
	n, err := f.service.UndoBatch(t.Context(), f.ann, cmd.ID)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Empty(t, labels())
	n, err = f.service.UndoBatch(t.Context(), f.ann, cmd.ID)
	require.NoError(t, err)
	require.Zero(t, n)

	cmd.ID = f.service.NewBatchID()
	_, err = f.service.LabelBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	f.clock.advance(review.UndoWindow)
	_, err = f.service.UndoBatch(t.Context(), f.ann, cmd.ID)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "too late")
	unheard := review.LabelBatchCommand{ID: f.service.NewBatchID(), Label: "unheard of", Items: cmd.Items[:1]}
	result, err = f.service.LabelBatch(t.Context(), f.ann, unheard)
	require.NoError(t, err)
	require.Zero(t, result.Done)
	require.Contains(t, result.Left[0].Why, "does not have this label")
	f.verifyChain(t)
}

func bulkHandsOver(t *testing.T, f *fixture) {
	free, mine, held := f.flagged(t, "a"), f.flagged(t, "b"), f.flagged(t, "c")
	f.claim(t, f.ann, mine)
	f.claim(t, f.lead, held)
	cmd := review.HandOverBatchCommand{ID: f.service.NewBatchID(), To: f.bob.User.ID, Note: " off for lunch ",
		Items: []review.BatchItem{f.listed(t, free), f.listed(t, mine), f.listed(t, held)}}
	result, err := f.service.HandOverBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	require.Equal(t, 2, result.Done)
	require.Equal(t, []review.LeftOut{{ItemID: held, Why: "lead holds this item"}}, result.Left)
	again, err := f.service.HandOverBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	require.Equal(t, 2, again.Done)
	require.Equal(t, "bob", f.holder(t, free))
	require.Equal(t, "bob", f.holder(t, mine))
	told := f.inbox(t, f.bob)
	require.Len(t, told, 1, "once for all")
	require.Equal(t, review.InboxHandOvers, told[0].Kind)
	require.Equal(t, "off for lunch", told[0].Body)

	f.claim(t, f.bob, mine) // opens it
	n, err := f.service.UndoBatch(t.Context(), f.ann, cmd.ID)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Empty(t, f.holder(t, free), "it is in the queue again")
	require.Equal(t, "bob", f.holder(t, mine), "what he has opened is his")
	require.Empty(t, f.inbox(t, f.bob))

	cmd.ID, cmd.To = f.service.NewBatchID(), f.ann.User.ID
	_, err = f.service.HandOverBatch(t.Context(), f.ann, cmd)
	require.Equal(t, "to", review.FieldsOf(err)[0].Field, "not to oneself")
	require.Empty(t, f.holder(t, free))
	f.verifyChain(t)
}

func bulkTakesFiveHundred(t *testing.T, f *fixture) {
	var items []review.BatchItem
	for i := range review.MaxTogether {
		items = append(items, review.BatchItem{ID: f.flagged(t, fmt.Sprint("n", i)), Version: 1})
	}
	began := time.Now()
	result, err := f.service.DecideBatch(t.Context(), f.ann, f.batch(items...))
	require.NoError(t, err)
	require.Len(t, result.Decided, review.MaxTogether)
	t.Logf("%d decisions in %v", review.MaxTogether, time.Since(began))
	n, err := f.service.UndoBatch(t.Context(), f.ann, result.ID)
	require.NoError(t, err)
	require.Equal(t, review.MaxTogether, n)
	_, err = f.service.DecideBatch(t.Context(), f.ann, f.batch(append(items, items[0])...))
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
}
