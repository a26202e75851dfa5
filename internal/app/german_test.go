package app_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/web/webtest"
)

// Pages name every detector, and every label that a policy begins with, in German, too, and nothing that is no longer there.
func TestDetectorsAndLabelsAreNamedInGerman(t *testing.T) {
	german := text.With(t.Context(), language.German)
	specs := webtest.NewSite(t, "--data", t.TempDir()).Service.Specs()
	var ids []string
	for _, s := range specs {
		ids = append(ids, s.ID)
		require.Equal(t, s.Title, text.DetectorTitle(t.Context(), s.ID, s.Title))
		require.NotEqual(t, "English", text.DetectorTitle(german, s.ID, "English"), s.ID)
		require.NotEqual(t, "English", text.DetectorDescription(german, s.ID, "English"), s.ID)
	}
	slices.Sort(ids)
	require.Equal(t, ids, text.Detectors())

	require.Equal(t, "a team's own", text.DetectorTitle(german, "remote.theirs", "a team's own"))
	labels := review.DefaultPolicy(specs).Labels
	require.NotEmpty(t, labels)
	for _, l := range labels {
		require.Equal(t, l.Title, text.Label(t.Context(), l.ID, l.Title))
		if l.ID != "jailbreak" { // which is the same word
			require.NotEqual(t, l.Title, text.Label(german, l.ID, l.Title), l.ID)
		}
		require.Equal(t, "a team's own", text.Label(german, l.ID, "a team's own"))
	}
}
