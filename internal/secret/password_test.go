package secret

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"
)

const goodPassword = "correct horse battery"

func newPasswords(t testing.TB) *Passwords {
	t.Helper()
	passwords, err := NewPasswords(rand.Reader)
	require.NoError(t, err)
	return passwords
}

func TestCheckPassword(t *testing.T) {
	long := strings.Repeat("seven purple walruses sing, ", 40)
	about := []string{"Annegret Weberknecht", "a.weberknecht@departments.example.com"}
	for _, c := range []struct {
		name, password string
		want           error
	}{
		{"empty", "", ErrPasswordTooShort},
		{"twelve", "vKq7 zPw2 ux", nil},
		{"too short, however strong", "vKq7 zPw2 u", ErrPasswordTooShort},
		{"eleven characters in many bytes", "éàüöäßêñôûî", ErrPasswordTooShort},
		{"decomposed characters count once", strings.Repeat("e\u0301", 11), ErrPasswordTooShort},
		{"twelve characters of Chinese", "我们昨天在河边看见三只鹤飞", nil},
		{"1024 bytes", long[:1024], nil},
		{"1025 bytes", long[:1025], ErrPasswordTooLong},
		{"invalid UTF-8", "seven purple walruses\xff", ErrPasswordEncoding},
		{"words that do not belong together", goodPassword, nil},
		{"no capital, digit or sign is asked for", "walruses sing seven", nil},
		{"one letter", strings.Repeat("a", 12), ErrPasswordGuessable},
		{"one letter of Chinese", strings.Repeat("密", 12), ErrPasswordGuessable},
		{"one letter, a thousand times", strings.Repeat("a", 1024), ErrPasswordGuessable},
		{"a word twice", "walruswalrus", ErrPasswordGuessable},
		{"a piece many times", strings.Repeat("ab1!", 25), ErrPasswordGuessable},
		{"capitals, digits and signs on the most common one", "P@ssw0rd1234!", ErrPasswordGuessable},
		{"a row of keys", "qwertyuiopas", ErrPasswordGuessable},
		{"the alphabet", "abcdefghijklmn", ErrPasswordGuessable},
		{"digits in a row", "123456789012", ErrPasswordGuessable},
		{"seasons and years", "winter2026summer", ErrPasswordGuessable},
		{"what this program is called", "guardroom2026!", ErrPasswordGuessable},
		{"the person's name", "weberknecht1985", ErrPasswordGuessable},
		{"both names", "AnnegretWeberknecht", ErrPasswordGuessable},
		{"the address", "departments.example", ErrPasswordGuessable},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, CheckPassword(c.password, about...))
		})
	}
	require.NoError(t, CheckPassword("weberknecht1985 tulip", "Somebody Else"), "only one's own name counts")
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("", "")
	f.Add(strings.Repeat("2024-01-01pass", 74), "Ann")
	f.Add("e\u0301\xff"+strings.Repeat("密", 40), "a@b")
	f.Fuzz(func(t *testing.T, password, about string) {
		if CheckPassword(password, about) != nil {
			return
		}
		require.True(t, utf8.ValidString(password))
		require.LessOrEqual(t, len(password), MaxPasswordLength)
		require.GreaterOrEqual(t, utf8.RuneCountInString(password), MinPasswordLength)
		_, size := utf8.DecodeRuneInString(password)
		require.Error(t, CheckPassword(strings.Repeat(password[:size], 24), about), "one letter, however often")
	})
}

// The dearest text known for its length: dates, rows and words overlap everywhere.
func BenchmarkCheckPassword(b *testing.B) {
	password := strings.Repeat("2024-01-01pass", 7) + "x"
	for b.Loop() {
		if err := CheckPassword(password, "Ann Weber", "ann@example.org"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestHashVerifies(t *testing.T) {
	passwords := newPasswords(t)
	encoded, err := passwords.Hash(t.Context(), goodPassword)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$"), encoded)
	require.False(t, NeedsRehash(encoded))

	for _, c := range []struct {
		name, password string
		want           Verification
	}{
		{"right", goodPassword, Verification{Match: true}},
		{"wrong", goodPassword + "!", Verification{}},
		{"empty", "", Verification{}},
		{"too long to be one", strings.Repeat("a", MaxPasswordLength+1), Verification{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := passwords.Verify(t.Context(), encoded, c.password)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestHashIsSaltedAndRefusesBadPasswords(t *testing.T) {
	passwords := newPasswords(t)
	first, err := passwords.Hash(t.Context(), goodPassword)
	require.NoError(t, err)
	second, err := passwords.Hash(t.Context(), goodPassword)
	require.NoError(t, err)
	require.NotEqual(t, first, second)

	_, err = passwords.Hash(t.Context(), "short")
	require.ErrorIs(t, err, ErrPasswordTooShort)
}

func TestBothSpellingsOfAnAccentAreOnePassword(t *testing.T) {
	passwords := newPasswords(t)
	encoded, err := passwords.Hash(t.Context(), "caf\u00e9 au lait, s'il vous plait")
	require.NoError(t, err)
	got, err := passwords.Verify(t.Context(), encoded, "cafe\u0301 au lait, s'il vous plait")
	require.NoError(t, err)
	require.True(t, got.Match)
}

func TestVerifyTellsOutdatedParameters(t *testing.T) {
	old := argonHash{cost: cost{memoryKiB: 64, passes: 1, threads: 1}, salt: []byte("0123456789abcdef")}
	old.key = argon2.IDKey([]byte(goodPassword), old.salt, 1, 64, 1, 32)
	passwords := newPasswords(t)

	got, err := passwords.Verify(t.Context(), old.String(), goodPassword)
	require.NoError(t, err)
	require.Equal(t, Verification{Match: true, Outdated: true}, got)

	got, err = passwords.Verify(t.Context(), old.String(), "a wrong password")
	require.NoError(t, err)
	require.Equal(t, Verification{}, got, "a wrong password must not ask for a new hash")
	require.True(t, NeedsRehash("plain text"))
}

// The vector comes from the reference implementation's test.c (argon2id, version 0x13, t=2, m=2^8, p=1).
func TestVerifyReadsTheReferenceVector(t *testing.T) {
	const encoded = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	got, err := newPasswords(t).Verify(t.Context(), encoded, "password")
	require.NoError(t, err)
	require.Equal(t, Verification{Match: true, Outdated: true}, got)
}

func TestVerifyRefusesHostileHashes(t *testing.T) {
	const salt, key = "MDEyMzQ1Njc4OWFiY2RlZg", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for name, encoded := range map[string]string{
		"empty":                 "",
		"plain text":            "hunter2",
		"another scheme":        "$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + key,
		"an old version":        "$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + key,
		"gigabytes of memory":   "$argon2id$v=19$m=4194304,t=1,p=1$" + salt + "$" + key,
		"endless passes":        "$argon2id$v=19$m=64,t=4000000000,p=1$" + salt + "$" + key,
		"no passes":             "$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"no threads":            "$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + key,
		"too little memory":     "$argon2id$v=19$m=64,t=1,p=16$" + salt + "$" + key,
		"a signed number":       "$argon2id$v=19$m=+64,t=1,p=1$" + salt + "$" + key,
		"a leading zero":        "$argon2id$v=19$m=064,t=1,p=1$" + salt + "$" + key,
		"parameters disordered": "$argon2id$v=19$t=1,m=64,p=1$" + salt + "$" + key,
		"a short salt":          "$argon2id$v=19$m=64,t=1,p=1$MDEy$" + key,
		"a short key":           "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$MDEy",
		"an empty key":          "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$",
		"a line break":          "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key + "\n",
		"one field more":        "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key + "$",
		"very long":             "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + strings.Repeat("A", 600),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := newPasswords(t).Verify(t.Context(), encoded, goodPassword)
			require.ErrorIs(t, err, ErrMalformedHash)
			require.Zero(t, got)
		})
	}
}

func TestOnlyTwoHashAtATime(t *testing.T) {
	passwords := newPasswords(t)
	for range maxConcurrentHashes {
		passwords.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	failures := make(chan error, 1)
	waiting.Go(func() { failures <- passwords.VerifyNobody(ctx, goodPassword) })
	cancel()
	waiting.Wait()
	require.ErrorIs(t, <-failures, context.Canceled)

	<-passwords.slots
	require.NoError(t, passwords.VerifyNobody(t.Context(), goodPassword), "a free slot is used")
}

func TestVerifyNobodyDerivesWithTodaysCost(t *testing.T) {
	passwords := newPasswords(t)
	require.Equal(t, currentCost, passwords.decoy.cost)
	require.Len(t, passwords.decoy.salt, saltBytes)
	require.Len(t, passwords.decoy.key, keyBytes)
	require.NoError(t, passwords.VerifyNobody(t.Context(), strings.Repeat("a", MaxPasswordLength+1)))

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, passwords.VerifyNobody(ended, goodPassword), context.Canceled, "it takes a slot, as Verify does")
}

func TestPasswordsNeedRandomness(t *testing.T) {
	_, err := NewPasswords(nil)
	require.Error(t, err)

	broken := errors.New("no entropy")
	_, err = NewPasswords(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)

	_, err = (&Passwords{random: iotest.ErrReader(broken), slots: make(chan struct{}, 1)}).Hash(t.Context(), goodPassword)
	require.ErrorIs(t, err, broken)
}

func FuzzParseArgonHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, encoded string) {
		hash, err := parseArgonHash(encoded)
		if err != nil {
			require.ErrorIs(t, err, ErrMalformedHash)
			return
		}
		require.Equal(t, encoded, hash.String(), "one hash has one spelling")
		require.LessOrEqual(t, hash.cost.memoryKiB, uint32(maxMemoryKiB))
		require.LessOrEqual(t, hash.cost.passes, uint32(maxPasses))
	})
}

func BenchmarkVerify(b *testing.B) {
	passwords := newPasswords(b)
	encoded, err := passwords.Hash(b.Context(), goodPassword)
	require.NoError(b, err)
	for b.Loop() {
		if _, err := passwords.Verify(b.Context(), encoded, goodPassword); err != nil {
			b.Fatal(err)
		}
	}
}
