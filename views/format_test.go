package views

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestLengthsOfTime(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 59*time.Second + 999*time.Millisecond: "59 s", time.Minute: "1 m", 59 * time.Minute: "59 m",
		time.Hour: "1 h", 47 * time.Hour: "47 h", 48 * time.Hour: "2 d", 400 * 24 * time.Hour: "400 d",
	} {
		require.Equal(t, want, span(d))
	}
	now := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	require.Equal(t, "0 s", age(now, now.Add(time.Hour)), "a clock that runs ahead")
	words, late := due(t.Context(), now, now.Add(90*time.Second))
	require.Equal(t, "due 1 m", words)
	require.False(t, late)
	words, late = due(t.Context(), now, now.Add(-3*time.Hour))
	require.Equal(t, "late 3 h", words)
	require.True(t, late)
	require.Equal(t, "4:38", clock(4*time.Minute+38*time.Second))
	require.Equal(t, "0:00", clock(-time.Second))
	require.Equal(t, "23:05:09", clock(23*time.Hour+5*time.Minute+9*time.Second))
	require.Equal(t, "3 h", lasts(now, now.Add(3*time.Hour)))
}

func TestNumbers(t *testing.T) {
	for x, want := range map[float64]string{0: "0.00", 0.004: "0.00", 0.97: "0.97", 0.9999: "0.99", 1: "1.00", 7: "1.00", -1: "0.00"} {
		require.Equal(t, want, score(x))
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1\u202f000", 1_234_567: "1\u202f234\u202f567", -1000: "-1\u202f000"} {
		require.Equal(t, want, count(n))
	}
	require.Equal(t, "1 finding", plural(t.Context(), 1, "finding", "findings"))
	require.Equal(t, "0 findings", plural(t.Context(), 0, "finding", "findings"))
	require.Equal(t, "0.8 s", seconds(800))
	require.Equal(t, "1:20 min", seconds(80_000))
	require.Equal(t, "412 µs", micros(412))
	require.Equal(t, "1.8 ms", micros(1840))
	require.Equal(t, "0.5 %", percent(0.005))
	require.Equal(t, "100 %", percent(0.996), "never as an exponent")
}

func TestOneLineIsFitForAList(t *testing.T) {
	require.Equal(t, "a b c", oneLine("  a\n\tb\r\n c ", 20))
	require.Equal(t, "ab…", oneLine("abc", 2))
	require.Equal(t, "", oneLine("\n\n", 5))
	require.Equal(t, `up\u{200b}date`, oneLine("up\u200bdate", 40))
	require.Equal(t, "漢字…", oneLine("漢字かな", 2))
	require.Equal(t, "a\uFFFD", oneLine("a\xff", 10))
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{"": "", "gone": "Gone.", "Why?": "Why?", "Done. ": "Done.", "and …": "And …", "ö": "Ö."} {
		require.Equal(t, want, sentence(in))
	}
}

func TestInitials(t *testing.T) {
	require.Equal(t, "AW", initials(review.User{Name: "anna maria weber"}))
	require.Equal(t, "I", initials(review.User{Name: "Itō"}))
	require.Equal(t, "X", initials(review.User{Email: "x@example.com"}))
	require.Equal(t, "ÅÖ", initials(review.User{Name: "åsa öberg"}))
}
