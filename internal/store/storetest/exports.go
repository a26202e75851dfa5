package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// exportScenarios: files that are made to leave.
func exportScenarios() []scenario {
	return []scenario{
		{"an export is made by one, and told of", exportIsMade},
		{"an export that nobody makes any longer is made anew, a bounded number of times", exportIsTakenOver},
		{"an export is its owner's", exportIsItsOwners},
		{"decisions are counted up to a limit", decisionsAreCounted},
	}
}

var allDecisions = review.ExportAsk{Kind: review.ExportDecisions, Format: "csv", Filter: review.Filter{App: "support", OlderThan: time.Hour}}

func (f *fixture) askExport(t testing.TB, v review.Viewer) review.Export {
	t.Helper()
	e, err := f.service.AskExport(t.Context(), v, allDecisions)
	require.NoError(t, err)
	return e
}

func (f *fixture) nextExport(t testing.TB) *review.Export {
	t.Helper()
	e, err := f.service.NextExport(t.Context())
	require.NoError(t, err)
	return e
}

func exportIsMade(t *testing.T, f *fixture) {
	first, second := f.askExport(t, f.ann), f.askExport(t, f.ann)
	e := f.nextExport(t)
	require.Equal(t, first.ID, e.ID, "the oldest first")
	require.Equal(t, review.ExportRunning, e.State)
	require.Equal(t, second.ID, f.nextExport(t).ID, "not the same twice")
	require.Nil(t, f.nextExport(t))
	e.Rows = 64
	require.NoError(t, f.service.ProgressExport(t.Context(), *e))
	e.Rows, e.Bytes, e.SHA256, e.Manifest = 100, 2048, "00", []byte(`{"rows":100}`)
	require.NoError(t, f.service.EndExport(t.Context(), *e))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.EndExport(t.Context(), *e)), "once")
	done, err := f.service.LookExport(t.Context(), f.ann, e.ID)
	require.NoError(t, err)
	require.Equal(t, start.Add(review.ExportLife), done.ExpiresAt)
	require.Equal(t, allDecisions, done.Ask, "as it was asked")
	require.JSONEq(t, `{"rows":100}`, string(done.Manifest))

	inbox, err := f.service.Inbox(t.Context(), f.ann, "")
	require.NoError(t, err)
	require.Len(t, inbox, 1)
	require.Equal(t, review.InboxExported, inbox[0].Kind)
	require.Equal(t, done.File, inbox[0].Body)
	desk, err := f.service.Desk(t.Context(), f.ann)
	require.NoError(t, err)
	require.Equal(t, 1, desk.Unread)

	marked, err := f.ExportsMarked(t.Context(), done.Mark[:8]+"________", 10)
	require.NoError(t, err)
	require.Equal(t, done.ID, marked[0].ID)
	f.clock.advance(review.ExportLife)
	require.NoError(t, f.service.ExpireExports(t.Context()))
	gone, err := f.service.Export(t.Context(), f.ann, e.ID)
	require.NoError(t, err)
	require.Equal(t, review.ExportExpired, gone.State)
	require.NotEmpty(t, gone.Manifest, "what was in it stays known")
}

func exportIsTakenOver(t *testing.T, f *fixture) {
	f.askExport(t, f.ann)
	for range review.ExportTries {
		require.NotNil(t, f.nextExport(t))
		require.Nil(t, f.nextExport(t), "its maker may be alive")
		f.clock.advance(review.ExportQuiet + time.Second)
	}
	require.Nil(t, f.nextExport(t))
	all, err := f.service.Exports(t.Context(), f.ann)
	require.NoError(t, err)
	require.Equal(t, review.ExportFailed, all[0].State)

	e := f.askExport(t, f.ann)
	old := f.nextExport(t)
	f.clock.advance(review.ExportQuiet + time.Second)
	require.Equal(t, 2, f.nextExport(t).Tries)
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.EndExport(t.Context(), *old)), "who was slow has lost it")
	require.NoError(t, f.service.DeleteExport(t.Context(), f.ann, e.ID))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.ProgressExport(t.Context(), *old)))

	_, err = f.service.BeginExport(t.Context(), f.ann, f.ann.Actor(), allDecisions)
	require.NoError(t, err)
	f.clock.advance(review.ExportQuiet + time.Second)
	require.Nil(t, f.nextExport(t), "what broke off on the way is not made anew")
	all, err = f.service.Exports(t.Context(), f.ann)
	require.NoError(t, err)
	require.Equal(t, review.ExportFailed, all[0].State)
}

func exportIsItsOwners(t *testing.T, f *fixture) {
	e := f.askExport(t, f.ann)
	_, err := f.service.Export(t.Context(), f.bob, e.ID)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	require.Equal(t, review.CodeNotFound, review.CodeOf(f.service.DeleteExport(t.Context(), f.lead, e.ID)))
	none, err := f.service.Exports(t.Context(), f.bob)
	require.NoError(t, err)
	require.Empty(t, none)
	for range review.MaxOpenExports - 1 {
		f.askExport(t, f.ann)
	}
	_, err = f.service.AskExport(t.Context(), f.ann, allDecisions)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	f.askExport(t, f.bob)
	root := f.addViewer(t, "root@example.com", review.RoleAdmin)
	all, err := f.service.Exports(t.Context(), root)
	require.NoError(t, err)
	require.Len(t, all, review.MaxOpenExports+1)
	require.NoError(t, f.service.DeleteExport(t.Context(), root, e.ID))
}

func decisionsAreCounted(t *testing.T, f *fixture) {
	n, err := f.service.CountDecisions(t.Context(), f.ann, review.Filter{}, 10)
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = f.service.CountDecisions(t.Context(), f.ann, review.Filter{App: "elsewhere"}, 10)
	require.NoError(t, err)
	require.Zero(t, n)
}
