package webtest

import (
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// AskExport asks as the person with the role for all Decisions, to be made in the
// background.
func (s *Site) AskExport(role review.Role) review.Export {
	s.t.Helper()
	e, err := s.Service.AskExport(s.t.Context(), s.Viewer(s.t, role), review.ExportAsk{Kind: review.ExportDecisions, Format: "csv"})
	require.NoError(s.t, err)
	return e
}
