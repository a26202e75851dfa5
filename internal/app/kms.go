package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/harmless"
	"github.com/guardroom/guardroom/internal/secret"
)

// Bounds of what a command says.
const (
	kmsPatience  = 30 * time.Second
	kmsAnswer    = 1 << 20 // bytes
	kmsComplaint = 500     // bytes
)

// kmsCommand is a key management service behind a command of the operator's: called with "wrap" or "unwrap" after its
// own arguments, it reads bytes from standard input and writes to standard output what the service made of them. The
// programs of cloud services, of Vault, and of a TPM all come down to that.
type kmsCommand []string

var _ secret.Wrapper = kmsCommand{}

// kmsCommandOf splits a command at its spaces; nil when there is none. No shell reads it.
func kmsCommandOf(command string) kmsCommand {
	if parts := strings.Fields(command); len(parts) > 0 {
		return parts
	}
	return nil
}

// Wrap implements secret.Wrapper.
func (c kmsCommand) Wrap(ctx context.Context, plain []byte) ([]byte, error) {
	return c.run(ctx, "wrap", plain)
}

// Unwrap implements secret.Wrapper.
func (c kmsCommand) Unwrap(ctx context.Context, wrapped []byte) ([]byte, error) {
	return c.run(ctx, "unwrap", wrapped)
}

func (c kmsCommand) run(ctx context.Context, verb string, in []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, kmsPatience)
	defer cancel()
	command := exec.CommandContext(ctx, c[0], append(c[1:len(c):len(c)], verb)...) //nolint:gosec // the operator's own command
	command.WaitDelay = time.Second
	answer, complaint := &bounded{left: kmsAnswer}, &bounded{left: kmsComplaint}
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(in), answer, complaint
	err := command.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("the key management command %s did not answer: %w", c[0], ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("the key management command %s could not %s: %w: %s", c[0], verb, err, harmless.Lines(complaint.kept.String()))
	case answer.overflowed:
		return nil, fmt.Errorf("the key management command %s says more than a key", c[0])
	case answer.kept.Len() == 0:
		return nil, errors.New("the key management command says nothing")
	}
	return answer.kept.Bytes(), nil
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	kept       bytes.Buffer // not embedded: its ReadFrom would be taken, which knows no bounds
	left       int
	overflowed bool
}

func (b *bounded) Write(p []byte) (int, error) {
	kept := p[:min(len(p), b.left)]
	b.left -= len(kept)
	b.overflowed = b.overflowed || len(kept) < len(p)
	_, _ = b.kept.Write(kept) // never fails
	return len(p), nil
}

var _ io.Writer = (*bounded)(nil)
