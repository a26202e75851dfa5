package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// savedViewScenarios: lists with a name, and who has them.
func savedViewScenarios() []scenario {
	return []scenario{
		{"a view is its owner's until a lead shares it", savedViewIsShared},
		{"names of views are unique where they are read", savedViewNames},
		{"views are bounded", savedViewsAreBounded},
		{"somebody begins with a view that they have", savedViewIsBegunWith},
	}
}

func (f *fixture) viewsOf(t testing.TB, v review.Viewer) (names []string) {
	t.Helper()
	all, err := f.service.SavedViews(t.Context(), v)
	require.NoError(t, err)
	for _, s := range all {
		names = append(names, s.Name+"@"+s.App)
	}
	return names
}

func (f *fixture) save(t testing.TB, v review.Viewer, name string) review.SavedView {
	t.Helper()
	s, err := f.service.SaveView(t.Context(), v, name, "severity=high")
	require.NoError(t, err)
	return s
}

func savedViewIsShared(t *testing.T, f *fixture) {
	other := f.addApp(t, "elsewhere")
	stranger := f.addViewer(t, "eve@example.com", review.RoleLead, other)
	f.save(t, f.ann, "b of ann")
	f.save(t, f.ann, "  a  of ann ")
	shared := f.save(t, f.lead, "for all")
	require.Equal(t, []string{"a of ann@", "b of ann@"}, f.viewsOf(t, f.ann), "by name, and nobody else's")
	require.Equal(t, review.CodeForbidden, review.CodeOf(f.service.ShareView(t.Context(), f.ann, shared.ID, "support")))
	require.Equal(t, review.CodeNotFound, review.CodeOf(f.service.ShareView(t.Context(), stranger, shared.ID, "elsewhere")))
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(f.service.ShareView(t.Context(), f.lead, shared.ID, "elsewhere")), "not the lead's App")
	require.NoError(t, f.service.ShareView(t.Context(), f.lead, shared.ID, "support"))
	require.NoError(t, f.service.ShareView(t.Context(), f.lead, shared.ID, "support"), "twice is once")
	require.Equal(t, []string{"a of ann@", "b of ann@", "for all@support"}, f.viewsOf(t, f.ann))
	require.Empty(t, f.viewsOf(t, stranger))
	all, err := f.service.SavedViews(t.Context(), f.bob)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "lead", all[0].Owner)
	require.Equal(t, "severity=high", all[0].Query)

	require.Equal(t, review.CodeForbidden, review.CodeOf(f.service.RenameView(t.Context(), f.bob, shared.ID, "mine")))
	require.Equal(t, review.CodeForbidden, review.CodeOf(f.service.DeleteView(t.Context(), f.bob, shared.ID)))
	require.Equal(t, review.CodeNotFound, review.CodeOf(f.service.DeleteView(t.Context(), stranger, shared.ID)))
	require.NoError(t, f.service.RenameView(t.Context(), f.lead, shared.ID, "for everybody"))
	require.NoError(t, f.service.ShareView(t.Context(), f.lead, shared.ID, ""))
	require.Equal(t, []string{"for everybody@"}, f.viewsOf(t, f.lead))
	require.Empty(t, f.viewsOf(t, f.bob))
	require.Equal(t, review.CodeNotFound, review.CodeOf(f.service.DeleteView(t.Context(), f.ann, shared.ID)), "another's own is absent")
	require.NoError(t, f.service.DeleteView(t.Context(), f.lead, shared.ID))
	require.Empty(t, f.viewsOf(t, f.lead))
	require.Equal(t, 3, f.count(t, "SELECT COUNT(*) FROM events WHERE action LIKE 'view.%'"), "shared, renamed, withdrawn: what is one's own is no event")
	f.verifyChain(t)
}

func savedViewNames(t *testing.T, f *fixture) {
	first, second := f.save(t, f.ann, "high"), f.save(t, f.ann, "low")
	_, err := f.service.SaveView(t.Context(), f.ann, "high", "")
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.RenameView(t.Context(), f.ann, second.ID, first.Name)))
	f.save(t, f.bob, "high")
	of := f.save(t, f.lead, "high")
	require.NoError(t, f.service.ShareView(t.Context(), f.lead, of.ID, "support"), "shared and own ones are apart")
	again := f.save(t, f.lead, "high")
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.ShareView(t.Context(), f.lead, again.ID, "support")))
	for _, bad := range []string{"", "  ", "a\x00b", string(make([]rune, 49)), "\xff"} {
		_, err := f.service.SaveView(t.Context(), f.ann, bad, "")
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), "%q", bad)
	}
}

func savedViewsAreBounded(t *testing.T, f *fixture) {
	for i := range review.MaxSavedViews {
		f.save(t, f.ann, fmt.Sprintf("view %02d", i))
	}
	_, err := f.service.SaveView(t.Context(), f.ann, "one more", "")
	require.Equal(t, "name", review.FieldsOf(err)[0].Field)
	require.Len(t, f.viewsOf(t, f.ann), review.MaxSavedViews)
	_, err = f.service.SaveView(t.Context(), f.bob, "long", string(make([]byte, 4096)))
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
}

func savedViewIsBegunWith(t *testing.T, f *fixture) {
	own, others := f.save(t, f.ann, "mine"), f.save(t, f.bob, "his")
	require.Equal(t, review.CodeNotFound, review.CodeOf(f.service.BeginWith(t.Context(), f.ann, others.ID)))
	require.NoError(t, f.service.BeginWith(t.Context(), f.ann, own.ID))
	ann, err := f.accounts.Viewer(t.Context(), f.ann.User.ID)
	require.NoError(t, err)
	require.Equal(t, own.ID, ann.User.Preferences.View)
	require.NoError(t, f.service.BeginWith(t.Context(), ann, ""))
	ann, err = f.accounts.Viewer(t.Context(), f.ann.User.ID)
	require.NoError(t, err)
	require.Empty(t, ann.User.Preferences.View)
}
