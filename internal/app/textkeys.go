package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
	"github.com/guardroom/guardroom/internal/store"
)

// textKeyName is the file with the keys that texts are sealed with, in the data folder.
const textKeyName = "texts.key"

// textKeys are the keys that texts are sealed with: in a setting, or in a file, which a key management service may have
// wrapped.
type textKeys struct {
	setting string // "": the file has them
	path    string
	kms     secret.Wrapper // nil: nobody wraps them
}

func textKeysOf(storage config.Storage) textKeys {
	k := textKeys{setting: storage.TextsKey.Reveal(), path: storage.TextsKeyFile}
	if k.path == "" {
		k.path = filepath.Join(storage.Data, textKeyName)
	}
	if command := kmsCommandOf(storage.KMSCommand); command != nil {
		k.kms = command
	}
	return k
}

// source says to people where the keys are.
func (k textKeys) source() string {
	if k.setting != "" {
		return "GUARDROOM_TEXTS_KEY"
	}
	return k.path
}

// load reads the keys as they are now.
func (k textKeys) load(ctx context.Context) (*secret.Keyring, error) {
	keys, _, err := k.read(ctx)
	return keys, err
}

func (k textKeys) read(ctx context.Context) (keys *secret.Keyring, wrapped bool, err error) {
	text := k.setting
	if text == "" {
		if text, err = readKeyFile(k.path); err != nil {
			return nil, false, err
		}
	}
	keys, wrapped, err = secret.ParseKeyring(ctx, []byte(text), k.kms)
	if err != nil {
		return nil, false, fmt.Errorf("the keys of texts in %s: %w", k.source(), err)
	}
	return keys, wrapped, nil
}

// ensure makes the file when there is none and nothing is sealed yet, and has it wrapped when there is who wraps it.
// used are the keys that the database is sealed with.
func (k textKeys) ensure(ctx context.Context, used func() ([]store.TextKey, error)) error {
	if k.setting != "" {
		return nil
	}
	_, wrapped, err := k.read(ctx)
	switch {
	case err == nil && k.kms != nil && !wrapped:
		return k.change(ctx, func(keys *secret.Keyring) (*secret.Keyring, error) { return keys, nil })
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	sealed, err := used()
	if err != nil {
		return err
	}
	if len(sealed) > 0 {
		return review.Errorf(review.CodeUnavailable,
			"the texts in this database are sealed with key %d, and %s is not there: put it back, or say with --texts-key-file where it is (docs/operations.md, Keys)",
			sealed[len(sealed)-1].ID, k.path)
	}
	keys, err := secret.NewKeyring()
	if err != nil {
		return err
	}
	text, err := keys.Marshal(ctx, k.kms)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return err
	}
	if err := publishFile(k.path, string(text)); !errors.Is(err, fs.ErrExist) { // unless another process has made it meanwhile
		return err
	}
	return nil
}

// change replaces the file by what fn makes of its keys, while nobody else does.
func (k textKeys) change(ctx context.Context, fn func(*secret.Keyring) (*secret.Keyring, error)) error {
	lock, err := os.OpenFile(k.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close() // ends the lock, too
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	keys, err := k.load(ctx)
	if err != nil {
		return err
	}
	if keys, err = fn(keys); err != nil {
		return err
	}
	text, err := keys.Marshal(ctx, k.kms)
	if err != nil {
		return err
	}
	return replaceSecret(k.path, text)
}

// replaceSecret puts a text in the place of a file, whole or not at all. Only the owner can read it.
func replaceSecret(path string, text []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)) // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // it is gone when all went well
	_, err = draft.Write(text)
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), path)
}

// say tells the log that texts are sealed, and with what.
func (k textKeys) say(ctx context.Context, st *store.Store, log *slog.Logger) error {
	keys, err := st.TextKeys(ctx)
	if err != nil {
		return err
	}
	log.Info("texts are sealed", "key", keys[len(keys)-1].ID, "keys", len(keys), "source", k.source(), "wrapped", k.kms != nil)
	return nil
}

const (
	// resealEvery is how often a server looks for texts that are not sealed with the key that is used.
	resealEvery = 2 * time.Second
	// resealPause leaves the database to those who wait for it.
	resealPause = 5 * time.Millisecond
)

// TextKeys are the keys of texts of one data folder or database, and what can be done with them.
type TextKeys struct {
	store *store.Store
	texts textKeys
}

// OpenTextKeys opens no more than that: no guard, which takes its time.
func OpenTextKeys(ctx context.Context, storage config.Storage) (*TextKeys, error) {
	if _, err := migrate(ctx, storage, discard); err != nil {
		return nil, err
	}
	st, texts, err := openStore(ctx, storage, surroundings{log: discard, clock: time.Now})
	return &TextKeys{st, texts}, err
}

// Close closes the database.
func (k *TextKeys) Close() error { return k.store.Close() }

// TextKeys are those of an open Core, which closes them.
func (c *Core) TextKeys() *TextKeys { return &TextKeys{c.Store, c.texts} }

// openStore opens the database with its keys.
func openStore(ctx context.Context, storage config.Storage, around surroundings) (*store.Store, textKeys, error) {
	options := storeOptions(storage, around.log)
	options.Clock = around.clock
	var err error
	if options.SearchKey, err = searchKey(storage); err != nil {
		return nil, textKeys{}, err
	}
	texts := textKeysOf(storage)
	if err := texts.ensure(ctx, func() ([]store.TextKey, error) { return store.TextKeys(ctx, options) }); err != nil {
		return nil, textKeys{}, err
	}
	options.Keys = texts.load
	st, err := store.Open(ctx, options)
	return st, texts, err
}

// reseal seals what is not sealed with the key that is used, from now on until Close.
func (c *Core) reseal(ctx context.Context, log *slog.Logger) {
	all := func(ctx context.Context) error {
		return c.TextKeys().resealAll(ctx, func() error { return nil })
	}
	c.start(ctx, "sealing", resealEvery, all, log, "texts cannot be sealed anew now")
}

func (k *TextKeys) resealAll(ctx context.Context, step func() error) error {
	for {
		more, err := k.store.Reseal(ctx)
		if err != nil || !more {
			return err
		}
		if err := step(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(resealPause):
		}
	}
}

// Rows are how many rows with texts were looked at, and how many there are.
func (k *TextKeys) Rows(ctx context.Context) (done, total int, err error) {
	tables, err := k.store.Sealings(ctx)
	for _, t := range tables {
		done, total = done+t.Done, total+t.Total
	}
	return done, total, err
}

// Status writes which keys texts are sealed with, and how far.
func (k *TextKeys) Status(ctx context.Context, out io.Writer) error {
	used, err := k.store.TextKeys(ctx)
	if err != nil {
		return err
	}
	keys, err := k.texts.load(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Texts are sealed (XChaCha20-Poly1305). Keys: %s\n", k.texts.source())
	for i, key := range used {
		state := "opens what is sealed with it"
		if i == len(used)-1 {
			state = "seals"
		}
		fmt.Fprintf(out, "  key %-10d since %s  %s\n", key.ID, key.Since.Format(time.RFC3339), state)
	}
	if keys.Primary() != used[len(used)-1].ID {
		fmt.Fprintf(out, "  key %-10d added, not used yet: guardroom keys rotate uses it\n", keys.Primary())
	}
	tables, err := k.store.Sealings(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		switch {
		case t.Finished && t.Total > 0:
			fmt.Fprintf(out, "  %-14s %d rows: done\n", t.Table, t.Done)
		case !t.Finished:
			fmt.Fprintf(out, "  %-14s %d of %d rows\n", t.Table, t.Done, t.Total)
		}
	}
	return nil
}

// Add adds a key that texts are not sealed with yet, so that it can be brought to every server first. Keys that
// are in a setting are written to out, for whoever sets it.
func (k *TextKeys) Add(ctx context.Context, out, notes io.Writer) error {
	used, err := k.store.TextKeys(ctx)
	if err != nil {
		return err
	}
	latest := used[len(used)-1].ID
	add := func(keys *secret.Keyring) (*secret.Keyring, error) {
		if keys.Primary() != latest {
			return nil, review.Errorf(review.CodeConflict, "key %d was added and is not used yet: guardroom keys rotate uses it", keys.Primary())
		}
		return keys.WithNew()
	}
	if k.texts.setting == "" {
		if err := k.texts.change(ctx, add); err != nil {
			return err
		}
		fmt.Fprintf(notes, "A key is added to %s. Bring the file to every server of this database, then run guardroom keys rotate.\n", k.texts.path)
		return nil
	}
	keys, err := k.texts.load(ctx)
	if err != nil {
		return err
	}
	if keys, err = add(keys); err != nil {
		return err
	}
	return k.printKeys(ctx, keys, out, notes, "These are the keys with one more. Set GUARDROOM_TEXTS_KEY to them at every server and restart it, then run guardroom keys rotate.")
}

func (k *TextKeys) printKeys(ctx context.Context, keys *secret.Keyring, out, notes io.Writer, advice string) error {
	text, err := keys.Marshal(ctx, k.texts.kms)
	if err != nil {
		return err
	}
	fmt.Fprintln(notes, advice)
	_, err = fmt.Fprintln(out, string(text))
	return err
}

// Rotate seals all texts with a new key while servers go on, and forgets the old ones when nothing is sealed with
// them. One that was begun and not finished is finished.
func (k *TextKeys) Rotate(ctx context.Context, out, notes io.Writer) error {
	used, err := k.store.TextKeys(ctx)
	if err != nil {
		return err
	}
	if len(used) > 1 {
		fmt.Fprintf(notes, "Key %d is used already: what was begun goes on.\n", used[len(used)-1].ID)
	} else if err := k.useNew(ctx, used[0].ID, notes); err != nil {
		return err
	}
	last := -1
	err = k.resealAll(ctx, func() error {
		done, total, err := k.Rows(ctx)
		if percent := 100 * min(done, total) / max(total, 1); err == nil && percent/5 != last {
			last = percent / 5
			fmt.Fprintf(notes, "Sealed anew: %d of %d rows (%d %%)\n", done, total, percent)
		}
		return err
	})
	if err != nil {
		return err
	}
	return k.dropOld(ctx, out, notes)
}

func (k *TextKeys) useNew(ctx context.Context, latest uint32, notes io.Writer) error {
	if k.texts.setting == "" {
		err := k.texts.change(ctx, func(keys *secret.Keyring) (*secret.Keyring, error) {
			if keys.Primary() != latest { // it was added before
				return keys, nil
			}
			return keys.WithNew()
		})
		if err != nil {
			return err
		}
	}
	key, changed, err := k.store.UseNewKey(ctx)
	if err != nil {
		return err
	}
	if !changed {
		return review.Errorf(review.CodeConflict, "GUARDROOM_TEXTS_KEY has no key that is not used yet: guardroom keys add prints one")
	}
	fmt.Fprintf(notes, "Texts are sealed with key %d from now on. Key %d is kept until nothing needs it.\n", key.ID, latest)
	return nil
}

func (k *TextKeys) dropOld(ctx context.Context, out, notes io.Writer) error {
	kept, stale, err := k.store.DropOldKeys(ctx)
	if err != nil {
		return err
	}
	if stale > 0 {
		return review.Errorf(review.CodeConflict, "%d rows are still sealed with an old key, which stays: does every server have the new one? Run guardroom keys rotate again", stale)
	}
	keys, err := k.texts.load(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(notes, "All texts are sealed with key %d. Backups from before need the keys from before: keep those with them.\n", kept)
	if k.texts.setting == "" {
		return k.texts.change(ctx, func(keys *secret.Keyring) (*secret.Keyring, error) { return keys.Only(kept) })
	}
	if keys, err = keys.Only(kept); err != nil {
		return err
	}
	return k.printKeys(ctx, keys, out, notes, "Set GUARDROOM_TEXTS_KEY to these.")
}
