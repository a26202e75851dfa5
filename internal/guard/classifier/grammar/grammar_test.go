package grammar

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryLanguageWritesBothKinds(t *testing.T) {
	all, err := All()
	require.NoError(t, err)
	written := 0
	for _, g := range all {
		rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // reproducible on purpose
		distinct := map[string]bool{}
		for i := range 200 {
			x := g.Write(i%2 == 0, rnd)
			require.NotEmpty(t, x.Text, g.Lang())
			require.NotContains(t, x.Text, "\uE000")
			for _, b := range builtins {
				require.NotContains(t, x.Text, "<"+b+">", "%s: %s", g.Lang(), x.Kind)
			}
			distinct[x.Text] = true
			written++
		}
		require.Greater(t, len(distinct), 120, "%s says too little", g.Lang())
	}
	require.Equal(t, 200*len(all), written)
}

func TestWritingIsReproducible(t *testing.T) {
	all, err := All()
	require.NoError(t, err)
	for _, g := range all {
		a, b := rand.New(rand.NewPCG(3, 4)), rand.New(rand.NewPCG(3, 4)) //nolint:gosec // reproducible on purpose
		for i := range 20 {
			require.Equal(t, g.Write(i%2 == 0, a), g.Write(i%2 == 0, b))
		}
	}
}

func TestParseTellsWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"hello":                     "before any symbol",
		"= a\nx {y|z":               "line 2",
		"= a\nx } y | z\n<nowhere>": "nobody defines nowhere",
	} {
		_, err := Parse("xx", text, nil)
		require.ErrorContains(t, err, want, text)
	}
}

func TestAGrammarThatNeverEndsDoes(t *testing.T) {
	g, err := Parse("xx", "= attack.loop\na <attack.loop> <attack.loop>", nil)
	require.NoError(t, err)
	rnd := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // reproducible on purpose
	g.symbols["attack.loop"][0] = g.symbols["attack.loop"][0][:2]
	require.Less(t, strings.Count(g.Write(true, rnd).Text, "a"), deepest+2)
}

func FuzzParse(f *testing.F) {
	f.Add("= attack.a\n{b|c} <NAME>")
	f.Add("= a\n{{|}|<b>}\n= b\n<a")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := Parse("xx", text, nil)
		if err != nil || len(g.attacks) == 0 {
			return
		}
		for _, alternatives := range g.symbols {
			require.NotEmpty(t, alternatives)
		}
	})
}
