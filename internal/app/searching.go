package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/secret"
)

// searchKeyName is the file with the key of the search index, in the data folder.
const searchKeyName = "search.key"

// searchKey reads the key, or makes one that only the owner can read.
func searchKey(storage config.Storage) ([]byte, error) {
	text := storage.SearchKey.Reveal()
	for try := 0; text == ""; try++ {
		var err error
		if text, err = searchKeyFile(filepath.Join(storage.Data, searchKeyName)); err != nil && (try > 0 || !errors.Is(err, fs.ErrExist)) {
			return nil, fmt.Errorf("the key of the search index: %w", err)
		}
	}
	key := sha256.Sum256([]byte(text))
	return key[:], nil
}

func searchKeyFile(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return string(b), err
	}
	key, err := secret.NewToken(rand.Reader)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	if err := publishFile(path, key); err != nil {
		return "", err
	}
	return key, nil
}

// publishFile makes a file that only the owner can read, whole or not at all. One that
// another process has made meanwhile stays.
func publishFile(path, text string) error {
	draft, err := os.CreateTemp(filepath.Dir(path), searchKeyName) // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(text)
	if err := errors.Join(err, draft.Close()); err != nil {
		return err
	}
	return os.Link(draft.Name(), path)
}

// indexEvery is how often a server looks for Items whose words are not indexed yet.
const indexEvery = 500 * time.Millisecond

// index makes Items findable by their words, from now on until Close.
func (c *Core) index(ctx context.Context, log *slog.Logger) {
	all := func(ctx context.Context) error {
		for {
			if n, err := c.Store.IndexTexts(ctx); n == 0 || err != nil {
				return err
			}
		}
	}
	c.chores = append(c.chores, startChore(ctx, indexEvery, all, log, "texts cannot be indexed now"))
}
