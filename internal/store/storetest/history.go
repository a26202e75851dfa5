package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// historyScenarios: what people decide can be followed and told again.
func historyScenarios() []scenario {
	return []scenario{
		{"decisions and undos are followed in their order", historyIsFollowed},
		{"the newest decisions that stand are told, oldest first", latestAreTold},
		{"a learner of another process learns and unlearns", learnerFollows},
	}
}

func historyIsFollowed(t *testing.T, f *fixture) {
	before, err := f.HistoryEnd(t.Context())
	require.NoError(t, err)
	d1 := f.decide(t, f.ann, f.flagged(t, "one"), review.JudgeBlock)
	d2 := f.decide(t, f.ann, f.flagged(t, "two"), review.JudgeApprove)
	steps, next, err := f.TaughtAfter(t.Context(), before, 10)
	require.NoError(t, err)
	require.Len(t, steps, 2)
	require.Equal(t, review.Taught{
		DecisionID: d1.ID, AppID: f.caller.App.ID, Judgement: review.JudgeBlock, Kind: review.KindInteraction,
		Content: review.Content{Prompt: "suspicious one"}, Findings: d1.Findings, At: start,
	}, steps[0])
	require.Equal(t, []any{d2.ID, review.JudgeApprove}, []any{steps[1].DecisionID, steps[1].Judgement})
	end, err := f.HistoryEnd(t.Context())
	require.NoError(t, err)
	require.Equal(t, end, next)

	_, err = f.service.Undo(t.Context(), f.ann, d2.ID)
	require.NoError(t, err)
	undone := review.Taught{DecisionID: d2.ID, AppID: f.caller.App.ID, Undone: true}
	steps, next, err = f.TaughtAfter(t.Context(), next, 10)
	require.NoError(t, err)
	require.Equal(t, []review.Taught{undone}, steps)

	f.flagged(t, "three")
	steps, later, err := f.TaughtAfter(t.Context(), next, 10)
	require.NoError(t, err)
	require.Empty(t, steps)
	require.Greater(t, later, next, "what teaches nothing is not read again")
	again, stays, err := f.TaughtAfter(t.Context(), later, 10)
	require.NoError(t, err)
	require.Empty(t, again)
	require.Equal(t, later, stays)

	var page []review.Taught
	for cursor := before; ; {
		steps, next, err := f.TaughtAfter(t.Context(), cursor, 1)
		require.NoError(t, err)
		page = append(page, steps...)
		if len(steps) == 0 {
			break
		}
		cursor = next
	}
	require.Len(t, page, 3)
	require.Equal(t, []review.Taught{undone, undone}, page[1:], "undone where it was made, too")
}

func latestAreTold(t *testing.T, f *fixture) {
	var want []string
	for i := range 40 { // more than one page
		d := f.decide(t, f.ann, f.flagged(t, fmt.Sprint(i)), review.JudgeBlock)
		if i%10 == 3 {
			_, err := f.service.Undo(t.Context(), f.ann, d.ID)
			require.NoError(t, err)
			continue
		}
		want = append(want, d.ID)
		if i%2 == 0 { // some share a moment
			f.clock.advance(time.Second)
		}
	}
	latest := func(limit int) (got []string) {
		for step, err := range f.LatestTaught(t.Context(), f.caller.App.ID, limit) {
			require.NoError(t, err)
			require.NotEmpty(t, step.Content.Prompt)
			got = append(got, step.DecisionID)
		}
		return got
	}
	require.Equal(t, want, latest(1000))
	require.Equal(t, want[len(want)-5:], latest(5))
	for range f.LatestTaught(t.Context(), f.caller.App.ID, 1000) {
		break // a reader who has enough ends nothing but the reading
	}
	for range f.LatestTaught(t.Context(), "another", 1000) {
		t.Fatal("of no App")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range f.LatestTaught(ctx, f.caller.App.ID, 1000) {
		require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	}
}

// notes is a Memory that only writes down.
type notes map[string]string

func (n notes) Learn(l review.Lesson)            { n[l.DecisionID] = fmt.Sprint(l.Blocked, l.Texts) }
func (n notes) Forget(_ string, decision string) { delete(n, decision) }

func learnerFollows(t *testing.T, f *fixture) {
	old := f.decide(t, f.ann, f.flagged(t, "old"), review.JudgeBlock)
	elsewhere := f.open(t)
	memory := notes{}
	learner, err := review.NewLearner(elsewhere, memory, 100)
	require.NoError(t, err)
	require.NoError(t, learner.Start(t.Context()))
	require.Equal(t, notes{old.ID: "true [suspicious old]"}, memory)

	fresh := f.decide(t, f.ann, f.flagged(t, "fresh"), review.JudgeApprove)
	require.NoError(t, learner.Follow(t.Context()))
	require.Equal(t, notes{old.ID: "true [suspicious old]", fresh.ID: "false [suspicious fresh]"}, memory)

	_, err = f.service.Undo(t.Context(), f.ann, fresh.ID)
	require.NoError(t, err)
	for i := range 70 { // more than is read at once
		f.decide(t, f.ann, f.flagged(t, fmt.Sprint(i)), review.JudgeBlock)
	}
	require.NoError(t, learner.Follow(t.Context()))
	require.Len(t, memory, 71)
	require.NotContains(t, memory, fresh.ID)

	started := notes{}
	another, err := review.NewLearner(elsewhere, started, 100)
	require.NoError(t, err)
	require.NoError(t, another.Start(t.Context()))
	require.Equal(t, memory, started, "a restart knows the same")
}
