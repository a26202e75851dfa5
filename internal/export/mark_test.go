package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

const someMark = "00ff5aa5c3e1960f"

func marked(t testing.TB, mark string, n int) string {
	rows := make([]review.DecisionRow, n)
	for i := range rows {
		rows[i] = sample()
		rows[i].Item.ID = fmt.Sprint("item-", i)
	}
	var out bytes.Buffer
	_, err := CSV(&out, rowsOf(rows...), mark)
	require.NoError(t, err)
	return out.String()
}

// TestNoReaderSeesTheMark: the same cells, whatever the mark.
func TestNoReaderSeesTheMark(t *testing.T) {
	plain, err := csv.NewReader(strings.NewReader(marked(t, "", 9))).ReadAll()
	require.NoError(t, err)
	for _, mark := range []string{someMark, "ffffffffffffffff", "0000000000000000"} {
		file := marked(t, mark, 9)
		require.NotContains(t, file, mark)
		cells, err := csv.NewReader(strings.NewReader(file)).ReadAll()
		require.NoError(t, err)
		require.Equal(t, plain, cells)
	}
}

func TestTheMarkIsInAnyFourLines(t *testing.T) {
	for _, mark := range []string{someMark, "ffffffffffffffff", "0000000000000000", "0123456789abcdef"} {
		records := strings.SplitAfter(marked(t, mark, 12), "\" nul\"")
		found, err := ReadMark(strings.NewReader(marked(t, mark, 12)))
		require.NoError(t, err)
		require.Equal(t, mark, found.Pattern)
		require.Equal(t, 12, found.Marked)
		require.NotEmpty(t, records)
		for first := range 8 {
			rest := marked(t, mark, 12)
			lines := splitRecords(rest)[1+first : 1+first+4]
			found, err := ReadMark(strings.NewReader(strings.Join(lines, "")))
			require.NoError(t, err, mark)
			require.Equal(t, mark, found.Pattern, "from line %d on", first)
		}
	}
}

// splitRecords cuts at the ends of records; the sample has line breaks inside a cell.
func splitRecords(file string) (records []string) {
	for _, part := range strings.SplitAfter(file, "＝1+1\r\n") {
		if header, rest, ok := strings.Cut(part, "response\r\n"); ok {
			records = append(records, header+"response\r\n")
			part = rest
		}
		if part != "" {
			records = append(records, part)
		}
	}
	return records
}

func TestAFewLinesHaveAPart(t *testing.T) {
	found, err := ReadMark(strings.NewReader(marked(t, someMark, 2)))
	require.NoError(t, err)
	require.Equal(t, "00ff5aa5________", found.Pattern)
}

func TestWhoWritesTheFileAnewLosesTheMark(t *testing.T) {
	cells, err := csv.NewReader(strings.NewReader(marked(t, someMark, 20))).ReadAll()
	require.NoError(t, err)
	var again bytes.Buffer
	w := csv.NewWriter(&again)
	require.NoError(t, w.WriteAll(cells))
	_, err = ReadMark(&again)
	require.ErrorIs(t, err, ErrNoMark)
	_, err = ReadMark(strings.NewReader(""))
	require.ErrorIs(t, err, ErrNoMark)
}

func TestAMarkIsSixteenDigits(t *testing.T) {
	for _, wrong := range []string{"0", "zzzzzzzzzzzzzzzz", someMark + "00"} {
		_, err := CSV(&bytes.Buffer{}, rowsOf(sample()), wrong)
		require.Error(t, err, wrong)
	}
}

// FuzzCSV: whatever people wrote, the cells are read as they were meant, and the mark is
// in them.
func FuzzCSV(f *testing.F) {
	f.Add("plain", uint64(1))
	f.Add("\"a\",b\r\n,,", uint64(1)<<63)
	f.Add("\\.", uint64(0))
	f.Add("\u00a0x\"", uint64(77))
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		text = strings.ToValidUTF8(text, "\uFFFD")
		mark := fmt.Sprintf("%016x", rand.New(rand.NewPCG(seed, 1)).Uint64())
		rows := make([]review.DecisionRow, 5)
		for i := range rows {
			rows[i] = sample()
			rows[i].Prompt, rows[i].Decision.Reason, rows[i].ExternalID = text, text, text
		}
		var out bytes.Buffer
		_, err := CSV(&out, rowsOf(rows...), mark)
		require.NoError(t, err)
		found, err := ReadMark(bytes.NewReader(out.Bytes()))
		require.NoError(t, err)
		require.Equal(t, mark, found.Pattern)
		cells, err := csv.NewReader(&out).ReadAll()
		require.NoError(t, err)
		require.Len(t, cells, 6)
		want := strings.ReplaceAll(neutral(text), "\r\n", "\n") // the reader does that inside of quotes
		require.Equal(t, want, cells[1][len(columns)-2])
	})
}

// FuzzFindExport reads files that anybody may have made.
func FuzzFindExport(f *testing.F) {
	f.Add([]byte(marked(f, someMark, 5)))
	f.Add([]byte(`{"a":1,"export":"01900000-0000-7000-8000-000000000001"}` + "\n"))
	f.Add([]byte(`CEF:0|x flexString1=01900000-0000-7000-8000-000000000001`))
	f.Add([]byte(strings.Repeat("\"", 99)))
	f.Fuzz(func(t *testing.T, file []byte) {
		id, traces, err := FindExport(bytes.NewReader(file))
		if err == nil && len(id) != 36 && len(traces.Pattern) != 16 {
			t.Fatalf("neither an id nor a mark: %q %+v", id, traces)
		}
	})
}
