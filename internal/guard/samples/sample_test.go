package samples

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadNamesTheBadLine(t *testing.T) {
	for text, want := range map[string]string{
		`{"text":"a","label":1}` + "\nnonsense":   "line 2",
		`{"text":"a"}`:                            "line 1: label",
		`{"text":"a","label":7}`:                  "line 1: label",
		`{"text":"a","label":0}` + "\n" + `[1,2]`: "line 2",
	} {
		_, err := Read(strings.NewReader(text))
		require.ErrorContains(t, err, want)
	}
	got, err := Read(strings.NewReader(`{"id":"1","text":"a","label":1,"source":"x/y:z","context":"c","meta":{"votes":[1,2,0]}}`))
	require.NoError(t, err)
	require.Equal(t, []Sample{{ID: "1", Text: "a", Positive: true, Source: "x/y:z", Context: "c", Votes: []int{1, 2, 0}}}, got)
	require.Equal(t, "x/y", Repository(got[0].Source))
	require.Equal(t, "a/b", Repository("a/b (mirror of c/d)"))
}

func FuzzRead(f *testing.F) {
	f.Add(`{"text":"a","label":1,"meta":{"votes":[1]}}`)
	f.Add("{}\n[")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Read(strings.NewReader(text))
		if err == nil && len(got) > strings.Count(text, "\n")+1 {
			t.Fatalf("%d samples of %d lines", len(got), strings.Count(text, "\n")+1)
		}
	})
}

func TestSeparation(t *testing.T) {
	of := func(positive bool, score float64) Scored {
		return Scored{Sample: Sample{Positive: positive}, Score: score}
	}
	require.InDelta(t, 0.5, Separation([]Scored{of(true, 0.9), of(true, 0.7), of(false, 0.3)}), 1e-9)
	require.Zero(t, Separation([]Scored{of(true, 0.9)}))
}
