package export

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// File is what an export is written into.
type File interface {
	io.Writer
	Sync() error
	Close() error
}

// CreateFile makes a file that only its owner can read.
func CreateFile(path string) (File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

const (
	unfinished = ".part" // at the end of the name of a file that is being made
	// reportEvery is how often progress is noted.
	reportEvery = time.Second
	// lookEvery is after how many rows it is seen whether that time is over.
	lookEvery = 64
)

func (o *Office) path(id string) string { return filepath.Join(o.Folder, id) }

// Hold waits until nothing is being made here, and lets nothing be made until release.
func (o *Office) Hold(ctx context.Context) (release func(), err error) {
	select {
	case <-o.working:
		return func() { o.working <- struct{}{} }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Work lets files go whose time is over, removes what no export has, and then makes every
// export that waits. It is what a server does again and again.
func (o *Office) Work(ctx context.Context) error {
	release, err := o.Hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := o.Service.ExpireExports(ctx); err != nil {
		return err
	}
	if err := o.sweep(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		next, err := o.Service.NextExport(ctx)
		if err != nil || next == nil {
			return err
		}
		if err := o.make(ctx, *next); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// sweep removes the files that belong to no export that is done: what expired or was
// deleted, and what a server that was killed left half made.
func (o *Office) sweep(ctx context.Context) error {
	entries, err := os.ReadDir(o.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		e, err := o.Service.Store.Export(ctx, strings.TrimSuffix(entry.Name(), unfinished))
		if err != nil && review.CodeOf(err) != review.CodeNotFound {
			return err
		}
		switch {
		case err == nil && e.State == review.ExportDone && entry.Name() == e.ID:
			continue
		case err == nil && e.State == review.ExportRunning:
			continue // perhaps by another server on the same folder
		}
		if err := os.Remove(o.path(entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// make makes one export, with the rights that who asked for it has now.
func (o *Office) make(ctx context.Context, e review.Export) error {
	err := o.write(ctx, &e)
	if err == nil {
		err = o.Service.EndExport(ctx, e)
	}
	if err == nil {
		return nil
	}
	removed := errors.Join(o.remove(e.ID+unfinished), o.remove(e.ID))
	quiet := context.WithoutCancel(ctx)
	var told *review.Error
	switch {
	case review.CodeOf(err) == review.CodeConflict: // deleted meanwhile, or taken over
		return removed
	case ctx.Err() != nil: // the server ends; the next one begins anew
		return errors.Join(removed, o.Service.ReturnExport(quiet, e))
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return errors.Join(removed, o.Service.FailExport(quiet, e, "the disk is full"))
	case errors.As(err, &told) && told.Code == review.CodeUnavailable: // tried again later
		return errors.Join(removed, err)
	case errors.As(err, &told) && told.Code != review.CodeInternal:
		return errors.Join(removed, o.Service.FailExport(quiet, e, told.Message))
	}
	return errors.Join(err, removed, o.Service.FailExport(quiet, e, "the file could not be written; the log says why"))
}

func (o *Office) remove(name string) error {
	if err := os.Remove(o.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// write makes the file: under another name until it is whole.
func (o *Office) write(ctx context.Context, e *review.Export) error {
	v, err := o.Accounts.Viewer(ctx, e.By.ID)
	if review.CodeOf(err) == review.CodeUnauthenticated {
		return review.Errorf(review.CodeForbidden, "who asked for it may no longer sign in")
	}
	if err != nil {
		return err
	}
	*e = e.As(v)
	if err := o.Signer.Load(); err != nil {
		return err
	}
	r, err := o.open(ctx, v, e.Ask)
	if err != nil {
		return err
	}
	if e.Expected, err = o.expected(ctx, v, e.Ask); err != nil {
		return err
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return err
	}
	if err := o.remove(e.ID + unfinished); err != nil {
		return err
	}
	*r.each = o.reporter(ctx, *e)
	if err := o.fill(e, r); err != nil {
		return err
	}
	return os.Rename(o.path(e.ID+unfinished), o.path(e.ID))
}

func (o *Office) fill(e *review.Export, r rows) error {
	file, err := o.Create(o.path(e.ID + unfinished))
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(file, 1<<16)
	out := newTally(buffered)
	e.Rows, err = r.write(out, *e)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	e.Bytes, e.SHA256 = out.n, out.sum()
	e.Manifest = o.manifest(*e, r).encode()
	return nil
}

// countedRows is where counting what is expected ends.
const countedRows = 5_000_000

// expected is how many rows there will be, 0 when nobody can say cheaply.
func (o *Office) expected(ctx context.Context, v review.Viewer, ask review.ExportAsk) (int, error) {
	if ask.Kind == review.ExportDecisions {
		n, err := o.Service.CountDecisions(ctx, v, ask.Filter, countedRows)
		return n, err
	}
	if ask.Kind == review.ExportCosts || ask.Events != (review.EventFilter{}) {
		return 0, nil
	}
	n, err := o.Service.TrailLength(ctx)
	return int(n), err
}

// reporter notes how far it has come, and ends what is no longer wanted.
func (o *Office) reporter(ctx context.Context, e review.Export) func(int) error {
	last := o.Clock()
	return func(n int) error {
		if n%lookEvery != 0 {
			return nil
		}
		if now := o.Clock(); now.Sub(last) >= reportEvery {
			last, e.Rows = now, n
			return o.Service.ProgressExport(ctx, e)
		}
		return ctx.Err()
	}
}

// Take opens a file for who may have it, and notes that they took it.
func (o *Office) Take(ctx context.Context, v review.Viewer, id string) (review.Export, *os.File, error) {
	e, err := o.Service.LookExport(ctx, v, id)
	if err != nil {
		return e, nil, err
	}
	file, err := os.Open(o.path(e.ID))
	if err != nil {
		return e, nil, review.Wrap(review.CodeConflict, err, "the file is not on this server")
	}
	if info, err := file.Stat(); err != nil || info.Size() != e.Bytes {
		file.Close()
		return e, nil, review.Wrap(review.CodeInternal, err, "the file is not what was made")
	}
	if _, err := o.Service.TakeExport(ctx, v, id); err != nil {
		file.Close()
		return e, nil, err
	}
	return e, file, nil
}

// Delete stops an export or removes its file.
func (o *Office) Delete(ctx context.Context, v review.Viewer, id string) error {
	if err := o.Service.DeleteExport(ctx, v, id); err != nil {
		return err
	}
	return o.remove(id)
}
