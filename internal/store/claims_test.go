package store_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/store/storetest"
)

// claims is how many claims a test makes: GUARDROOM_CLAIMS, which make claims sets, or a few.
func claims(t *testing.T, share int) int {
	t.Helper()
	text := os.Getenv("GUARDROOM_CLAIMS")
	if text == "" {
		return 3_000
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n / share
}

func TestNobodyHoldsWhatAnotherHoldsOnSQLite(t *testing.T) {
	storetest.RunClaims(t, onSQLite, claims(t, 1))
}

func TestNobodyHoldsWhatAnotherHoldsOnPostgres(t *testing.T) {
	storetest.RunClaims(t, onPostgres(t), claims(t, 10))
}
