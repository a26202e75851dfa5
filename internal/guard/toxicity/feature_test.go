package toxicity

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// TestWindowsSayWhatTheirTokensSay compares the features of each window of a text that was
// read whole with those of its tokens alone.
func TestWindowsSayWhatTheirTokensSay(t *testing.T) {
	m := load(t)
	r := rand.New(rand.NewPCG(59, 61))
	words := strings.Fields(`they are vermin ! should be exterminated . "we" don't like refugees , women ? kill poison 移民 は 害虫 muslims hello neighbour's 12 garden not never yo bomb !!`)
	windows := 0
	for range 60 {
		var b strings.Builder
		for range 20 + r.IntN(300) {
			b.WriteString(words[r.IntN(len(words))] + []string{" ", " ", "", "\n"}[r.IntN(4)])
		}
		text := textview.Fold(b.String())
		tokens := scan(text, m.lexicon, nil)
		whole, alone := newFeatures(), newFeatures()
		whole.read(text, tokens, m.lexicon)
		eachWindow(len(tokens), func(from, to int) {
			whole.window(text, tokens, from, to, m.lexicon)
			alone.reset()
			alone.said, alone.ends = nil, nil
			alone.walk(text, tokens[from:to], m.lexicon)
			alone.take(alone.said)
			for _, got := range [][2][]uint32{{whole.words, alone.words}, {whole.concepts, alone.concepts}} {
				require.Equal(t, slices.Sorted(slices.Values(got[1])), slices.Sorted(slices.Values(got[0])))
			}
			windows++
		})
	}
	require.Greater(t, windows, 200)
}
