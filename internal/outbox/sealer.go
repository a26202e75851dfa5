package outbox

import "io"

// Box seals and opens.
type Box interface {
	Opener
	Seal(plain []byte, purpose string) ([]byte, error)
}

// Sealer makes secrets that only an Outbox with the same Box can sign with.
type Sealer struct {
	Box    Box
	Random io.Reader
}

// NewSecret implements review.Sealer.
func (s Sealer) NewSecret() (shown string, sealed []byte, err error) {
	if shown, err = NewSecret(s.Random); err != nil {
		return "", nil, err
	}
	sealed, err = s.Box.Seal([]byte(shown), sealedFor)
	return shown, sealed, err
}

// SealTarget implements review.Sealer.
func (s Sealer) SealTarget(target string) ([]byte, error) {
	return s.Box.Seal([]byte(target), sealedTarget)
}
