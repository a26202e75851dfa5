package secret

import (
	"errors"
	"hash/crc32"
	"io"
	"log/slog"
	"strings"
)

// The parts of gr_<prefix>_<secret>, in characters of base62. 43 of them carry 256.03 bits.
const (
	apiKeyScheme   = "gr_"
	prefixLength   = 8
	entropyLength  = 43
	checksumLength = 6
	apiKeyLength   = len(apiKeyScheme) + prefixLength + 1 + entropyLength + checksumLength
)

// ErrMalformedAPIKey says that a text cannot be an API key: the wrong shape or a checksum that does not match.
// It never carries the text.
var ErrMalformedAPIKey = errors.New("secret: not a Guardroom API key")

// APIKey is `gr_<prefix>_<secret>`. The prefix is public and finds the stored row; the secret ends in a CRC-32, so that
// a mistyped key is refused without a look at the database and a secret scanner can tell a real key from a lookalike.
// It prints as its prefix only; Reveal is the one way to the whole.
type APIKey struct{ text string }

// NewAPIKey makes a key with 256 random bits.
func NewAPIKey(random io.Reader) (APIKey, error) {
	letters, err := randomBase62(random, prefixLength+entropyLength)
	if err != nil {
		return APIKey{}, err
	}
	body := apiKeyScheme + letters[:prefixLength] + "_" + letters[prefixLength:]
	return APIKey{body + checksum(body)}, nil
}

// ParseAPIKey reads a key as a client sends it; anything else is ErrMalformedAPIKey.
func ParseAPIKey(text string) (APIKey, error) {
	if len(text) != apiKeyLength || !strings.HasPrefix(text, apiKeyScheme) {
		return APIKey{}, ErrMalformedAPIKey
	}
	prefix, secret, found := strings.Cut(text[len(apiKeyScheme):], "_")
	if !found || len(prefix) != prefixLength || !isBase62(prefix) || !isBase62(secret) {
		return APIKey{}, ErrMalformedAPIKey
	}
	body := text[:apiKeyLength-checksumLength]
	if text != body+checksum(body) {
		return APIKey{}, ErrMalformedAPIKey
	}
	return APIKey{text}, nil
}

// Reveal returns the whole key, to be shown to its owner once.
func (k APIKey) Reveal() string { return k.text }

// Prefix returns the public eight characters, unique enough to find the stored digest and to name the key in a list.
func (k APIKey) Prefix() string {
	if k.text == "" {
		return ""
	}
	return k.text[len(apiKeyScheme) : len(apiKeyScheme)+prefixLength]
}

// Digest returns what is stored of the key.
func (k APIKey) Digest() Digest { return DigestOf(k.text) }

// Matches compares with a stored digest in constant time. A caller that found no row compares with the zero Digest, so
// that an unknown prefix costs what a wrong secret costs.
func (k APIKey) Matches(stored Digest) bool { return k.Digest().Equal(stored) }

// String returns the key without its secret.
func (k APIKey) String() string { return apiKeyScheme + k.Prefix() + "_***" }

// GoString keeps %#v from printing the secret.
func (k APIKey) GoString() string { return k.String() }

// LogValue keeps slog from printing the secret.
func (k APIKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

func checksum(body string) string {
	var digits [checksumLength]byte
	sum := crc32.ChecksumIEEE([]byte(body))
	for i := checksumLength - 1; i >= 0; i-- {
		digits[i] = base62Alphabet[sum%uint32(len(base62Alphabet))]
		sum /= uint32(len(base62Alphabet))
	}
	return string(digits[:])
}
