package secret

import (
	"fmt"
	"io"
)

const base62Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// largest multiple of 62 that fits a byte: bytes from here on are thrown away, or the first letters would come up more often.
const base62Unbiased = 256 - 256%len(base62Alphabet)

// maxDiscardedReads bounds the rejection loop: a sound source fails this many times in a row with probability < 2^-300.
const maxDiscardedReads = 64

// randomBase62 returns n characters, each uniform over 62 (5.95 bits).
func randomBase62(random io.Reader, n int) (string, error) {
	out := make([]byte, 0, n)
	buffer := make([]byte, n)
	for range maxDiscardedReads {
		if _, err := io.ReadFull(random, buffer); err != nil {
			return "", fmt.Errorf("secret: read randomness: %w", err)
		}
		for _, b := range buffer {
			if int(b) >= base62Unbiased {
				continue
			}
			out = append(out, base62Alphabet[int(b)%len(base62Alphabet)])
			if len(out) == n {
				return string(out), nil
			}
		}
	}
	return "", fmt.Errorf("secret: the source of randomness keeps returning unusable bytes")
}

func isBase62(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
