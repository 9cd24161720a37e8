// Package infile opens the files that operators name, and waits for nobody: a pipe in the place of a file would hold up
// whoever opens it until somebody writes, and no signal ends that.
package infile

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// ErrIrregular says that there is something else than a file.
var ErrIrregular = errors.New("is no regular file")

// patience is how long a pipe may take to give all that it has.
const patience = 10 * time.Second

// Open opens a regular file for reading. Of anything else the error is ErrIrregular, in an fs.PathError.
func Open(path string) (*os.File, error) { return open(path, fs.FileMode.IsRegular) }

// OpenPipe is Open that takes a pipe too, such as <(command) of a shell. One without a writer is empty, and one that goes
// on for more than ten seconds an error.
func OpenPipe(path string) (*os.File, error) {
	f, err := open(path, func(mode fs.FileMode) bool { return mode.IsRegular() || mode.Type() == fs.ModeNamedPipe })
	if err != nil {
		return nil, err
	}
	if err := f.SetReadDeadline(time.Now().Add(patience)); err != nil && !errors.Is(err, os.ErrNoDeadline) {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func open(path string, fits func(fs.FileMode) bool) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !fits(info.Mode()) {
		err = &fs.PathError{Op: "open", Path: path, Err: ErrIrregular}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
