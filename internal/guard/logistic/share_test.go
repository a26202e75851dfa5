package logistic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard/logistic"
)

// TestWindowsOfAPositiveTextShareWhatMakesItOne, and those of a negative one all count.
func TestWindowsOfAPositiveTextShareWhatMakesItOne(t *testing.T) {
	sums := []float64{-1, 3, 0, 2}
	shares := []float64{.25, .25, .25, .25}
	logistic.Share(shares, sums, true)
	require.Equal(t, []float64{0, .5, 0, .5}, shares)

	shares = []float64{.25, .25, .25, .25}
	logistic.Share(shares, sums, false)
	require.Equal(t, []float64{.125, .375, .125, .375}, shares)
}

// TestOneWindowIsTheText whatever it looks like.
func TestOneWindowIsTheText(t *testing.T) {
	for _, positive := range []bool{false, true} {
		shares := []float64{1}
		logistic.Share(shares, []float64{-4}, positive)
		require.Equal(t, []float64{1}, shares[:1], positive)
	}
}
