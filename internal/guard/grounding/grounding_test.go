package grounding

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard/samples"
)

const bridge = "The Old Bridge was built in 1566 by Mimar Hayruddin. It was destroyed in November 1993 during the war and rebuilt in 2004. The bridge is 29 metres long and 4 metres wide. Divers jump from it every summer. Swimming is not allowed under the bridge. Admission costs 1,500 dinars."

func load(t testing.TB) *Model {
	t.Helper()
	m, err := Load()
	require.NoError(t, err)
	return m
}

func score(t testing.TB, answer string) float64 {
	t.Helper()
	highest := 0.0
	for _, r := range load(t).Read(NewIndex([]string{bridge}, "Tell me about the Old Bridge."), answer) {
		highest = max(highest, r.Score)
	}
	return highest
}

func TestUnsupportedScoresAboveSupported(t *testing.T) {
	tests := []struct{ name, supported, unsupported string }{
		{"number", "The Old Bridge was built in 1566.", "The Old Bridge was built in 1588."},
		{"name", "It was built by Mimar Hayruddin.", "It was built by Mimar Sinanovich."},
		{"negation added", "Divers jump from it every summer.", "Divers do not jump from it every summer."},
		{"negation lost", "Swimming is not allowed under the bridge.", "Swimming is allowed under the bridge."},
		{"invention", "The bridge is 29 metres long.", "The bridge inspired several famous novels."},
		{"mixed up", "It was destroyed in November 1993.", "Divers destroyed it in November 2004."},
		{"small talk", "It was rebuilt in 2004.", "Wow, I visited it once and I loved it!"},
		{"number in words", "The bridge is four metres wide.", "The bridge is seven metres wide."},
		{"separators", "Admission costs 1500 dinars.", "Admission costs 15,000 dinars."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Greater(t, score(t, tt.unsupported), score(t, tt.supported)+0.05)
		})
	}
}

func TestTheReadingIsOfTheSentence(t *testing.T) {
	answer := "The Old Bridge was built in 1566. Queen Victoria opened it on 12 May 1870. Divers jump from it every summer."
	readings := load(t).Read(NewIndex([]string{bridge}, ""), answer)
	require.Len(t, readings, 3)
	worst := slices.MaxFunc(readings, func(a, b Reading) int { return compare(a.Score, b.Score) })
	require.Equal(t, "Queen Victoria opened it on 12 May 1870.", answer[worst.Start:worst.End])
	require.Contains(t, worst.Reasons, "a number that no document has")
	require.Contains(t, worst.Reasons, "a name that no document has")
}

func TestSentences(t *testing.T) {
	tests := map[string]int{
		"": 0, "...": 0, "One.": 1, "A. J. Smith came. He left.": 2, "It costs 3.50 today. Fine": 2,
		"See example.com for more. Yes!": 2, "First\n\nSecond": 2, "今日は雨。明日は晴れ。": 2, "a.b.c": 1,
	}
	for text, want := range tests {
		_, sentences := tokenize(text)
		require.Len(t, sentences, want, "%q", text)
	}
}

func TestStemsMeet(t *testing.T) {
	for _, words := range [][]string{
		{"build", "builds", "building"}, {"country", "countries"}, {"jump", "jumped", "jumping", "jumps"}, {"love", "loved", "loves"},
	} {
		for _, w := range words[1:] {
			require.Equal(t, stem(words[0]), stem(w), w)
		}
	}
	require.NotEqual(t, stem("united"), stem("unlimited"))
}

func TestLengthIsNotTheScore(t *testing.T) {
	short, long := "The bridge is 29 metres long.", "The bridge is 29 metres long and 4 metres wide. It was destroyed in November 1993 during the war and rebuilt in 2004."
	require.InDelta(t, score(t, short), score(t, long), 0.15)
}

func TestBoundsHold(t *testing.T) {
	m := load(t)
	x := NewIndex([]string{strings.Repeat(bridge+" ", 10000)}, "")
	require.LessOrEqual(t, len(x.negated), maxDocuments/20)
	for _, places := range x.places {
		require.LessOrEqual(t, len(places), maxPlaces)
	}
	require.LessOrEqual(t, len(m.Read(x, strings.Repeat("The bridge fell. ", 100000))), maxAnswer/10)
}

func FuzzRead(f *testing.F) {
	f.Add(bridge, "The bridge was built in 1566. I can't swim!", "when?")
	f.Add("\xff\xfe", "٣٫١٤ ١٢٣", "’s ’")
	f.Add("a.b", "Ǻn. .5 5. 5,", "")
	m := load(f)
	f.Fuzz(func(t *testing.T, document, answer, question string) {
		end := 0
		for _, r := range m.Read(NewIndex([]string{document}, question), answer) {
			if r.Start < end || r.End <= r.Start || r.End > len(answer) || math.IsNaN(r.Score) || r.Score < 0 || r.Score > 1 {
				t.Fatalf("%+v after %d of %d", r, end, len(answer))
			}
			end = r.End
		}
	})
}

func TestDamagedWeightsAreRefused(t *testing.T) {
	data, err := load(t).MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, string(shipped), string(data))
	var m Model
	for name, bad := range map[string]string{
		"empty": "", "no weights": "{}", "renamed": strings.Replace(string(data), "new_words", "old_words", 1),
	} {
		require.Error(t, m.UnmarshalJSON([]byte(bad)), name)
	}
}

func tinySamples() (out []samples.Sample) {
	for i := range 40 {
		s := samples.Sample{Source: fmt.Sprintf("publisher%d/x", i%3), Context: bridge + fmt.Sprintf(" It has %d steps.", i), Question: "What of it?"}
		s.Response = fmt.Sprintf("It has %d steps.", i)
		if i%2 == 0 {
			s.Positive, s.Response = true, fmt.Sprintf("Emperor Maximilian sold %d horses there.", 100+i)
		}
		out = append(out, s)
	}
	return out
}

func TestTrainingTwiceGivesTheSameBytesAndLearns(t *testing.T) {
	var first []byte
	for range 2 {
		m, scored, err := DefaultRecipe().Train(context.Background(), tinySamples())
		require.NoError(t, err)
		require.Greater(t, samples.Separation(scored), 0.3)
		data, err := m.MarshalJSON()
		require.NoError(t, err)
		if first == nil {
			first = data
		}
		require.Equal(t, first, data)
	}
}

func BenchmarkRead(b *testing.B) {
	m := load(b)
	answer := "The Old Bridge was built in 1566 by Mimar Hayruddin. Queen Victoria opened it on 12 May 1870. Divers jump from it every summer, and it is 29 metres long."
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		document := strings.Repeat(bridge+" ", n/len(bridge)+1)[:n]
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for range b.N {
				m.Read(NewIndex([]string{document}, "When was it built?"), answer)
			}
		})
	}
}
