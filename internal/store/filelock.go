//go:build unix

package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"syscall"
	"time"
)

// fileLock lets one process at a time migrate a SQLite file. The kernel releases it
// when the process ends, however it ends.
type fileLock struct {
	path string
	file *os.File
}

// Lock waits until no other process migrates.
func (l *fileLock) Lock(ctx context.Context, _ *sql.DB) error {
	file, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("lock file: %w", err)
	}
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			l.file = file
			return nil
		}
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			file.Close()
			return fmt.Errorf("lock file: %w", err)
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			file.Close()
			return ctx.Err()
		}
	}
}

// Unlock lets the next process in.
func (l *fileLock) Unlock(context.Context, *sql.DB) error { return l.file.Close() }
