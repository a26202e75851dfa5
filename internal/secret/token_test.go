package secret

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func TestNewToken(t *testing.T) {
	first, err := NewToken(rand.Reader)
	require.NoError(t, err)
	second, err := NewToken(rand.Reader)
	require.NoError(t, err)
	require.NotEqual(t, first, second)

	raw, err := base64.RawURLEncoding.DecodeString(first)
	require.NoError(t, err)
	require.Len(t, raw, 32)

	_, err = NewToken(iotest.ErrReader(io.ErrUnexpectedEOF))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestDigest(t *testing.T) {
	digest := DigestOf("abc")
	require.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", digest.Hex(), "FIPS 180-4")
	require.True(t, digest.Equal(DigestOf("abc")))
	require.False(t, digest.Equal(DigestOf("abd")))

	parsed, err := ParseDigest(digest.Hex())
	require.NoError(t, err)
	require.Equal(t, digest, parsed)

	for _, text := range []string{"", "ba78", digest.Hex() + "00", "zz" + digest.Hex()[2:], strings.Repeat("é", 32)} {
		_, err := ParseDigest(text)
		require.ErrorIs(t, err, ErrMalformedDigest, text)
	}
}

func FuzzParseDigest(f *testing.F) {
	f.Add(DigestOf("").Hex())
	f.Add(strings.Repeat("A", 64))
	f.Fuzz(func(t *testing.T, text string) {
		digest, err := ParseDigest(text)
		if err != nil {
			require.Zero(t, digest)
			return
		}
		require.Equal(t, strings.ToLower(text), digest.Hex())
	})
}
