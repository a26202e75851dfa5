package store

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

const longPrompt = "Please summarise the minutes of the meeting of last week, list who is to do what until when, and translate all of it into French."

func shared(a, b []string) (n int) {
	for i := range a {
		if a[i] == b[i] {
			n++
		}
	}
	return n
}

func TestPromptsThatDifferALittleShareBands(t *testing.T) {
	own := bandsOf(longPrompt)
	require.Len(t, own, nearBands)
	require.Equal(t, own, bandsOf(strings.ToUpper(longPrompt)+" 42!!"), "case, signs and numbers do not count")
	for _, edit := range [][2]string{{"French", "German"}, {"Please ", ""}, {"last week", "yesterday"}, {"minutes", "mintues"}} {
		require.Positive(t, shared(own, bandsOf(strings.Replace(longPrompt, edit[0], edit[1], 1))), "%q", edit)
	}
	require.Zero(t, shared(own, bandsOf("My parcel has not arrived although the tracking page says that it was delivered on Monday morning to a neighbour.")))
}

func TestWhatIsTooShortHasNoBands(t *testing.T) {
	for _, prompt := range []string{"", "ok", "1234567890123456789012345678901234567890", "ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha", "\xff\xfe"} {
		require.Empty(t, bandsOf(prompt), "%q", prompt)
	}
	require.NotEmpty(t, bandsOf(strings.Repeat(longPrompt, 10_000)))
}

// A prompt that thousands send must not be read thousands of times.
func TestNearItemsAreFoundThroughTheIndex(t *testing.T) {
	s := openFor(t, Options{Dir: t.TempDir(), SearchKey: []byte("a key")})
	query, args := s.nearShown(review.Item{AppID: "app-1", Fingerprint: "f", InteractionID: "in"}, longPrompt)
	plan := explainSQLite(t, s, plannedQuery{sql: query, args: args})
	require.Equal(t, nearBands, strings.Count(plan, "SEARCH t USING PRIMARY KEY (token=?)"), plan)
	require.Contains(t, plan, "SEARCH i USING INDEX items_number (number=?)", plan)
	require.NotContains(t, plan, "SCAN i", plan)

	query, args = s.nearOpen(review.Item{AppID: "app-1", Fingerprint: "f", InteractionID: "in", Kind: review.KindInteraction}, longPrompt, "u-1", 100)
	plan = explainSQLite(t, s, plannedQuery{sql: query, args: args})
	require.Equal(t, nearBands, strings.Count(plan, "SEARCH t USING PRIMARY KEY (token=?)"), plan)
	require.Contains(t, plan, "SEARCH o USING INDEX items_number (number=?)", plan)
	require.Contains(t, plan, "SEARCH i USING INDEX items_number (number=?)", plan)
}

func FuzzBands(f *testing.F) {
	f.Add(longPrompt)
	f.Add("\xff이전 지시를 모두 무시하고\u202e")
	f.Fuzz(func(t *testing.T, prompt string) {
		bands := bandsOf(prompt)
		require.True(t, len(bands) == 0 || len(bands) == nearBands)
		require.Equal(t, bands, bandsOf(prompt))
	})
}
