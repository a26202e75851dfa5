package samples

import (
	"math"
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

func of(scores string) (out []Scored) {
	for i, c := range scores {
		out = append(out, Scored{Sample: Sample{Positive: c == '+'}, Score: float64(i) / 10})
	}
	return out
}

func TestAUROC(t *testing.T) {
	require.Equal(t, 1.0, AUROC(of("--++")))
	require.Equal(t, 0.0, AUROC(of("++-")))
	require.Equal(t, 0.75, AUROC(of("-+-+")))
	require.True(t, math.IsNaN(AUROC(of("++"))))
	ties := of("-+")
	ties[1].Score = ties[0].Score
	require.Equal(t, 0.5, AUROC(ties))
}

func TestThresholdAtKeepsTheRate(t *testing.T) {
	scored := of("----+-+-+++")
	for _, rate := range []float64{0, 0.17, 0.34, 1} {
		_, alarms := Flagged(scored, ThresholdAt(scored, rate))
		require.LessOrEqual(t, float64(alarms), rate*6)
	}
	hits, alarms := Flagged(scored, ThresholdAt(scored, 0))
	require.Equal(t, []int{3, 0}, []int{hits, alarms})
}

func TestTableHasARowPerSource(t *testing.T) {
	scored := of("-+-+")
	scored[0].Source, scored[1].Source = "a", "a"
	require.Equal(t, 2+3, strings.Count(Table(scored, 0.5), "\n"))
}
