package behavior

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever is forgotten is not in what is kept next, and others are.
func TestForgottenUsersAreNotCounted(t *testing.T) {
	tr, _ := lived(t)
	counted := tr.Drain()
	tr.Restore(counted)
	gone := userKey{"a", "u1"}
	tr.Forget(gone.App, gone.User)
	left := tr.Drain()
	require.Less(t, len(left.Hours), len(counted.Hours))
	require.Less(t, len(left.Costs), len(counted.Costs))
	others := map[userKey]bool{}
	for _, h := range left.Hours {
		others[userKey{h.AppID, h.UserID}] = true
	}
	for _, d := range left.Costs {
		require.NotEqual(t, gone, userKey{d.AppID, d.UserID})
	}
	require.NotContains(t, others, gone)
	require.Contains(t, others, userKey{"b", "u1"}, "another App's user of that name")
	require.Contains(t, others, userKey{"a", "u2"})
}
