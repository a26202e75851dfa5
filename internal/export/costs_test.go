package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func costFile(t testing.TB, mark string, n int) string {
	t.Helper()
	rows := review.CostRows{
		App: review.App{Name: "support-bot"}, Month: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Currency: "EUR",
		Each: func(yield func(review.CostDay) error) error {
			for i := range n {
				d := review.CostDay{UserID: fmt.Sprintf("=u, \"%d\"", i), Model: "gpt-*", Calls: i, TokensIn: 7 * i, TokensOut: i, Cost: int64(i) * 1_000_003}
				if err := yield(d); err != nil {
					return err
				}
			}
			return nil
		},
	}
	var out bytes.Buffer
	wrote, err := Costs(&out, rows, mark)
	require.NoError(t, err)
	require.Equal(t, n, wrote)
	return out.String()
}

// TestCostsCarryAMark: sixteen lines in a row have half of it, whatever the rest of the file is.
func TestCostsCarryAMark(t *testing.T) {
	for _, mark := range []string{someMark, "ffffffffffffffff", "0000000000000000", "0123456789abcdef"} {
		file := costFile(t, mark, 40)
		found, err := ReadMark(strings.NewReader(file))
		require.NoError(t, err)
		require.Equal(t, mark[:8]+"________", found.Pattern)
		require.Equal(t, 40, found.Marked)
		lines := strings.SplitAfter(file, "\r\n")[1:]
		for first := range 20 {
			found, err := ReadMark(strings.NewReader(strings.Join(lines[first:first+16], "")))
			require.NoError(t, err)
			require.Equal(t, mark[:8]+"________", found.Pattern, "from line %d on", first)
		}
		few, err := ReadMark(strings.NewReader(strings.Join(lines[4:9], "")))
		require.NoError(t, err)
		require.Equal(t, "__"+mark[2:4]+"____________", few.Pattern, "of five lines two digits")
	}
}

func TestNoReaderSeesTheMarkOfCosts(t *testing.T) {
	plain, err := csv.NewReader(strings.NewReader(costFile(t, "", 33))).ReadAll()
	require.NoError(t, err)
	cells, err := csv.NewReader(strings.NewReader(costFile(t, someMark, 33))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, plain, cells)
	_, err = ReadMark(strings.NewReader(costFile(t, "", 33)))
	require.ErrorIs(t, err, ErrNoMark)
	everywhere := ""
	for _, line := range plain {
		everywhere += `"` + strings.Join(line, `","`) + "\"\r\n"
	}
	_, err = ReadMark(strings.NewReader(everywhere))
	require.ErrorIs(t, err, ErrNoMark, "a program that quotes every cell")
	_, err = Costs(&bytes.Buffer{}, review.CostRows{}, "nonsense")
	require.Error(t, err)
}
