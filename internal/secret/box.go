package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// Box seals what must be read again, such as secrets that sign, with AES-256-GCM under one key.
type Box struct {
	aead   cipher.AEAD
	random io.Reader
}

// NewBox makes a Box of a key of any length that nobody can guess.
func NewBox(random io.Reader, key string) (*Box, error) {
	if len(key) < 16 {
		return nil, errors.New("secret: the key of a box needs at least 16 bytes")
	}
	sum := sha256.Sum256([]byte("guardroom box\x00" + key))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return nil, fmt.Errorf("secret: make a box: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("secret: make a box: %w", err)
	}
	return &Box{aead, random}, nil
}

// Seal seals a text. What it is for is not sealed, and must be the same when it is opened.
func (b *Box) Seal(plain []byte, purpose string) ([]byte, error) {
	nonce := make([]byte, b.aead.NonceSize())
	if _, err := io.ReadFull(b.random, nonce); err != nil {
		return nil, fmt.Errorf("secret: read randomness: %w", err)
	}
	return b.aead.Seal(nonce, nonce, plain, []byte(purpose)), nil
}

// Open opens what Seal sealed. Whoever changed it, or has another key, gets an error.
func (b *Box) Open(sealed []byte, purpose string) ([]byte, error) {
	if len(sealed) < b.aead.NonceSize() {
		return nil, errors.New("secret: this was not sealed")
	}
	n := b.aead.NonceSize()
	plain, err := b.aead.Open(nil, sealed[:n], sealed[n:], []byte(purpose))
	if err != nil {
		return nil, errors.New("secret: this was sealed with another key, or changed")
	}
	return plain, nil
}
