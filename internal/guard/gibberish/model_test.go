package gibberish

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard/samples"
)

func load(t testing.TB) *Model {
	t.Helper()
	m, err := Load()
	require.NoError(t, err)
	return m
}

const prose = "Please summarise the attached report, list its three most important findings for the board, and keep the figures as they are. "

func TestSaladsScoreAboveProse(t *testing.T) {
	m := load(t)
	k := NewKitchen(strings.Fields(strings.Repeat(prose, 3)+"umbrella granite invoice violin lobster ceiling grammar shovel pencil oxygen walrus textile harbour cabinet"), 9)
	caught := 0
	const made = 200
	for range made {
		if m.Read("Tell me how tides work. "+k.Make().Text).Score > m.Read(prose).Score+0.3 {
			caught++
		}
	}
	require.Greater(t, caught, made*8/10)
}

func TestTheReadingSaysWhere(t *testing.T) {
	m := load(t)
	k := NewKitchen(strings.Fields(prose), 3)
	salad := k.tokens()
	text := strings.Repeat(prose, 4) + salad
	r := m.Read(text)
	require.GreaterOrEqual(t, r.Start, len(prose)*3)
	require.LessOrEqual(t, r.End, len(text))
	require.Less(t, r.Start, r.End)
}

func TestShortTextsAreNotJudged(t *testing.T) {
	m := load(t)
	for _, text := range []string{"", " ", "xq", "sdfkjh asdkfj"} {
		require.Equal(t, Reading{}, m.Read(text), "%q", text)
	}
}

func TestCutCoversTheText(t *testing.T) {
	tests := map[string]int{
		"Hello world":                 3,
		"camelCase":                   2,
		"a1b2":                        4,
		"...":                         2,
		"https://example.com/a/b?c=d": 1,
		"c38c443f0e2b6f0f0ccbbf1be3dcf7c1a2b3c4d5": 1,
		"\n\n  x":     2,
		"Привет мир":  3,
		"naïve":       1,
		"nai\u0308ve": 1,
	}
	for text, want := range tests {
		require.Len(t, cut(text, nil), want, "%q", text)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", prose, "\xff\xfe", "a\u0301\u0301", "İßẞǅ", "!\u2028?", "x\x00y", strings.Repeat("(", 300)} {
		f.Add(s)
	}
	m := load(f)
	f.Fuzz(func(t *testing.T, text string) {
		end := int32(0)
		for _, p := range cut(text, nil) {
			if p.start < end || p.end < p.start || int(p.end) > len(text) {
				t.Fatalf("piece %d-%d after %d of %d", p.start, p.end, end, len(text))
			}
			end = p.end
		}
		r := m.Read(text)
		if r.Score < 0 || r.Score > 1 || r.Start < 0 || r.End < r.Start || r.End > len(text) {
			t.Fatalf("%+v of %d bytes", r, len(text))
		}
	})
}

func TestDamagedWeightsAreRefused(t *testing.T) {
	data, err := load(t).MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, shipped, data)
	require.Less(t, len(data), 600<<10)
	var m Model
	for name, bad := range map[string][]byte{
		"empty": nil, "short": data[:len(data)-1], "magic": append([]byte("NOPE"), data[4:]...),
		"flipped": append(append([]byte{}, data[:5000]...), append([]byte{data[5000] ^ 1}, data[5001:]...)...),
	} {
		require.Error(t, m.UnmarshalBinary(bad), name)
	}
}

func fewTexts() (out []samples.Sample) {
	own, _ := ownTexts()
	for i, s := range own[:60] {
		s.Source = fmt.Sprintf("publisher%d/x", i%9)
		out = append(out, s)
	}
	return out
}

func TestTrainingTwiceGivesTheSameBytes(t *testing.T) {
	r := DefaultRecipe()
	r.Rounds, r.Salads, r.TextBytes = 5, 30, 800
	var first []byte
	for range 2 {
		m, scored, err := r.Train(context.Background(), fewTexts())
		require.NoError(t, err)
		require.NotEmpty(t, scored)
		data, err := m.MarshalBinary()
		require.NoError(t, err)
		if first == nil {
			first = data
		}
		require.Equal(t, first, data)
	}
}

func TestTrainingLearns(t *testing.T) {
	r := DefaultRecipe()
	r.Rounds, r.Salads, r.TextBytes = 40, 60, 1500
	_, scored, err := r.Train(context.Background(), fewTexts())
	require.NoError(t, err)
	require.Greater(t, samples.Separation(scored), 0.3)
}

func TestSeedsAreRead(t *testing.T) {
	own, err := ownTexts()
	require.NoError(t, err)
	require.Greater(t, len(own), 150)
	for _, s := range own {
		require.NotEmpty(t, s.Text)
	}
}

func BenchmarkRead(b *testing.B) {
	m := load(b)
	for _, n := range []int{500, 10_000, 100_000, 1_000_000} {
		text := strings.Repeat(prose, n/len(prose)+1)[:n]
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for range b.N {
				m.Read(text)
			}
		})
	}
}

// TestMemoRemembersExactly holds what is remembered to what the table says.
func TestMemoRemembersExactly(t *testing.T) {
	m, err := Load()
	require.NoError(t, err)
	var costs memo
	r := rand.New(rand.NewPCG(47, 53))
	for range 200_000 {
		alphabet, history := ofLetters+uint64(r.IntN(2)), uint64(0)
		for range maxOrder {
			history = push(history, uint8(1+r.IntN(6)))
		}
		require.Equal(t, m.table.cost(alphabet, history), costs.of(m.table, alphabet, history))
	}
}
