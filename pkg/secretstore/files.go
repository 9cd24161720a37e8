package secretstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/99designs/keyring"
)

// canary is an item that tells whether the pass phrase is the one that the files were written
// with: the library itself would store on with another, and leave a keyring of two.
const canary = "var-canary"

// openFiles opens the keyring of encrypted files with a pass phrase that fits it.
func (s *Store) openFiles(phrase string) (*ring, error) {
	dir, err := s.trustedFolder("")
	if err != nil {
		return nil, err
	}
	k, err := files(dir, phrase)
	if err != nil {
		return nil, err
	}
	f := folder{k, dir}
	r := &ring{Keyring: f, backend: keyring.FileBackend}
	r.write = func(item keyring.Item) error { return f.write(phrase, item) }
	return r, f.fits()
}

// folder is a keyring of encrypted files. Looking into one that is not there does not make it.
type folder struct {
	keyring.Keyring
	dir string
}

// Get reads an item.
func (f folder) Get(name string) (keyring.Item, error) {
	if err := trustedItem(filepath.Join(f.dir, name)); err != nil {
		return keyring.Item{}, err
	}
	return f.Keyring.Get(name)
}

// Keys lists the items.
func (f folder) Keys() ([]string, error) {
	if _, err := os.Stat(f.dir); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return f.Keyring.Keys()
}

func files(dir, phrase string) (keyring.Keyring, error) {
	return keyring.Open(keyring.Config{
		AllowedBackends: []keyring.BackendType{keyring.FileBackend}, ServiceName: service, FileDir: dir,
		FilePasswordFunc: func(string) (string, error) { return phrase, nil },
	})
}

func (s *Store) filesFolder() (string, error) {
	if s.folder != "" {
		return s.folder, nil
	}
	if dir, ok := s.lookup("VAR_KEYRING_DIR"); ok && dir != "" {
		return dir, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no folder for the keyring of encrypted files, set VAR_KEYRING_DIR: %w", err)
	}
	return filepath.Join(dir, "var", "keyring"), nil
}

// phrase is the pass phrase of the encrypted files, and whether there is one: in the environment, in a file, or
// among the credentials of the service.
func (s *Store) phrase() (string, bool, error) {
	const variable = "VAR_KEYRING_PASSPHRASE"
	if text, ok := s.lookup(variable); ok {
		return text, true, unlessEmpty(text, "$"+variable)
	}
	if path, ok := s.lookup(variable + "_FILE"); ok {
		text, err := s.readFile(path)
		if err != nil {
			err = fmt.Errorf("the file that $%s_FILE names: %w", variable, err)
		}
		return text, true, err
	}
	dir, ok := s.lookup("CREDENTIALS_DIRECTORY")
	if !ok || dir == "" {
		return "", false, nil
	}
	_, text, err := s.readCredential(dir, "keyring-passphrase")
	if errors.Is(err, os.ErrNotExist) {
		return "", false, nil
	}
	return text, true, err
}

// fits reads the canary, if one was laid down; where it is gone, any other item.
func (f folder) fits() error {
	item, err := f.Get(canary)
	if absent(err) {
		return f.opensAny()
	}
	return f.opened(string(item.Data) == canary, err)
}

func (f folder) opensAny() error {
	names, err := f.Keys()
	some := slices.IndexFunc(names, namePattern.MatchString)
	if err != nil || some < 0 {
		return err
	}
	_, err = f.Get(names[some])
	return f.opened(err == nil, err)
}

// opened tells a file that cannot be read from one of another pass phrase.
func (f folder) opened(well bool, err error) error {
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return err
	case err != nil || !well:
		return fmt.Errorf("the pass phrase is not the one that the keyring in %s was made with", f.dir)
	}
	return nil
}

// write stores an item whole or not at all: the library's own writing could be interrupted. The
// first item is preceded by the canary, which the first of several writers lays down.
func (f folder) write(phrase string, item keyring.Item) error {
	if err := f.fits(); err != nil {
		return err
	}
	if _, err := f.Get(canary); absent(err) {
		err := moveIn(f.dir, phrase, keyring.Item{Key: canary, Data: []byte(canary)}, os.Link)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := f.fits(); err != nil {
			return err
		}
	}
	return moveIn(f.dir, phrase, item, os.Rename)
}

// moveIn makes a file aside, and gives it its place in one step.
func moveIn(dir, phrase string, item keyring.Item, place func(from, to string) error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	aside, err := os.MkdirTemp(dir, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(aside) //nolint:errcheck // what is left is not listed
	k, err := files(aside, phrase)
	if err != nil {
		return err
	}
	if err := k.Set(item); err != nil {
		return err
	}
	return place(filepath.Join(aside, item.Key), filepath.Join(dir, item.Key))
}
