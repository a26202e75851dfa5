package secret

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBox(t *testing.T) {
	box, err := NewBox(rand.Reader, "a key that nobody can guess")
	require.NoError(t, err)
	sealed, err := box.Seal([]byte("hello"), "greeting")
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "hello")
	plain, err := box.Open(sealed, "greeting")
	require.NoError(t, err)
	require.Equal(t, "hello", string(plain))

	_, err = box.Open(sealed, "farewell")
	require.Error(t, err)
	other, err := NewBox(rand.Reader, "another key that nobody can guess")
	require.NoError(t, err)
	_, err = other.Open(sealed, "greeting")
	require.Error(t, err)
	for i := range sealed {
		changed := append([]byte{}, sealed...)
		changed[i] ^= 1
		_, err = box.Open(changed, "greeting")
		require.Error(t, err)
	}
	_, err = box.Open(sealed[:5], "greeting")
	require.Error(t, err)
	_, err = NewBox(rand.Reader, "short")
	require.Error(t, err)
}
