package app

import (
	"context"
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
	c.chores = append(c.chores, startChore(ctx, eraseEvery, round, log, "nobody can be erased now"))
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

// VerifyCertificate reads the certificate of an erasure and returns what it says, as JSON. publicKey, in base64, must have
// signed it; "" takes the key of the data folder.
func (c *Core) VerifyCertificate(from io.Reader, publicKey string) ([]byte, error) {
	key, err := c.trustedKey(publicKey)
	if err != nil {
		return nil, err
	}
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
