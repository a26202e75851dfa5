package views

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// What an App plants and forbids is told to those alone who may change it.
func TestChangesOfTheContentAreToldToLeadsOnly(t *testing.T) {
	changes := []review.FieldChange{
		{Field: "canaries[0]", After: "CNRY-7f3a-91bc"},
		{Field: "tools.mode", After: "allow_list"},
		{Field: "tools.rules.pay", After: `{"name":"pay"}`},
		{Field: "response.max_bytes", Before: "10", After: "20"},
	}
	for open, want := range map[bool][]changeLine{
		true:  {{"Canary [0]", "none", "CNRY-7f3a-91bc"}, {"mode", "none", "allow_list"}, {"pay", "none", `{"name":"pay"}`}, {"Max bytes", "10", "20"}},
		false: {{"Canary [0]", "none", "(a canary)"}, {"mode", "none", "allow_list"}, {"pay", "none", "(a rule)"}, {"Max bytes", "10", "20"}},
	} {
		var got []changeLine
		for _, g := range changeGroups(changes, nil, open) {
			got = append(got, g.changes...)
		}
		require.Equal(t, want, got)
	}
}
