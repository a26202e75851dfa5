package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
)

// ErrMalformedDigest says that a stored digest is not 64 hexadecimal digits.
var ErrMalformedDigest = errors.New("secret: a digest is 64 hexadecimal digits")

// Digest is the SHA-256 of a secret with at least 256 bits of entropy. Such a secret needs no slow hash and no salt:
// there is no dictionary to try. Never use it for passwords.
type Digest [sha256.Size]byte

// DigestOf returns what may be stored of a high-entropy secret.
func DigestOf(secret string) Digest {
	return sha256.Sum256([]byte(secret))
}

// ParseDigest reads the form that Hex writes.
func ParseDigest(text string) (Digest, error) {
	var digest Digest
	if len(text) != hex.EncodedLen(len(digest)) {
		return Digest{}, ErrMalformedDigest
	}
	if _, err := hex.Decode(digest[:], []byte(text)); err != nil {
		return Digest{}, ErrMalformedDigest
	}
	return digest, nil
}

// Hex returns 64 lower-case hexadecimal digits.
func (d Digest) Hex() string { return hex.EncodeToString(d[:]) }

// Equal compares in constant time.
func (d Digest) Equal(other Digest) bool {
	return subtle.ConstantTimeCompare(d[:], other[:]) == 1
}
