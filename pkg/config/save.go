package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrChangedMeanwhile says that the file is not what was read any more: somebody else has written it.
var ErrChangedMeanwhile = errors.New("was changed by somebody else meanwhile; nothing was written, start again")

// newMode is for a file that did not exist: what var reads may name what an attacker would like to know.
const newMode = 0o600

// Save writes the document to its file whole or not at all, and leaves mode and owner as they are. A link is followed. When the
// file is not what was read the error is ErrChangedMeanwhile. An unchanged document is not written.
func (d *Document) Save() error { return d.saved((*Document).save) }

// Saveable says why the document could not be saved now, and leaves the file as it is.
func (d *Document) Saveable() error { return d.saved((*Document).rehearse) }

func (d *Document) saved(as func(*Document, string) error) error {
	if !d.Changed() {
		return nil
	}
	path, err := target(d.name)
	if err == nil {
		err = as(d, path)
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", d.name, err)
	}
	return nil
}

// target follows links to the file that they mean.
func target(path string) (string, error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	return filepath.EvalSymlinks(path)
}

func (d *Document) save(path string) error {
	next, err := d.beside(path)
	if err != nil {
		return err
	}
	defer os.Remove(next) //nolint:errcheck // after the rename there is nothing of this name
	if err := os.Rename(next, path); err != nil {
		return err
	}
	d.stored = d.Bytes()
	return syncFolder(filepath.Dir(path))
}

func (d *Document) rehearse(path string) error {
	next, err := d.beside(path)
	if err != nil {
		return err
	}
	return os.Remove(next)
}

// beside writes the document into a new file that can take the place of the old one.
func (d *Document) beside(path string) (string, error) {
	next, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return "", err
	}
	err = errors.Join(d.fill(next, path), next.Close())
	if err == nil {
		err = d.untouched(path)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(next.Name()))
	}
	return next.Name(), nil
}

func (d *Document) fill(next *os.File, path string) error {
	if err := likeOld(next, path); err != nil {
		return err
	}
	if _, err := next.Write(d.Bytes()); err != nil {
		return err
	}
	return next.Sync()
}

// likeOld gives the new file mode and owner of the old one.
func likeOld(next *os.File, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return next.Chmod(newMode)
	}
	if err != nil {
		return err
	}
	if err := sameOwner(next, info); err != nil {
		return fmt.Errorf("it belongs to another user or group, and would not any more; run this as its owner: %w", err)
	}
	return next.Chmod(info.Mode().Perm())
}

// untouched compares the file with what was read.
func (d *Document) untouched(path string) error {
	now, err := readFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && d.stored == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist) || err == nil && (d.stored == nil || !bytes.Equal(now, d.stored)):
		return ErrChangedMeanwhile
	}
	return err
}

// syncFolder makes a rename last.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
