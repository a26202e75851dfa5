package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/guardroom/guardroom/internal/secret"
)

// folderKey reads a key from a file in the data folder, or makes one that only the owner
// can read.
func folderKey(dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	key, err := keyFile(path)
	if errors.Is(err, fs.ErrExist) { // another process has made it meanwhile
		key, err = keyFile(path)
	}
	return key, err
}

func keyFile(path string) (string, error) {
	key, err := readKeyFile(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if key, err = secret.NewToken(rand.Reader); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	return key, publishFile(path, key)
}

// readKeyFile refuses a file that others could read or write.
func readKeyFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("%s can be read by others (mode %04o): chmod 600 %s", path, mode, path)
	}
	b, err := os.ReadFile(path)
	return string(b), err
}

// publishFile makes a file that only the owner can read, whole or not at all. One that
// another process has made meanwhile stays.
func publishFile(path, text string) error {
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)) // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(text)
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	return os.Link(draft.Name(), path)
}
