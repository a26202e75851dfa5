package secret

import (
	"bytes"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"image/png"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

const (
	totpBytes  = 20 // as long as the hash (RFC 4226, 4)
	totpPeriod = 30 // seconds
	totpDigits = 6
	totpSkew   = 1 // steps that a clock may be off (RFC 6238, 5.2)
)

// NewTOTP returns what an authenticator app and we share, in base32.
func NewTOTP(random io.Reader) (string, error) {
	raw := make([]byte, totpBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("secret: read randomness: %w", err)
	}
	return base32.StdEncoding.EncodeToString(raw), nil
}

// TOTPAddress is what an authenticator app reads from a picture (the Key URI format).
func TOTPAddress(shared, issuer, account string) string {
	query := url.Values{"secret": {shared}, "issuer": {issuer}}
	return (&url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account, RawQuery: query.Encode()}).String()
}

// TOTPPicture draws the address as a QR code of so many pixels, as a PNG.
func TOTPPicture(address string, pixels int) ([]byte, error) {
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return nil, fmt.Errorf("secret: draw a QR code: %w", err)
	}
	picture, err := key.Image(pixels, pixels)
	if err != nil {
		return nil, fmt.Errorf("secret: draw a QR code: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("secret: draw a QR code: %w", err)
	}
	return b.Bytes(), nil
}

// CheckTOTP tells whether a code is that of now, or of the step before or after, and later than the step of the last one
// that was taken: a code that somebody looked at over a shoulder works no second time. It returns the code's step.
func CheckTOTP(shared, code string, now time.Time, last int64) (step int64, ok bool, err error) {
	code = strings.Join(strings.Fields(code), "")
	current := now.Unix() / totpPeriod
	for candidate := current - totpSkew; candidate <= current+totpSkew; candidate++ {
		want, err := totp.GenerateCodeCustom(shared, time.Unix(candidate*totpPeriod, 0), totp.ValidateOpts{
			Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err != nil {
			return 0, false, fmt.Errorf("secret: this is no shared secret of an authenticator app: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && candidate > last {
			step, ok = candidate, true
		}
	}
	return step, ok, nil
}

// recoveryAlphabet leaves out what looks alike (Crockford).
const recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

const recoveryGroups = 4

// NewRecoveryCode returns 80 random bits as four groups of four characters.
func NewRecoveryCode(random io.Reader) (string, error) {
	raw := make([]byte, 4*recoveryGroups)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("secret: read randomness: %w", err)
	}
	groups := make([]string, recoveryGroups)
	for i, b := range raw {
		groups[i/4] += string(recoveryAlphabet[b%32]) // 32 divides 256: no character comes up more often
	}
	return strings.Join(groups, "-"), nil
}

// RecoveryDigest is what is stored of a recovery code, however it is typed; false when it cannot be one.
func RecoveryDigest(code string) (Digest, bool) {
	var plain strings.Builder
	for _, r := range strings.ToLower(code[:min(len(code), 64)]) {
		switch {
		case strings.ContainsRune(recoveryAlphabet, r):
			plain.WriteRune(r)
		case r == 'o':
			plain.WriteByte('0')
		case r == 'i' || r == 'l':
			plain.WriteByte('1')
		case r != '-' && r != ' ':
			return Digest{}, false
		}
	}
	if plain.Len() != 4*recoveryGroups {
		return Digest{}, false
	}
	return DigestOf("recovery\n" + plain.String()), true
}
