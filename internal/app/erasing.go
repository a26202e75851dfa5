package app

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"log/slog"
	"time"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/review"
)

// eraseEvery is how often a server goes on with erasures, and forgets those users itself.
const eraseEvery = 5 * time.Second

// erase carries erasures out, until Close.
func (c *Core) erase(ctx context.Context, log *slog.Logger) {
	round := func(ctx context.Context) error { return c.Service.CarryOut(ctx, c.conduct.Forget, unhurried) }
	c.start(ctx, "erasures", eraseEvery, round, log, "nobody can be erased now")
}

// certify is the certificate of a finished erasure, as JSON.
func (c *Core) certify(e review.Erasure, app string) ([]byte, error) {
	signer, err := auditSigner(c.storage)
	if err != nil {
		return nil, err
	}
	certificate, err := signer.Certify(e, app)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(certificate, "", "  ")
}

// VerifyCertificate reads the certificate of an erasure and returns what it says, as JSON. The key of the data folder must
// have signed it.
func (c *Core) VerifyCertificate(from io.Reader) ([]byte, error) {
	key, err := c.trustedKey("")
	if err != nil {
		return nil, err
	}
	return verifyCertificate(from, key)
}

// VerifyCertificate is that of a Core for who has no data folder, and the public key in base64.
func VerifyCertificate(from io.Reader, publicKey string) ([]byte, error) {
	key, err := audit.DecodeKey(publicKey)
	if err != nil {
		return nil, review.Errorf(review.CodeUnprocessable, "%v", err)
	}
	return verifyCertificate(from, key)
}

func verifyCertificate(from io.Reader, key ed25519.PublicKey) ([]byte, error) {
	document, err := io.ReadAll(io.LimitReader(from, 1<<20))
	if err != nil {
		return nil, review.Wrap(review.CodeUnprocessable, err, "the certificate cannot be read")
	}
	statement, err := audit.ReadCertificate(document, key)
	if err != nil {
		return nil, review.Errorf(review.CodeUnprocessable, "%v", err)
	}
	return json.MarshalIndent(statement, "", "  ")
}
