package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// pathScenarios follow the main job: submit, queue, claim, decide, undo, export.
func pathScenarios() []scenario {
	return []scenario{
		{"from a submission to the export", fromSubmissionToExport},
	}
}

func fromSubmissionToExport(t *testing.T, f *fixture) {
	r := f.submit(t, review.Submission{
		ExternalID: "x1", UserID: "u1", Model: "m1", Prompt: "a suspicious secret", Response: "no",
	})
	require.Equal(t, review.VerdictFlag, r.Assessment.Verdict)

	page, err := f.service.Queue(t.Context(), f.ann, review.Filter{}, nil)
	require.NoError(t, err)
	require.Len(t, page.Rows, 1)
	require.Equal(t, r.Item.ID, page.Rows[0].Item.ID)
	require.Equal(t, "support", page.Rows[0].App)
	require.Equal(t, "a suspicious [HIDDEN_1]", page.Rows[0].Item.Excerpt)
	require.Nil(t, page.Rows[0].Claim)

	d := f.decide(t, f.ann, r.Item.ID, review.JudgeBlock)

	rows, err := f.service.Decisions(t.Context(), f.ann, review.Filter{})
	require.NoError(t, err)
	n := 0
	for row, err := range rows {
		require.NoError(t, err)
		n++
		require.Equal(t, d, row.Decision)
		require.Equal(t, "x1", row.ExternalID)
		require.Equal(t, "support", row.App)
		require.Equal(t, "ann@example.com", row.Reviewer)
		require.Equal(t, "a suspicious secret", row.Prompt)
		require.Equal(t, "no", row.Response)
		require.Equal(t, review.StateDecided, row.Item.State)
		require.Equal(t, r.ID, row.InteractionID)
		require.False(t, row.Undone)
	}
	require.Equal(t, 1, n)

	none, err := f.service.Feed(t.Context(), f.caller, 0, 10)
	require.NoError(t, err)
	require.Empty(t, none)
	f.clock.advance(review.UndoWindow + time.Second)
	feed, err := f.service.Feed(t.Context(), f.caller, 0, 10)
	require.NoError(t, err)
	require.Len(t, feed, 1)
	require.Contains(t, string(feed[0].Payload), d.ID)
	f.verifyChain(t)
}
