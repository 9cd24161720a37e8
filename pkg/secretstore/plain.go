package secretstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/99designs/keyring"

	"github.com/var-project/var/pkg/internal/infile"
)

// PlainBackend is the backend of an Origin for secrets that Options.Plain keeps.
const PlainBackend keyring.BackendType = "plaintext"

// openPlain opens the folder of readable files, which stands beside that of the encrypted ones.
func (s *Store) openPlain() (*ring, error) {
	dir, err := s.trustedFolder("-plaintext")
	if err != nil {
		return nil, err
	}
	p := plain{dir}
	return &ring{p, PlainBackend, p.Set}, nil
}

// plain is a folder with a file for each secret, mode 0600. A file that others may read is refused: what it holds is
// to be replaced, not used.
type plain struct{ dir string }

// Get reads an item.
func (p plain) Get(key string) (keyring.Item, error) {
	path := filepath.Join(p.dir, key)
	if err := trustedItem(path); err != nil {
		return keyring.Item{}, err
	}
	f, err := infile.Open(path)
	if err != nil {
		return keyring.Item{}, err
	}
	defer f.Close()
	if err := private(f); err != nil {
		return keyring.Item{}, err
	}
	text, err := bounded(f)
	return keyring.Item{Key: key, Data: text}, err
}

func private(f *os.File) error {
	info, err := f.Stat()
	if err == nil && !ownOnly(info) {
		err = fmt.Errorf("%s has mode %04o, and others may have read it: replace the secret, then chmod 600 the file", f.Name(), info.Mode().Perm())
	}
	return err
}

// GetMetadata tells nothing.
func (plain) GetMetadata(string) (keyring.Metadata, error) {
	return keyring.Metadata{}, keyring.ErrMetadataNotSupported
}

// Set writes an item whole or not at all.
func (p plain) Set(item keyring.Item) error {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(p.dir, ".new-") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is there only when something failed
	_, err = f.Write(item.Data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(p.dir, item.Key))
}

// Remove deletes an item.
func (p plain) Remove(key string) error { return os.Remove(filepath.Join(p.dir, key)) }

// Keys lists the items.
func (p plain) Keys() ([]string, error) {
	entries, err := os.ReadDir(p.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}
