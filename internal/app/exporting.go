package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/export"
	"github.com/guardroom/guardroom/internal/review"
)

// exportsFolder is where files wait to be fetched, in the data folder.
const exportsFolder = "exports"

// Manifest is what is signed about an export.
type Manifest = export.Manifest

// exportEvery is how often a server looks for exports to make.
const exportEvery = time.Second

func newOffice(c *Core) (*export.Office, error) {
	return export.NewOffice(export.Deps{
		Service: c.Service, Accounts: c.Accounts, Signer: &lateSigner{storage: c.storage}, Folder: filepath.Join(c.storage.Data, exportsFolder),
		Trail: trailFormats(), Clock: c.clock, Create: export.CreateFile,
		RowsAtOnce: export.DefaultRowsAtOnce, EventsAtOnce: export.DefaultEventsAtOnce,
	})
}

// lateSigner reads the key of the audit chain when something is signed first, so that
// commands which sign nothing need none.
type lateSigner struct {
	storage config.Storage
	once    sync.Once
	signer  audit.Signer
	err     error
}

// Load implements export.Signer.
func (l *lateSigner) Load() error {
	l.once.Do(func() { l.signer, l.err = auditSigner(l.storage) })
	return l.err
}

// PublicKey implements export.Signer.
func (l *lateSigner) PublicKey() ed25519.PublicKey { return l.signer.PublicKey() }

// SignMessage implements export.Signer.
func (l *lateSigner) SignMessage(message []byte) []byte { return l.signer.SignMessage(message) }

// trailFormats are the formats in which the trail leaves.
func trailFormats() []export.TrailFormat {
	var out []export.TrailFormat
	for _, f := range audit.Formats() {
		out = append(out, export.TrailFormat{
			Name: string(f), MediaType: f.MediaType(),
			Write: func(w io.Writer, events iter.Seq2[review.TrailEvent, error], id string) (int, error) {
				return f.Write(w, events, version, id)
			},
		})
	}
	return out
}

// makeExports makes in the background what was asked for, from now on until Close.
func (c *Core) makeExports(ctx context.Context, log *slog.Logger) {
	c.start(ctx, "exports", exportEvery, c.Exports.Work, log, "exports cannot be made now")
}

// ExportDecisions writes every Decision, or those of one App, as csv or jsonl, notes in
// the audit chain that it was done, and returns the signed manifest.
func (c *Core) ExportDecisions(ctx context.Context, out io.Writer, format, appName string) (export.Manifest, error) {
	return c.exportAll(ctx, out, review.ExportAsk{Kind: review.ExportDecisions, Format: format, Filter: review.Filter{App: appName}})
}

// ExportAudit writes the audit chain, notes that it was done, and returns the signed
// manifest.
func (c *Core) ExportAudit(ctx context.Context, out io.Writer, format string) (export.Manifest, error) {
	return c.exportAll(ctx, out, review.ExportAsk{Kind: review.ExportTrail, Format: format})
}

func (c *Core) exportAll(ctx context.Context, out io.Writer, ask review.ExportAsk) (export.Manifest, error) {
	viewer, err := c.Accounts.SystemViewer(ctx, CLI.ID)
	if err != nil {
		return export.Manifest{}, err
	}
	if app := ask.Filter.App; app != "" && !viewer.HasApp(app) {
		return export.Manifest{}, review.Errorf(review.CodeNotFound, "there is no App named %q", app)
	}
	going, err := c.Exports.Begin(ctx, viewer, CLI, ask)
	if err != nil {
		return export.Manifest{}, err
	}
	return going.Send(ctx, out, func() bool { return true })
}

// WriteManifest writes a manifest into a file that is not there yet.
func WriteManifest(path string, m export.Manifest) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return review.Wrap(review.CodeConflict, err, "the manifest cannot be written: "+err.Error())
	}
	_, err = file.Write(m.Text())
	return errors.Join(err, file.Sync(), file.Close())
}

// ExportManifest returns the manifest of an export that was made before.
func (c *Core) ExportManifest(ctx context.Context, id string) ([]byte, error) {
	viewer, err := c.Accounts.SystemViewer(ctx, CLI.ID)
	if err != nil {
		return nil, err
	}
	_, text, err := c.Exports.Manifest(ctx, viewer, id)
	return text, err
}

// ExportKey is the key that manifests of a data folder are signed with.
func (c *Core) ExportKey() (ed25519.PublicKey, error) { return c.trustedKey("") }

// ErrNotAsExported says that a file is not what its manifest says.
var ErrNotAsExported = errors.New("the file is not what was exported")

// CheckExport holds a file against its manifest and writes what does not match, or that
// everything does.
func CheckExport(out io.Writer, filePath, manifestPath string, key ed25519.PublicKey) error {
	m, err := readManifest(manifestPath)
	if err != nil {
		return err
	}
	file, err := os.Open(filePath)
	if err != nil {
		return review.Wrap(review.CodeUnprocessable, err, "the file cannot be read: "+err.Error())
	}
	defer file.Close()
	wrong, err := export.Check(file, m, key)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		fmt.Fprintf(out, "NOT as exported:\n  %s\n", strings.Join(wrong, "\n  "))
		return ErrNotAsExported
	}
	_, err = fmt.Fprintf(out, "OK: export %s, %d rows of %s as %s, taken by %q (%s) at %s\n", m.Export, m.Rows, m.Kind, m.FileFormat, m.Name, m.Role, m.AskedAt.Format(time.RFC3339))
	return err
}

func readManifest(path string) (export.Manifest, error) {
	file, err := os.Open(path)
	if err != nil {
		return export.Manifest{}, review.Wrap(review.CodeUnprocessable, err, "the manifest cannot be read: "+err.Error())
	}
	defer file.Close()
	m, err := export.ParseManifest(file)
	if err != nil {
		return m, review.Wrap(review.CodeUnprocessable, err, "the manifest cannot be read: "+err.Error())
	}
	return m, nil
}

// PublicKey reads a key as AuditKey writes it.
func PublicKey(text string) (ed25519.PublicKey, error) {
	key, err := audit.DecodeKey(text)
	if err != nil {
		return nil, review.Errorf(review.CodeUnprocessable, "%v", err)
	}
	return key, nil
}

// Whose writes which exports a file, or some lines of one, may have come from.
func (c *Core) Whose(ctx context.Context, out io.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return review.Wrap(review.CodeUnprocessable, err, "the file cannot be read: "+err.Error())
	}
	defer file.Close()
	found, traces, err := c.Exports.Whose(ctx, file)
	if err != nil {
		return err
	}
	if traces.Lines > 0 {
		fmt.Fprintf(out, "mark %s, in %d of %d lines\n", traces.Pattern, traces.Marked, traces.Lines)
	}
	for _, e := range found {
		fmt.Fprintf(out, "export %s, taken by %q (%s) at %s, %d rows\n", e.ID, e.Name, e.Role, e.AskedAt.Format(time.RFC3339), e.Rows)
	}
	return nil
}
