package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"time"

	"github.com/guardroom/guardroom/internal/config"
)

// searchKeyName is the file with the key of the search index, in the data folder.
const searchKeyName = "search.key"

// searchKey reads the key, or makes one.
func searchKey(storage config.Storage) ([]byte, error) {
	text := storage.SearchKey.Reveal()
	if text == "" {
		var err error
		if text, err = folderKey(storage.Data, searchKeyName); err != nil {
			return nil, fmt.Errorf("the key of the search index: %w", err)
		}
	}
	key := sha256.Sum256([]byte(text))
	return key[:], nil
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
	c.start(ctx, "index", indexEvery, all, log, "texts cannot be indexed now")
}
