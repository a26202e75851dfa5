package text

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
)

func TestChoose(t *testing.T) {
	for _, c := range []struct{ set, accept, want string }{
		{"", "", "en"},
		{"", "de-AT,de;q=0.9,en;q=0.8", "de"},
		{"", "fr-FR", "en"},
		{"de", "en", "de"},
		{"en", "de", "en"},
		{"xx", "de", "de"},
		{"nonsense\x00", ";;q=x,", "en"},
	} {
		require.Equal(t, c.want, Choose(c.set, c.accept).String(), "%q %q", c.set, c.accept)
	}
}

func TestWithoutALanguageEnglishIsSpoken(t *testing.T) {
	require.Equal(t, "Nobody has translated this: 7", T(context.Background(), "Nobody has translated this: %d", 7))
	require.Equal(t, "Nobody has translated this: 7", T(With(context.Background(), language.Japanese), "Nobody has translated this: %d", 7))
}

func FuzzChoose(f *testing.F) {
	f.Add("de", "de-AT,de;q=0.9")
	f.Add("\xff", ",,,;q=")
	f.Fuzz(func(t *testing.T, set, accept string) {
		require.Contains(t, printers, Choose(set, accept))
	})
}
