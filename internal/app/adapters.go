package app

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// passwords lets review use secret, which knows no review errors.
type passwords struct{ *secret.Passwords }

func (p passwords) Hash(ctx context.Context, password string, about ...string) (string, error) {
	hash, err := p.Passwords.Hash(ctx, password, about...)
	for _, rule := range []error{secret.ErrPasswordTooShort, secret.ErrPasswordTooLong, secret.ErrPasswordEncoding, secret.ErrPasswordGuessable} {
		if errors.Is(err, rule) {
			return "", review.Errorf(review.CodeUnprocessable, "%v", rule)
		}
	}
	return hash, busy(err)
}

func (p passwords) Verify(ctx context.Context, hash, password string) (bool, error) {
	if hash == "" {
		return false, busy(p.VerifyNobody(ctx, password))
	}
	v, err := p.Passwords.Verify(ctx, hash, password)
	return v.Match, busy(err)
}

// busy: the only wait inside is for a hashing slot.
func busy(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return review.Unavailable(err, "too many sign-ins at once; try again", hashRetry)
	}
	return err
}

// keys lets review mint and read API keys.
type keys struct{}

func (keys) Mint() (key, prefix string, hash []byte, err error) {
	k, err := secret.NewAPIKey(rand.Reader)
	if err != nil {
		return "", "", nil, err
	}
	digest := k.Digest()
	return k.Reveal(), k.Prefix(), digest[:], nil
}

func (keys) Hash(key string) ([]byte, bool) {
	k, err := secret.ParseAPIKey(key)
	if err != nil {
		return nil, false
	}
	digest := k.Digest()
	return digest[:], true
}

func (keys) MintLink() (string, []byte, error) {
	token, err := secret.NewToken(rand.Reader)
	return token, keys{}.HashLink(token), err
}

func (keys) HashLink(token string) []byte {
	digest := secret.DigestOf(token)
	return digest[:]
}

// newID returns a UUIDv7: unique, and ordered by time, which keeps B-trees compact.
func newID() string {
	id, err := uuid.NewV7()
	if err != nil { // the system's randomness is gone; nothing can go on safely
		panic("app: no randomness: " + err.Error())
	}
	return id.String()
}

// newIDAt is the id that newID would have returned at a moment: it begins with the moment, in milliseconds and a fraction.
func newIDAt(at time.Time) string {
	id := uuid.Must(uuid.NewV7())
	ms := at.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	fraction := at.Nanosecond() % int(time.Millisecond) * 4096 / int(time.Millisecond)
	id[6], id[7] = 0x70|byte(fraction>>8), byte(fraction)
	return id.String()
}

// newToken returns a 256-bit token.
func newToken() string {
	t, err := secret.NewToken(rand.Reader)
	if err != nil {
		panic("app: no randomness: " + err.Error())
	}
	return t
}
