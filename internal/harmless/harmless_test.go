package harmless_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/harmless"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"Grüße, 世界 👩‍👩‍👧 e\u0301": "Grüße, 世界 👩‍👩‍👧 e\u0301",
		"\x1b[31mred":   "␛[31mred",
		"a\r\nb\tc\x7f": "a␍␊b␉c␡",
		"\u009b31m":     `\u{9b}31m`,
		"\u202egnp.exe": `\u{202e}gnp.exe`,
		"a\xffb":        "a\ufffdb",
		"x\U000e0041":   `x\u{e0041}`,
		"a\u2028b":      `a\u{2028}b`,
	} {
		require.Equal(t, want, harmless.Visible(text))
	}
	require.Equal(t, "a\nb\tc␍", harmless.Lines("a\nb\tc\r"))
}

func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b]0;x\a", "\u202e\u2066", "\u0085", "\U000e0020", "\xff\xfe", "👩‍👩‍👧"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		seen := harmless.Visible(s)
		if strings.ContainsFunc(seen, harmless.Acts) || !utf8.ValidString(seen) {
			t.Fatalf("%q acts", seen)
		}
		if harmless.Visible(seen) != seen {
			t.Fatalf("%q is not left alone", seen)
		}
		document, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		quiet := harmless.JSON(document)
		if bytes.ContainsFunc(quiet, harmless.Acts) {
			t.Fatalf("%q acts", quiet)
		}
		var before, after string
		if json.Unmarshal(document, &before) != nil || json.Unmarshal(quiet, &after) != nil || before != after {
			t.Fatalf("%q means something else than %q", quiet, document)
		}
	})
}
