package review

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

// fingerprint is equal for prompts that differ only in case, spacing, punctuation
// or numbers, so that such Items can be recognised as one cluster.
func fingerprint(prompt string) string {
	var b strings.Builder
	space := true
	for _, r := range prompt {
		switch {
		case unicode.IsLetter(r):
			b.WriteRune(unicode.ToLower(r))
			space = false
		case unicode.IsDigit(r):
			if s := b.String(); len(s) == 0 || s[len(s)-1] != '0' {
				b.WriteByte('0')
			}
			space = false
		case !space:
			b.WriteByte(' ')
			space = true
		}
	}
	sum := sha256.Sum256([]byte(strings.TrimRight(b.String(), " ")))
	return hex.EncodeToString(sum[:8])
}

// excerptRunes is how much of a text a queue line can show.
const excerptRunes = 160

// excerpt is the start of a text on one line.
func excerpt(text string) string {
	var b strings.Builder
	n, space := 0, true
	for _, r := range text {
		if unicode.IsSpace(r) {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		if n == excerptRunes {
			return strings.TrimRight(b.String(), " ") + "…"
		}
		b.WriteRune(r)
		space = false
		n++
	}
	return strings.TrimRight(b.String(), " ")
}
