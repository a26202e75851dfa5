package secret

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// What a password must be: long enough, and hard to guess (NIST SP 800-63B, 5.1.1.2). No composition rules, no expiry.
const (
	MinPasswordLength = 12   // characters
	MaxPasswordLength = 1024 // bytes; bounds what a log-in may cost
)

// The rules of CheckPassword, each with a message that may be shown to the person who chose the password.
var (
	ErrPasswordTooShort = fmt.Errorf("a password has at least %d characters", MinPasswordLength)
	ErrPasswordTooLong  = fmt.Errorf("a password has at most %d bytes", MaxPasswordLength)
	ErrPasswordEncoding = errors.New("a password is valid UTF-8 text")
)

// currentCost takes about 25 ms and 19 MiB (OWASP Password Storage Cheat Sheet, argon2id).
var currentCost = cost{memoryKiB: 19 * 1024, passes: 2, threads: 1}

const (
	saltBytes           = 16
	keyBytes            = 32
	maxConcurrentHashes = 2
)

// Passwords hashes and verifies passwords, at most two at a time: a burst of log-ins must not take the memory and the
// processors away from screening. Its methods are safe for concurrent use.
type Passwords struct {
	random io.Reader
	slots  chan struct{}
	decoy  argonHash
}

// Verification is the answer to "is this the password?".
type Verification struct {
	Match bool
	// Outdated says that the password matched a hash made with other parameters than today's: hash it anew.
	Outdated bool
}

// NewPasswords reads a salt for the decoy hash from random and keeps random for later salts; random must be safe for
// concurrent use, as crypto/rand.Reader is.
func NewPasswords(random io.Reader) (*Passwords, error) {
	if random == nil {
		return nil, errors.New("secret: no source of randomness")
	}
	salt, err := newSalt(random)
	if err != nil {
		return nil, err
	}
	return &Passwords{
		random: random,
		slots:  make(chan struct{}, maxConcurrentHashes),
		decoy:  argonHash{cost: currentCost, salt: salt, key: make([]byte, keyBytes)},
	}, nil
}

// CheckPassword says whether a new password follows the rules. What is known about the person, such as name and e-mail
// address, is the first that others try.
func CheckPassword(password string, about ...string) error {
	if len(password) > MaxPasswordLength {
		return ErrPasswordTooLong
	}
	if !utf8.ValidString(password) {
		return ErrPasswordEncoding
	}
	if utf8.RuneCountInString(norm.NFC.String(password)) < MinPasswordLength {
		return ErrPasswordTooShort
	}
	if guessable(norm.NFC.String(password), about) {
		return ErrPasswordGuessable
	}
	return nil
}

// Hash checks the rules as CheckPassword does and returns the PHC string to store. It waits for a slot until ctx ends.
func (p *Passwords) Hash(ctx context.Context, password string, about ...string) (string, error) {
	if err := CheckPassword(password, about...); err != nil {
		return "", err
	}
	salt, err := newSalt(p.random)
	if err != nil {
		return "", err
	}
	hash := argonHash{cost: currentCost, salt: salt, key: make([]byte, keyBytes)}
	hash.key, err = p.derive(ctx, password, hash)
	if err != nil {
		return "", err
	}
	return hash.String(), nil
}

// Verify compares a password with a stored PHC string in constant time. It returns ErrMalformedHash for a stored text
// that is no hash and the error of ctx when that ended before a slot was free; a wrong password is not an error.
func (p *Passwords) Verify(ctx context.Context, encoded, password string) (Verification, error) {
	stored, err := parseArgonHash(encoded)
	if err != nil {
		return Verification{}, err
	}
	if len(password) > MaxPasswordLength {
		return Verification{}, nil
	}
	key, err := p.derive(ctx, password, stored)
	if err != nil {
		return Verification{}, err
	}
	if subtle.ConstantTimeCompare(key, stored.key) != 1 {
		return Verification{}, nil
	}
	return Verification{Match: true, Outdated: NeedsRehash(encoded)}, nil
}

// VerifyNobody costs what Verify costs and never matches. Call it for an unknown or disabled user: the time of the answer
// must not tell which e-mail addresses have an account.
func (p *Passwords) VerifyNobody(ctx context.Context, password string) error {
	if len(password) > MaxPasswordLength {
		return nil
	}
	_, err := p.derive(ctx, password, p.decoy)
	return err
}

// NeedsRehash says whether a stored hash was made with other parameters than today's, or is none.
func NeedsRehash(encoded string) bool {
	stored, err := parseArgonHash(encoded)
	return err != nil || stored.cost != currentCost || len(stored.salt) != saltBytes || len(stored.key) != keyBytes
}

func (p *Passwords) derive(ctx context.Context, password string, hash argonHash) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("secret: hash a password: %w", err)
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("secret: wait for a hashing slot: %w", ctx.Err())
	}
	defer func() { <-p.slots }()
	// One keyboard sends é as one code point, another as two: both are the same password (RFC 8265, OpaqueString).
	normal := norm.NFC.String(password)
	return argon2.IDKey([]byte(normal), hash.salt, hash.cost.passes, hash.cost.memoryKiB, hash.cost.threads, uint32(len(hash.key))), nil
}

func newSalt(random io.Reader) ([]byte, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(random, salt); err != nil {
		return nil, fmt.Errorf("secret: read randomness: %w", err)
	}
	return salt, nil
}
