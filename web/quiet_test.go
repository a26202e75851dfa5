package web

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuiet(t *testing.T) {
	for page, want := range map[string]string{
		"<p>Grüße\r\n\t👩‍👧</p>":                                      "<p>Grüße\r\n\t👩‍👧</p>",
		"<p title=\"a\x1bb\">\u202ex</p>":                            `<p title="a␛b">\u{202e}x</p>`,
		"<input name=\"\x1b\" value=\"\x1b\" placeholder=\"\x1b\"/>": "<input name=\"␛\" value=\"\x1b\" placeholder=\"␛\"/>",
		"<textarea id=\"\x1b\">\u202e</textarea>\u202e":              "<textarea id=\"␛\">\u202e</textarea>\\u{202e}",
		"<!-- \x1b --><p>\x1b":                                       "<!-- ␛ --><p>␛",
	} {
		require.Equal(t, want, string(quiet([]byte(page))))
	}
	untouched := []byte("<p>x</p>")
	require.Same(t, &untouched[0], &quiet(untouched)[0])
}

func FuzzQuiet(f *testing.F) {
	f.Add([]byte("<p title=\"\x1b\">\u202e<textarea>\u202e</textarea>"))
	f.Add([]byte("<input value=\"\x1b"))
	f.Fuzz(func(t *testing.T, page []byte) {
		out := quiet(page)
		if bytes.Count(out, []byte("<")) != bytes.Count(page, []byte("<")) || bytes.Count(out, []byte(`"`)) != bytes.Count(page, []byte(`"`)) {
			t.Fatalf("%q became %q", page, out)
		}
	})
}
