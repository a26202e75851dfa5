package ui

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

func page(t testing.TB, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, c.Render(context.Background(), &b))
	return b.String()
}

func tree(t testing.TB, s string) string {
	t.Helper()
	j, ok := ParseJSON(s)
	require.True(t, ok, s)
	return page(t, Tree(j))
}

func TestOnlyObjectsAndListsFold(t *testing.T) {
	for s, want := range map[string]bool{
		`{"a":1}`: true, ` [1]`: true, `{}`: true, ``: false, `   `: false, `"text"`: false, `12`: false, `null`: false,
		`{"a":1} x`: false, `{"a":1}{"b":2}`: false, `{"a":}`: false, `Ignore {this}`: false, `{"a":"` + strings.Repeat("x", maxJSONBytes) + `"}`: false,
	} {
		_, ok := ParseJSON(s)
		require.Equal(t, want, ok, "%.40s", s)
	}
}

func TestATreeShowsEveryValueInItsPlace(t *testing.T) {
	got := tree(t, `{"q":"a<b>\u200b","n":1.50,"deep":{"list":[true,null,{"x":[]}]},"q":"twice"}`)
	for _, want := range []string{"a&lt;b&gt;", "ZWSP", "1.50", "true", "null", "[ ]", ">q:</span> ", "&#34;twice&#34;", "twice", "{ 4 fields }", "[ 3 entries ]"} {
		require.Contains(t, got, want)
	}
	require.Equal(t, 2, strings.Count(got, "<details open>"), "the first two levels are open")
	require.Equal(t, 4, strings.Count(got, "<details"))
	require.NotContains(t, got, "<b>")
}

func TestHugeValuesAreCutWithACount(t *testing.T) {
	got := tree(t, `{"long":"`+strings.Repeat("é", 5_000)+`"}`)
	require.Less(t, len(got), 2_000)
	require.Contains(t, got, "… and 9.6 KB more")
	got = tree(t, "["+strings.TrimSuffix(strings.Repeat("1,", 5_000), ",")+"]")
	require.True(t, strings.Contains(got, "4,001 more are not drawn"), "%.200s", got)
	got = tree(t, strings.Repeat("[", 500)+strings.Repeat("]", 500))
	require.Contains(t, got, "1 more are not drawn")
	require.Equal(t, maxJSONDepth+1, strings.Count(got, "<details"))
}

// A tree is bounded, well-formed and says nothing that the text does not.
func FuzzJSONTree(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":"<script>"}]}`, `[[[[]]]]`, `{"\u202e":"\ud800"}`, "[\"\x00\"]", `{`, `{"a":1,"a":2}`, strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 64<<10 {
			return
		}
		j, ok := ParseJSON(s)
		require.Equal(t, ok, json.Valid([]byte(s)) && strings.IndexAny(strings.TrimLeft(s, " \t\r\n"), "{[") == 0)
		if !ok {
			return
		}
		got := page(t, Tree(j))
		require.LessOrEqual(t, strings.Count(got, "<li"), 2*maxJSONNodes+2)
		require.True(t, utf8.ValidString(got) || !utf8.ValidString(s))
		_, err := html.Parse(strings.NewReader(got))
		require.NoError(t, err)
		require.NotContains(t, got, "<script")
	})
}

func TestChangesShowWhatWasTakenOutAndPutIn(t *testing.T) {
	text := strings.Repeat("before ", 100) + "ann@example.net" + strings.Repeat(" behind", 100) + " 4111"
	at := strings.Index(text, "ann@")
	got := page(t, Changes(text, []Change{
		{Start: len(text) - 4, End: len(text), With: "[CARD_1]"}, {Start: at, End: at + len("ann@example.net"), With: "[EMAIL_1]"},
		{Start: at + 2, End: at + 4, With: "overlaps"}, {Start: 9_999, End: 10_000, With: "outside"},
	}))
	require.Contains(t, got, "ann@example.net</del><ins>")
	require.Contains(t, got, "[EMAIL_1]</ins>")
	require.Less(t, strings.Index(got, "[EMAIL_1]"), strings.Index(got, "[CARD_1]"), "in the order of the text")
	require.Contains(t, got, "stay as they are")
	require.NotContains(t, got, "overlaps")
	require.NotContains(t, got, "outside")
	require.Less(t, len(got), 1_500)
}

func TestManyChangesAreBounded(t *testing.T) {
	text := strings.Repeat("x ", 2*maxChanges)
	changes := make([]Change, 2*maxChanges)
	for i := range changes {
		changes[i] = Change{Start: 2 * i, End: 2*i + 1, With: strconv.Itoa(i)}
	}
	got := page(t, Changes(text, changes))
	require.Equal(t, maxChanges, strings.Count(got, "<ins>"))
	require.Contains(t, got, strconv.Itoa(maxChanges)+" more changes are not drawn")
}
