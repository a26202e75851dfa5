package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/siem"
)

// auditKeyName is the file with the key that signs checkpoints, in the data folder.
const auditKeyName = "audit.key"

func auditSigner(storage config.Storage) (audit.Signer, error) {
	text := storage.AuditKey.Reveal()
	if text == "" {
		var err error
		if text, err = folderKey(storage.Data, auditKeyName); err != nil {
			return audit.Signer{}, fmt.Errorf("the key that signs checkpoints: %w", err)
		}
	}
	return audit.NewSigner(text)
}

// AuditReport is what verifying the audit chain found.
type AuditReport struct {
	audit.Report
	Checkpoints int // that the chain was held against
}

// String says it in one line.
func (r AuditReport) String() string {
	if !r.OK() {
		return fmt.Sprintf("BROKEN at event %d: %s; the %d before it are as they were written", r.Broken, r.Reason, r.Head.Seq)
	}
	against := "without a checkpoint, so nothing is said about events cut off from its end"
	if r.Checkpoints > 0 {
		against = fmt.Sprintf("held against %d signed checkpoints", r.Checkpoints)
	}
	return fmt.Sprintf("OK: %d events, the last one %x, %s", r.Head.Seq, r.Head.Hash, against)
}

// ErrBrokenChain says that the audit chain is not what was written.
var ErrBrokenChain = errors.New("the audit chain is broken")

// VerifyAudit reads the whole audit chain and holds it against the checkpoints in a
// file, when one is named. publicKey, in base64, must have signed them; "" takes the key
// of the data folder.
func (c *Core) VerifyAudit(ctx context.Context, checkpointFile, publicKey string) (AuditReport, error) {
	var checkpoints []audit.Checkpoint
	if checkpointFile != "" {
		key, err := c.trustedKey(publicKey)
		if err != nil {
			return AuditReport{}, err
		}
		if checkpoints, err = readCheckpoints(checkpointFile, key); err != nil {
			return AuditReport{}, err
		}
	}
	report, err := c.Store.VerifyChain(ctx, checkpoints...)
	return AuditReport{report, len(checkpoints)}, err
}

func (c *Core) trustedKey(publicKey string) (ed25519.PublicKey, error) {
	if publicKey != "" {
		key, err := audit.DecodeKey(publicKey)
		if err != nil {
			return nil, review.Errorf(review.CodeUnprocessable, "%v", err)
		}
		return key, nil
	}
	signer, err := auditSigner(c.storage)
	if err != nil {
		return nil, err
	}
	return signer.PublicKey(), nil
}

func readCheckpoints(path string, key ed25519.PublicKey) ([]audit.Checkpoint, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, review.Wrap(review.CodeUnprocessable, err, "the checkpoints cannot be read")
	}
	defer file.Close()
	checkpoints, err := audit.ReadCheckpoints(file)
	if err == nil && len(checkpoints) == 0 {
		err = errors.New("there is none in the file")
	}
	for _, c := range checkpoints {
		err = errors.Join(err, c.Verify(key))
	}
	if err != nil {
		return nil, review.Wrap(review.CodeUnprocessable, err, "the checkpoints cannot be used")
	}
	return checkpoints, nil
}

// Checkpoint signs the end of the audit chain. It does not look at what is before it.
func (c *Core) Checkpoint(ctx context.Context) (audit.Checkpoint, error) {
	signer, err := auditSigner(c.storage)
	if err != nil {
		return audit.Checkpoint{}, err
	}
	head, err := c.Store.ChainHead(ctx)
	if err != nil {
		return audit.Checkpoint{}, err
	}
	if head.Seq == 0 {
		return audit.Checkpoint{}, review.Errorf(review.CodeNotFound, "the audit chain is empty: there is nothing to sign")
	}
	return signer.Sign(head, c.clock()), nil
}

// AuditKey is the public key of the checkpoints, in base64.
func (c *Core) AuditKey() (string, error) {
	signer, err := auditSigner(c.storage)
	if err != nil {
		return "", err
	}
	return audit.EncodeKey(signer.PublicKey()), nil
}

// witness is where checkpoints go, and the last one that it has.
type witness struct {
	put  func(context.Context, audit.Checkpoint) error
	last int64
}

// checkpoints hands a signed checkpoint to the file and the address of the settings whenever the chain has grown, from now on until Close. Who could
// not take one gets the next; what they have of it proves what was before, too.
func (c *Core) checkpoints(ctx context.Context, settings config.Audit, log *slog.Logger) {
	witnesses := witnessesOf(settings)
	if len(witnesses) == 0 {
		return
	}
	sign := func(ctx context.Context) error {
		checkpoint, err := c.Checkpoint(ctx)
		if err != nil {
			return err
		}
		var errs []error
		for _, w := range witnesses {
			errs = append(errs, w.tell(ctx, checkpoint))
		}
		return errors.Join(errs...)
	}
	c.start(ctx, "checkpoints", settings.AuditCheckpointEvery, sign, log, "no checkpoint can be written now")
}

func witnessesOf(settings config.Audit) []*witness {
	var all []*witness
	if path := settings.AuditCheckpoints; path != "" {
		all = append(all, &witness{put: func(_ context.Context, c audit.Checkpoint) error { return appendCheckpoint(path, c) }})
	}
	if settings.AuditCheckpointURL != "" {
		all = append(all, &witness{put: siem.NewWitness(string(settings.AuditCheckpointURL), settings.AuditCheckpointToken.Reveal()).Post})
	}
	return all
}

func (w *witness) tell(ctx context.Context, c audit.Checkpoint) error {
	if c.Seq == w.last {
		return nil
	}
	if err := w.put(ctx, c); err != nil {
		return err
	}
	w.last = c.Seq
	return nil
}

func appendCheckpoint(path string, c audit.Checkpoint) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(c.Line())
	return errors.Join(err, file.Sync(), file.Close())
}
