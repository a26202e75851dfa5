package views

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestWhatMayDisturbIsBlurredUntilSomebodyWantsIt(t *testing.T) {
	harsh := review.Assessment{Findings: []review.Finding{{Category: review.CategoryToxicity}}}
	for _, c := range []struct {
		name    string
		prefers review.Preferences
		view    review.ItemView
		veiled  bool
		next    string
	}{
		{"harsh", review.Preferences{}, review.ItemView{Assessment: harsh}, true, VeilOff},
		{"harsh and wanted", review.Preferences{Plain: true}, review.ItemView{Assessment: harsh}, false, VeilDisturbing},
		{"mild", review.Preferences{}, review.ItemView{}, false, VeilAlways},
		{"always", review.Preferences{Blur: true}, review.ItemView{}, true, VeilOff},
		{"blind does not tell", review.Preferences{}, review.ItemView{Blind: true}, false, VeilAlways},
	} {
		p := ItemPage{View: c.view, Shell: Shell{Viewer: review.Viewer{User: review.User{Preferences: c.prefers}}}}
		require.Equal(t, c.veiled, veiled(p), c.name)
		require.Equal(t, c.next, nextVeil(p), c.name)
		changed, ok := Veil(c.prefers, c.next)
		require.True(t, ok)
		p.Viewer.User.Preferences = changed
		require.Equal(t, !c.veiled, veiled(p), "%s: one key changes it", c.name)
	}
	_, ok := Veil(review.Preferences{}, "maybe")
	require.False(t, ok)
}
