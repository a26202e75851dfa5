package secret

import (
	"encoding/base64"
	"fmt"
	"io"
)

const tokenBytes = 32

// NewToken returns 256 random bits as 43 characters of URL-safe base64, for sessions, claims and set-up links.
// Store DigestOf(token) only: who reads the database must not be able to use it.
func NewToken(random io.Reader) (string, error) {
	var raw [tokenBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("secret: read randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}
