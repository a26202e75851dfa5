package detectors

import (
	"cmp"
	"context"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAutomaton(t *testing.T) {
	a := newAutomaton(map[string][]int32{"he": {1}, "she": {2}, "hers": {3}, edge + "his": {4}, "is" + edge: {5}, "忽略": {6, 7}})
	type found struct {
		id  int32
		end int
	}
	scan := func(text string) (out []found) {
		a.scan(text, func(id int32, end int) { out = append(out, found{id, end}) })
		return out
	}
	require.Equal(t, []found{{2, 4}, {1, 4}, {3, 6}}, scan("ushers"))
	require.Equal(t, []found{{4, 3}, {5, 3}}, scan("his"))
	require.Empty(t, scan("thist"))
	require.Equal(t, []found{{5, 4}}, scan("this"))
	require.Equal(t, []found{{6, 9}, {7, 9}}, scan("请忽略"))
	require.Empty(t, scan(""))
	require.Nil(t, newAutomaton(map[string][]int32{strings.Repeat("x", maxStates): {0}}))
}

// TestLongTextsAreWalkedInParts compares what is found in texts that are walked through in
// parts, of all lengths about the borders, with what stands in them.
func TestLongTextsAreWalkedInParts(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 43))
	letters := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "ab "[r.IntN(3)]
		}
		return string(b)
	}
	ran := 0
	for range 60 {
		words := map[string][]int32{}
		for id := range int32(12) {
			words[[]string{"", edge}[r.IntN(2)]+letters(1+r.IntN(9))+[]string{"", edge}[r.IntN(2)]] = []int32{id}
		}
		a := newAutomaton(words)
		for _, size := range []int{0, 1, 140 + r.IntN(80), 1000 + r.IntN(100), lanes*laneBytes + r.IntN(300), 2*lanes*laneBytes - r.IntN(300), 20000} {
			text := letters(size)
			var want, got [][2]int
			for end := 1; end <= len(text); end++ {
				for spelled, ids := range words {
					w := strings.ReplaceAll(spelled, edge, "")
					start := end - len(w)
					if !strings.HasSuffix(text[:end], w) || strings.HasPrefix(spelled, edge) && start > 0 && wordByte(text[start-1]) ||
						strings.HasSuffix(spelled, edge) && end < len(text) && wordByte(text[end]) {
						continue
					}
					want = append(want, [2]int{end, int(ids[0])})
				}
			}
			a.scan(text, func(id int32, end int) { got = append(got, [2]int{end, int(id)}) })
			require.True(t, slices.IsSortedFunc(got, func(a, b [2]int) int { return a[0] - b[0] }))
			slices.SortFunc(want, compareFound)
			slices.SortFunc(got, compareFound)
			require.Equal(t, want, got, "%q", words)
			require.Equal(t, len(want) > 0, a.has(text))
			ran++
		}
	}
	require.Equal(t, 60*7, ran)
}

func compareFound(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) }

func TestNeeds(t *testing.T) {
	cases := map[string][]needs{
		`ignore`:                          {{{"ignore"}}},
		`\bignor(?:e|ing)\b`:              {{{edge + "ignor" + "e" + edge, edge + "ignoring" + edge}}},
		`ab[\s[:punct:]]+cd`:              {{{"ab" + edge}, {edge + "cd"}}},
		`ab.*cd`:                          {{{"ab"}, {"cd"}}},
		`(?:ab|cd)?ef`:                    {{{"abef", "cdef", "ef"}}},
		`ab(?:\S+\s+){0,2}cd`:             {{{"ab"}, {"cd"}}},
		`x(?:ab.*cd|ef.*gh)`:              {{{"xab"}, {"cd"}}, {{"xef"}, {"gh"}}},
		`(?:\b(?:ab\w+|cd\w+))+`:          {{{edge + "ab", edge + "cd"}}},
		`(?:(?:un|re)(?:do\w*|able\w*))+`: {{{"undo", "redo", "unable", "reable"}}},
		`x(?:ab\w+|\w+)`:                  nil,
		`a?`:                              nil,
		`[a-z]+`:                          nil,
		`(?:ab.*|[xy]+)`:                  nil,
	}
	for expr, want := range cases {
		got, err := needsOf(expr)
		require.NoError(t, err)
		require.Equal(t, want, got, expr)
	}
}

func TestExpand(t *testing.T) {
	words := vocabulary{"verb": "ignore|forget"}
	got, err := expand(`\b{verb} ~2the\ rules`, words)
	require.NoError(t, err)
	require.Equal(t, `\b(?:ignore|forget)`+gapExpr+`(?:\S+\s+){0,2}the\ rules`, got)
	_, err = expand(`{noun}`, words)
	require.ErrorContains(t, err, "{noun}")
}

func TestRulesetsRefuse(t *testing.T) {
	for name, rules := range map[string][]rule{
		"twice":      {{"a", "ignore", 0.5}, {"a", "forget", 0.5}},
		"weight":     {{"a", "ignore", 1}},
		"expression": {{"a", "(ignore", 0.5}},
		"no word":    {{"a", `[a-z]+`, 0.5}},
		"vocabulary": {{"a", "{x}", 0.5}},
	} {
		_, err := newRuleset(rules, nil)
		require.Error(t, err, name)
	}
}

// TestNoRuleIsPassedOver holds that what a pattern matches on its own is found by the
// set, too: the words that let rules be passed over lose nothing.
func TestNoRuleIsPassedOver(t *testing.T) {
	tried := 0
	for id, set := range ruleFamilies(t) {
		for r, pattern := range set.patterns {
			texts := rapid.StringMatching(generable(pattern))
			for seed := range 12 {
				text := "so " + texts.Example(seed) + " ok"
				at := pattern.FindStringIndex(text)
				if at == nil || at[1]-at[0] > reach/2 {
					continue // a word edge that the text happens not to have, or a leap
				}
				hits, complete, err := set.find(context.Background(), text, newAllowance(len(text)))
				require.NoError(t, err)
				require.True(t, complete)
				found := false
				for _, h := range hits {
					found = found || h.rule == r
				}
				require.True(t, found, "%s %s on %q", id, set.rules[r].name, text)
				tried++
			}
		}
	}
	require.Greater(t, tried, 500)
}

// generable writes an expression without what texts cannot be made from: word edges
// become nothing, and gaps plain.
func generable(pattern *regexp.Regexp) string {
	return strings.NewReplacer(`\b`, ``, gapExpr, ` `, `\S+`, `[a-z]{1,6}`, `\s+`, ` `, `\s*`, ` ?`, `\w+`, `[a-z]{1,6}`, `\w*`, `[a-z]{0,3}`,
		`\p{L}*`, `[а-я]{0,3}`, `\p{L}+`, `[а-я]{1,3}`, `\p{Hangul}`, `[가-힣]`, `$`, ``, `^`, ``).Replace(pattern.String())
}

func TestFindLooksAcrossTheWholeText(t *testing.T) {
	set, err := newRuleset([]rule{{"a", `\bignore ~2rules?\b`, 0.5}}, nil)
	require.NoError(t, err)
	pad := strings.Repeat("some words ", 9_000)
	text := "ignore rules " + pad + "ignore all the rules. " + pad + "rules ignore the rules"
	hits, complete, err := set.find(context.Background(), text, newAllowance(len(text)))
	require.NoError(t, err)
	require.True(t, complete)
	var got []string
	for _, h := range hits {
		got = append(got, text[h.start:h.end])
	}
	require.Equal(t, []string{"ignore rules", "ignore all the rules", "ignore the rules"}, got)

	many := strings.Repeat("ignore the. rules ", 20_000)
	_, complete, err = set.find(context.Background(), many, newAllowance(len(many)))
	require.NoError(t, err)
	require.False(t, complete, "the cost is bounded, and it is told")

	far := "ignore rule-" + strings.Repeat("x", reach-20) + " rules and rules"
	hits, _, err = set.find(context.Background(), far, newAllowance(len(far)))
	require.NoError(t, err)
	require.Len(t, hits, 1, "a word that comes too early hides none that comes in time")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err = set.find(ctx, text, newAllowance(len(text)))
	require.ErrorIs(t, err, context.Canceled)
}
