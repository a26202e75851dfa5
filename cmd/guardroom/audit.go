package main

import (
	"context"
	"fmt"
	"os"

	"github.com/guardroom/guardroom/internal/app"
)

type auditVerifyCommand struct {
	dataCommand
	Checkpoints string `type:"path" placeholder:"FILE" help:"Signed checkpoints to hold the chain against: they show that its end was cut off, or that all of it was written anew."`
	PublicKey   string `name:"public-key" placeholder:"KEY" help:"The key, in base64, that must have signed them; the data folder's own when not given."`
}

func (c auditVerifyCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		report, err := core.VerifyAudit(ctx, c.Checkpoints, c.PublicKey)
		if err != nil {
			return err
		}
		fmt.Fprintln(io.Out, report)
		if !report.OK() {
			return app.ErrBrokenChain
		}
		return nil
	})
}

type auditCheckpointCommand struct {
	dataCommand
	PublicKey bool `name:"public-key" help:"Print the public key instead."`
}

func (c auditCheckpointCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		if c.PublicKey {
			key, err := core.AuditKey()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(io.Out, key)
			return err
		}
		checkpoint, err := core.Checkpoint(ctx)
		if err != nil {
			return err
		}
		_, err = io.Out.Write(checkpoint.Line())
		return err
	})
}

type auditExportCommand struct {
	dataCommand
	Format string `enum:"jsonl,cef,ocsf" default:"jsonl" help:"jsonl (JSON Lines with hashes), cef (Common Event Format) or ocsf (OCSF 1.3)."`
	manifestFlag
}

func (c auditExportCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		m, err := core.ExportAudit(ctx, io.Out, c.Format)
		return c.keep(io, m, err)
	})
}

type auditCertificateCommand struct {
	dataCommand
	File      string `arg:"" type:"existingfile" help:"The certificate of an erasure, as it was downloaded."`
	PublicKey string `name:"public-key" placeholder:"KEY" help:"The key, in base64, that must have signed it; the data folder's own when not given."`
}

func (c auditCertificateCommand) Run(ctx context.Context, io streams) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	if c.PublicKey != "" { // who was handed a certificate has no data folder
		statement, err := app.VerifyCertificate(file, c.PublicKey)
		return printStatement(io, statement, err)
	}
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		statement, err := core.VerifyCertificate(file)
		return printStatement(io, statement, err)
	})
}

func printStatement(io streams, statement []byte, err error) error {
	if err == nil {
		_, err = fmt.Fprintf(io.Out, "OK: signed, and unchanged\n%s\n", statement)
	}
	return err
}
