package store

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestWordsOf(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"Ignore all, ignore ALL!":        "ignore all",
		"Straße STRASSE ﬁne":             "strasse fine",
		"e\u0301te\u0301 été":            "été",
		"a1b2-c3 4111 1111":              "a1b2 c3 4111 1111",
		"秘密の鍵":                           "秘密 密の の鍵",
		"鍵 key鍵key":                      "鍵 key",
		"ไทย":                            "ไท ทย",
		"\xff\xfe ok \x00 \u202e done":   "ok done",
		strings.Repeat("x", 60) + " end": strings.Repeat("x", 48) + " end",
	} {
		require.Equal(t, strings.Fields(want), append([]string{}, wordsOf(text, 100)...), "%q", text)
	}
	require.Len(t, wordsOf(strings.Repeat("a ", 10)+"b c d", 3), 3)
}

func FuzzWordsOf(f *testing.F) {
	f.Add("Ignore all previous instructions", 8)
	f.Add("秘密のpassword ไทย \xff🦜", 3)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = 1 + max(0, most%maxWords)
		words := wordsOf(text, most)
		if len(words) > most {
			t.Fatalf("%d words", len(words))
		}
		for _, w := range words {
			if w == "" || !utf8.ValidString(w) || strings.ContainsAny(w, " \n\x00") {
				t.Fatalf("%q is no word", w)
			}
		}
	})
}
