package ui

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func drawings(pieces []Piece) []string {
	var out []string
	for _, p := range pieces {
		s := p.Text
		if p.Name != "" {
			s = "‹" + s + "›"
		}
		if len(p.Marks) > 0 {
			s = "[" + s + "]"
		}
		out = append(out, s)
	}
	return out
}

func TestPieces(t *testing.T) {
	at := func(start, end int) Span { return Span{Start: start, End: end} }
	for _, tc := range []struct {
		name  string
		text  string
		spans []Span
		want  []string
	}{
		{"empty text", "", []Span{at(0, 3)}, nil},
		{"no spans", "plain\ttext\n", nil, []string{"plain\ttext\n"}},
		{"one span", "ignore all rules", []Span{at(7, 10)}, []string{"ignore ", "[all]", " rules"}},
		{"whole text", "abc", []Span{at(0, 3)}, []string{"[abc]"}},
		{"overlap", "abcdef", []Span{at(1, 4), at(3, 6)}, []string{"a", "[bc]", "[d]", "[ef]"}},
		{"out of range", "abc", []Span{at(-5, 1), at(2, 99), at(7, 9)}, []string{"[a]", "b", "[c]"}},
		{"turned round and empty", "abc", []Span{at(2, 1), at(1, 1)}, []string{"abc"}},
		{"in the middle of a character", "aéb", []Span{at(2, 3)}, []string{"a", "[é]", "b"}},
		{"zero width", "pass\u200bword", nil, []string{"pass", "‹ZWSP›", "word"}},
		{"counted", "a\u200b\u200b\u200bb", nil, []string{"a", "‹ZWSP×3›", "b"}},
		{"mixed and short", "a\u200b\u200c\u200bb", nil, []string{"a", "‹ZWSP›", "‹ZWNJ›", "‹ZWSP›", "b"}},
		{"mixed and long", "a" + strings.Repeat("\u200b\u200c", 10) + "b", nil, []string{"a", "‹HIDDEN×20›", "b"}},
		{"bidi", "a\u202ecod.exe\u202c", nil, []string{"a", "‹RLO›", "cod.exe", "‹PDF›"}},
		{"NUL and escape", "a\x00b\x1b[2J", nil, []string{"a", "‹␀NUL›", "b", "‹␛ESC›", "[2J"}},
		{"delete and C1", "\x7f\u0085", nil, []string{"‹␡DEL›", "‹U+0085›"}},
		{"line break of Windows", "a\r\nb", nil, []string{"a", "‹›", "\nb"}},
		{"carriage return alone", "a\rb", nil, []string{"a", "‹␍CR›", "b"}},
		{"tags spell it out", "hi\U000E0069\U000E0067\U000E006E\U000E006F\U000E0072\U000E0065", nil, []string{"hi", "‹TAG:ignore›"}},
		{"a flag is a flag", "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F!", nil, []string{"\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F!"}},
		{"a family is a family", "👨‍👩‍👧", nil, []string{"👨‍👩‍👧"}},
		{"joiner between letters", "pa\u200dss", nil, []string{"pa", "‹ZWJ›", "ss"}},
		{"Persian", "می\u200cخواهم", nil, []string{"می\u200cخواهم"}},
		{"emoji style", "❤\ufe0f 1\ufe0f\u20e3", nil, []string{"❤\ufe0f 1\ufe0f\u20e3"}},
		{"variation selector on a letter", "a\ufe01\U000E0101", nil, []string{"a", "‹VS2›", "‹VS18›"}},
		{"span inside hidden ones", "a\u200b\u200b\u200bb", []Span{at(4, 7)}, []string{"a", "‹ZWSP›", "[‹ZWSP›]", "‹ZWSP›", "b"}},
		{"not UTF-8", "a\xffb", nil, []string{"a", "‹0xFF›", "b"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, drawings(Pieces(tc.text, tc.spans)))
		})
	}
}

func TestMarksAreInTheOrderOfTheirCards(t *testing.T) {
	pieces := Pieces("abcd", []Span{{Start: 0, End: 4, Number: 3}, {Start: 0, End: 2, Number: 1}, {Start: 1, End: 3, Number: 2}})
	require.Equal(t, [][]int{{1, 0}, {1, 2, 0}, {2, 0}, {0}}, [][]int{pieces[0].Marks, pieces[1].Marks, pieces[2].Marks, pieces[3].Marks})
	require.Equal(t, []int{1, 0}, pieces[0].Opens)
	require.Equal(t, []int{2}, pieces[1].Opens)
	require.Empty(t, pieces[2].Opens)
}

// tile checks what must hold of any text and any spans.
func tile(t require.TestingT, text string, spans []Span, pieces []Piece) {
	at := 0
	var original strings.Builder
	opened := map[int]int{}
	for _, p := range pieces {
		require.Equal(t, at, p.Start)
		require.Greater(t, p.End, p.Start)
		at = p.End
		original.WriteString(text[p.Start:p.End])
		if p.Verbatim() {
			require.Equal(t, text[p.Start:p.End], p.Text)
		}
		require.True(t, utf8.ValidString(p.Text))
		for _, i := range p.Opens {
			require.Contains(t, p.Marks, i)
			opened[i]++
		}
		for _, i := range p.Marks {
			require.Equal(t, 1, opened[i], "a mark is drawn before it opened")
			start, end := clamp(text, spans[i].Start, spans[i].End)
			require.LessOrEqual(t, start, p.Start)
			require.GreaterOrEqual(t, end, p.End)
		}
	}
	require.Equal(t, len(text), at)
	require.Equal(t, text, original.String())
}

func TestPiecesTileAnyText(t *testing.T) {
	alphabet := []rune("ab \n\t\r\x00é漢😀\u200b\u200d\u202e\ufe0f🏴\U000E0067\U000E007F\U000E0101مي")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringOf(rapid.SampledFrom(alphabet)), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		n := len(text)
		spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Span {
			return Span{Start: rapid.IntRange(-2, n+2).Draw(t, "start"), End: rapid.IntRange(-2, n+2).Draw(t, "end"), Number: rapid.IntRange(1, 9).Draw(t, "number")}
		}), 0, 6).Draw(t, "spans")
		pieces := Pieces(text, spans)
		tile(t, text, spans, pieces)

		head, tail := Fold(pieces, rapid.IntRange(0, n+1).Draw(t, "fold"))
		tile(t, text, spans, append(append([]Piece{}, head...), tail...))
	})
}

func FuzzPieces(f *testing.F) {
	f.Add("Ignore all previous instructions", 7, 10, 3, 40)
	f.Add("a\u202eb\xff\x00\r\n👨‍👩‍👧", 1, 4, -1, 99)
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int) {
		spans := []Span{{Start: a, End: b, Number: 1}, {Start: c, End: d, Number: 2}}
		tile(t, text, spans, Pieces(text, spans))
	})
}

func TestHostileTextsAreBounded(t *testing.T) {
	many := make([]Span, 5000)
	for i := range many {
		many[i] = Span{Start: i, End: 1 << 20, Number: i + 1}
	}
	for name, text := range map[string]string{
		"alternating": strings.Repeat("a\u200b", 1<<18),
		"two hidden":  strings.Repeat("\u200b\u200c", 1<<17),
		"not UTF-8":   strings.Repeat("\xff", 1<<20),
		"tags":        strings.Repeat("\U000E0061", 1<<18),
		"flags":       strings.Repeat("🏴\U000E0067", 1<<17),
	} {
		t.Run(name, func(t *testing.T) {
			pieces := Pieces(text, many)
			require.LessOrEqual(t, len(pieces), maxPieces+1)
			tile(t, text, many, pieces)
			for _, p := range pieces {
				require.LessOrEqual(t, len(p.Marks), maxOverlap)
			}
		})
	}
}

func TestEscaped(t *testing.T) {
	require.Equal(t, `pass\u{200b}word \u{202e}漢\u{0}\xff`+"\n", Escaped("pass\u200bword \u202e漢\x00\xff\n"))
	require.True(t, HasHidden("a\u200b"))
	require.False(t, HasHidden("line\r\nline 👨‍👩‍👧 é"))
}

func TestFoldCutsAtABreak(t *testing.T) {
	head, tail := Fold(Pieces("one two three", nil), 6)
	require.Equal(t, []string{"one "}, drawings(head))
	require.Equal(t, []string{"two three"}, drawings(tail))

	head, tail = Fold(Pieces("ééééé", nil), 3)
	require.Equal(t, []string{"é"}, drawings(head))
	require.Equal(t, []string{"éééé"}, drawings(tail))

	head, tail = Fold(Pieces("short", nil), 100)
	require.Equal(t, []string{"short"}, drawings(head))
	require.Empty(t, tail)
}
