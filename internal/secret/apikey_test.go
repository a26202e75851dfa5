package secret

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// zeros is the least random source there is; every base62 letter becomes "0".
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func newKey(t testing.TB, random io.Reader) APIKey {
	t.Helper()
	key, err := NewAPIKey(random)
	require.NoError(t, err)
	return key
}

func TestAPIKeyShape(t *testing.T) {
	key := newKey(t, zeros{})
	require.Equal(t, "gr_00000000_"+strings.Repeat("0", 43)+"4KgoUu", key.Reveal())
	require.Equal(t, "00000000", key.Prefix())
	require.GreaterOrEqual(t, entropyLength*math.Log2(62), 256.0)
}

func TestAPIKeyRoundTrip(t *testing.T) {
	key := newKey(t, rand.Reader)
	parsed, err := ParseAPIKey(key.Reveal())
	require.NoError(t, err)
	require.Equal(t, key, parsed)
	require.True(t, parsed.Matches(key.Digest()))
	require.False(t, parsed.Matches(Digest{}), "an unknown prefix")
	require.False(t, parsed.Matches(newKey(t, rand.Reader).Digest()))
}

func TestAPIKeyNeverPrintsItsSecret(t *testing.T) {
	key := newKey(t, rand.Reader)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("added", "key", key)
	printed := fmt.Sprintf("%v %+v %#v %s %q", key, key, key, key, key) + log.String()
	require.Contains(t, printed, "gr_"+key.Prefix()+"_***")
	require.NotContains(t, printed, key.Reveal()[len("gr_")+prefixLength+1:])
	require.Equal(t, "gr__***", APIKey{}.String())
}

func TestParseAPIKeyRefuses(t *testing.T) {
	good := newKey(t, zeros{}).Reveal()
	for name, text := range map[string]string{
		"empty":               "",
		"another scheme":      "sk_" + good[3:],
		"too short":           good[:len(good)-1],
		"too long":            good + "0",
		"a wrong checksum":    good[:len(good)-1] + "y",
		"a changed prefix":    "gr_10000000" + good[11:],
		"a moved underscore":  "gr_0000000_0" + good[12:],
		"a letter of no base": strings.Replace(good, "0000", "00-0", 1),
		"a NUL":               strings.Replace(good, "0000", "00\x000", 1),
		"space around":        " " + good[:len(good)-1],
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseAPIKey(text)
			require.Equal(t, ErrMalformedAPIKey, err)
		})
	}
}

func TestEveryMistypedLetterIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 128, 128).Draw(t, "randomness")
		key, err := NewAPIKey(io.MultiReader(bytes.NewReader(raw), zeros{}))
		require.NoError(t, err)
		letters := []byte(key.Reveal())
		at := rapid.IntRange(0, len(letters)-1).Draw(t, "position")
		letters[at] ^= rapid.ByteRange(1, 255).Draw(t, "change")
		_, err = ParseAPIKey(string(letters))
		require.ErrorIs(t, err, ErrMalformedAPIKey)
	})
}

func TestRandomBase62(t *testing.T) {
	t.Run("uniform", func(t *testing.T) {
		every := make([]byte, 256)
		for i := range every {
			every[i] = byte(len(every) - 1 - i)
		}
		text, err := randomBase62(io.MultiReader(bytes.NewReader(every), zeros{}), len(every))
		require.NoError(t, err)
		for _, letter := range base62Alphabet[1:] {
			require.Equal(t, 4, strings.Count(text, string(letter)), "the eight bytes that do not divide evenly are thrown away")
		}
	})
	t.Run("a source that is stuck", func(t *testing.T) {
		_, err := randomBase62(bytes.NewReader(bytes.Repeat([]byte{0xff}, 1<<16)), 8)
		require.ErrorContains(t, err, "unusable")
	})
	t.Run("a source that fails", func(t *testing.T) {
		_, err := NewAPIKey(iotest.ErrReader(io.ErrClosedPipe))
		require.ErrorIs(t, err, io.ErrClosedPipe)
	})
}

func FuzzParseAPIKey(f *testing.F) {
	f.Add(newKey(f, zeros{}).Reveal())
	f.Add(newKey(f, rand.Reader).Reveal())
	f.Add("gr__")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseAPIKey(text)
		if err != nil {
			require.Equal(t, ErrMalformedAPIKey, err)
			require.Zero(t, key)
			return
		}
		require.Equal(t, text, key.Reveal())
		require.Len(t, key.Prefix(), prefixLength)
	})
}
