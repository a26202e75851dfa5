package secret_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/secret"
)

// backwards stands in for a key management service.
type backwards struct{ broken bool }

func (b backwards) Wrap(_ context.Context, plain []byte) ([]byte, error) { return b.turn(plain) }

func (b backwards) Unwrap(_ context.Context, wrapped []byte) ([]byte, error) { return b.turn(wrapped) }

func (b backwards) turn(text []byte) ([]byte, error) {
	if b.broken {
		return nil, errors.New("the service is away")
	}
	out := bytes.Clone(text)
	for i := range out {
		out[i] ^= 0x55
	}
	return out, nil
}

func newKeyring(t testing.TB) *secret.Keyring {
	t.Helper()
	k, err := secret.NewKeyring()
	require.NoError(t, err)
	return k
}

func TestKeyringOpensWhatItSealedForTheSamePlaceAlone(t *testing.T) {
	k := newKeyring(t)
	for _, size := range []int{0, 1, 100, secret.SealedHead - 1, secret.SealedHead, secret.SealedHead + 1, 3 * secret.SealedHead} {
		text := bytes.Repeat([]byte("abcd"), size/4+1)[:size]
		value, err := k.Seal(k.Primary(), text, "here")
		require.NoError(t, err)
		require.NotContains(t, string(value), "abcdabcd")
		id, sealed := secret.SealedWith(value)
		require.True(t, sealed)
		require.Equal(t, k.Primary(), id)
		prefixes := secret.SealedPrefixes(id)
		require.True(t, bytes.HasPrefix(value, prefixes[0]) || bytes.HasPrefix(value, prefixes[1]))

		opened, err := k.Open(value, "here")
		require.NoError(t, err)
		require.Equal(t, text, append([]byte{}, opened...), size)
		head, err := k.OpenHead(value[:min(len(value), secret.SealedHeadBytes)], "here")
		require.NoError(t, err)
		require.Equal(t, text[:min(size, secret.SealedHead)], append([]byte{}, head...))

		_, err = k.Open(value, "there")
		require.ErrorIs(t, err, secret.ErrChanged)
		_, err = k.OpenHead(value, "there")
		require.ErrorIs(t, err, secret.ErrChanged)
		_, err = newKeyring(t).Open(value, "here")
		require.ErrorAs(t, err, new(secret.UnknownKeyError))
	}
}

func TestKeyringNoticesEveryChange(t *testing.T) {
	k := newKeyring(t)
	for _, size := range []int{10, secret.SealedHead + 10} {
		value, err := k.Seal(k.Primary(), bytes.Repeat([]byte("x"), size), "here")
		require.NoError(t, err)
		step := max(1, len(value)/200)
		for i := 0; i < len(value); i += step {
			changed := bytes.Clone(value)
			changed[i] ^= 1
			_, err := k.Open(changed, "here")
			require.Error(t, err, "byte %d of %d", i, len(value))
		}
		for _, cut := range []int{0, 1, 6, 7, len(value) - 1} {
			_, err := k.Open(value[:cut], "here")
			require.Error(t, err, "cut to %d", cut)
		}
	}
	long := func() []byte {
		value, err := k.Seal(k.Primary(), bytes.Repeat([]byte("x"), secret.SealedHead+10), "here")
		require.NoError(t, err)
		return value
	}
	a, b := long(), long()
	_, err := k.Open(append(a[:secret.SealedHeadBytes:secret.SealedHeadBytes], b[secret.SealedHeadBytes:]...), "here")
	require.ErrorIs(t, err, secret.ErrChanged, "the end of another text")
	_, err = k.Open(a[:secret.SealedHeadBytes], "here")
	require.ErrorIs(t, err, secret.ErrChanged, "without its end")
}

func TestKeyringGetsAndLosesKeys(t *testing.T) {
	old := newKeyring(t)
	value, err := old.Seal(old.Primary(), []byte("text"), "here")
	require.NoError(t, err)
	both, err := old.WithNew()
	require.NoError(t, err)
	require.Len(t, both.IDs(), 2)
	require.NotEqual(t, old.Primary(), both.Primary())
	text, err := both.Open(value, "here")
	require.NoError(t, err)
	require.Equal(t, "text", string(text))
	byOld, err := both.Seal(old.Primary(), []byte("text"), "here")
	require.NoError(t, err)
	_, err = old.Open(byOld, "here")
	require.NoError(t, err, "whoever has not been told yet can read it")
	fresh, err := both.Only(both.Primary())
	require.NoError(t, err)
	require.Equal(t, []uint32{both.Primary()}, fresh.IDs())
	_, err = fresh.Open(value, "here")
	require.ErrorAs(t, err, new(secret.UnknownKeyError))
	_, err = fresh.Seal(old.Primary(), nil, "here")
	require.Error(t, err)
}

func TestKeyringIsReadAgain(t *testing.T) {
	k := newKeyring(t)
	value, err := k.Seal(k.Primary(), []byte("text"), "here")
	require.NoError(t, err)
	for _, by := range []secret.Wrapper{nil, backwards{}} {
		written, err := k.Marshal(t.Context(), by)
		require.NoError(t, err)
		again, wrapped, err := secret.ParseKeyring(t.Context(), written, by)
		require.NoError(t, err)
		require.Equal(t, by != nil, wrapped)
		text, err := again.Open(value, "here")
		require.NoError(t, err)
		require.Equal(t, "text", string(text))
		if by == nil {
			continue
		}
		_, wrapped, err = secret.ParseKeyring(t.Context(), written, nil)
		require.True(t, wrapped)
		require.ErrorContains(t, err, "key management service")
		_, _, err = secret.ParseKeyring(t.Context(), written, backwards{broken: true})
		require.ErrorContains(t, err, "the service is away")
		_, err = k.Marshal(t.Context(), backwards{broken: true})
		require.Error(t, err)
	}
}

func FuzzParseKeyring(f *testing.F) {
	k := newKeyring(f)
	plain, err := k.Marshal(f.Context(), nil)
	require.NoError(f, err)
	wrapped, err := k.Marshal(f.Context(), backwards{})
	require.NoError(f, err)
	for _, seed := range []string{"", "{}", "null", `{"key":[]}`, string(plain), string(wrapped)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, _, err := secret.ParseKeyring(t.Context(), []byte(text), backwards{})
		if err == nil {
			_, err = k.Seal(k.Primary(), []byte("text"), "here")
			require.NoError(t, err)
		} else if secrets := "value\":\""; strings.Contains(text, secrets) {
			require.NotContains(t, err.Error(), secrets)
		}
	})
}

// FuzzOpen: what comes from a database is hostile, too.
func FuzzOpen(f *testing.F) {
	k := newKeyring(f)
	whole, err := k.Seal(k.Primary(), []byte("text"), "here")
	require.NoError(f, err)
	f.Add(whole)
	f.Add(whole[:9])
	f.Add([]byte{0xff, 2, 1})
	f.Fuzz(func(t *testing.T, value []byte) {
		_, _ = k.OpenHead(value, "here")
		text, err := k.Open(value, "here")
		if err == nil {
			require.Equal(t, "text", string(text))
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	k := newKeyring(b)
	text := make([]byte, 2_500)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := k.Seal(k.Primary(), text, "interactions/prompt/0195aa00-0000-7000-8000-00000000beef"); err != nil {
			b.Fatal(err)
		}
	}
}
