package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/store"
)

// An erasure reaches every table that names an App's user.
func TestNoTableKeepsTheNameOfWhoIsErased(t *testing.T) {
	t.Parallel()
	named := []string{}
	for table, columns := range openColumns {
		if columns["user_id"] == openGiven {
			named = append(named, table)
		}
	}
	require.ElementsMatch(t, store.TablesOfUsers(), named)
}
