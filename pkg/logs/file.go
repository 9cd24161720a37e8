package logs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// File appends whole lines to a file that other processes append to as well, and lets it grow to a size: then it becomes
// file.1, what was file.1 becomes file.2, and the oldest goes. Nothing is kept open from line to line, so that a file
// that somebody moved away is made anew.
type File struct {
	path string
	max  int64
	keep int
	tell func(error)
	// wait is how long a process that has the lock is waited for: it may have been stopped.
	wait time.Duration
	// durable: what was appended outlives the machine.
	durable bool

	mu sync.Mutex
	// failed: the last line could not be written, and that was told.
	failed bool
	// impatient: the lock was not to be had in time, and is only tried until it is.
	impatient bool
}

// NewFile is a file of at most max bytes, with keep older ones beside it. Whatever is wrong with it is told once, until
// it is well again (then with nil), and never to who writes.
func NewFile(path string, max int64, keep int, tell func(error)) *File {
	return &File{path: path, max: max, keep: keep, tell: tell, wait: lockWait}
}

// Durable is the file for those who rely on it: what Append has written is on the disk when it returns.
func (f *File) Durable() *File {
	f.durable = true
	return f
}

// lockWait is longer than any line takes.
const lockWait = 200 * time.Millisecond

// ErrIrregular says that there is something else than a file, which a log must not be written to.
var ErrIrregular = errors.New("is no regular file")

// Write appends lines. It never fails: no log stops what it tells of.
func (f *File) Write(lines []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.add(lines)
	if (err != nil) != f.failed && f.tell != nil {
		f.tell(err)
	}
	f.failed = err != nil
	return len(lines), nil
}

// Append is Write for those who must know: all of the lines are in the file, or the error says why none is. It tells
// nobody else.
func (f *File) Append(lines []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.add(lines)
}

func (f *File) add(lines []byte) error {
	file, err := f.locked()
	if err != nil {
		return err
	}
	defer file.Close()
	if !f.full(file, len(lines)) {
		return f.put(file, lines)
	}
	f.rotate(file)
	next, err := f.follow()
	if err != nil {
		return err
	}
	defer next.Close()
	return f.put(next, lines)
}

// put appends lines whole or not at all: what a full disk took of a line is taken back.
func (f *File) put(file *os.File, lines []byte) error {
	before, err := file.Stat()
	if err != nil {
		return err
	}
	n, err := file.Write(lines)
	if err == nil {
		return f.keepSafe(file, before.Size() == 0)
	}
	if n > 0 && !f.impatient {
		err = errors.Join(err, file.Truncate(before.Size()))
	}
	return err
}

// keepSafe has the disk take what was written; of a new file its name as well.
func (f *File) keepSafe(file *os.File, made bool) error {
	if !f.durable {
		return nil
	}
	err := file.Sync()
	if made && err == nil {
		err = syncFolder(filepath.Dir(f.path))
	}
	return err
}

// locked opens the file that is at the path and locks it. Who has that lock is the one who may move it away. Where it is
// not to be had the line is written without: appending tears no line.
func (f *File) locked() (*os.File, error) {
	var file *os.File
	for end := time.Now().Add(f.patience()); ; {
		var err error
		if file, err = f.open(); err != nil {
			return nil, err
		}
		got := lock(file, end)
		switch {
		case !got:
			f.impatient = true
			return file, nil
		case f.current(file):
			f.impatient = false
			return file, nil
		}
		file.Close() // it was moved away before it was locked
	}
}

func (f *File) patience() time.Duration {
	if f.impatient {
		return 0
	}
	return f.wait
}

// open opens the file, or makes it. It follows no link, lest who may write to the folder has an administrator append to
// another file, and waits for no pipe.
func (f *File) open() (*os.File, error) {
	file, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY|syscall.O_NONBLOCK|noFollow, 0o640)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: f.path, Err: ErrIrregular}
	}
	if err == nil && info.Size() == 0 {
		err = f.settle(file)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// settle gives a file that an administrator's command has just made to those who have the folder: the service must be
// able to go on with it.
func (f *File) settle(file *os.File) error {
	folder, err := os.Stat(filepath.Dir(f.path))
	if err != nil {
		return err
	}
	return giveTo(file, folder)
}

// current reports that the file is still the one at the path.
func (f *File) current(file *os.File) bool {
	opened, err := file.Stat()
	there, err2 := os.Lstat(f.path)
	return err == nil && err2 == nil && os.SameFile(opened, there)
}

func (f *File) full(file *os.File, more int) bool {
	info, err := file.Stat()
	return err == nil && !f.impatient && info.Size() > 0 && info.Size()+int64(more) > f.max
}

// rotate moves the files on. The one that is written to is locked, so nobody else does. Where they cannot be moved it
// grows: the lines matter more.
func (f *File) rotate(file *os.File) {
	if release(file) != nil {
		return
	}
	if f.keep == 0 {
		_ = os.Remove(f.path)
	}
	for n := f.keep; n > 0; n-- {
		if err := os.Rename(f.numbered(n-1), f.numbered(n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}

// follow opens what is written to after a file that was full, for the same owner.
func (f *File) follow() (*os.File, error) {
	was, err := os.Stat(f.path + ".1")
	next, err2 := f.open()
	if err == nil && err2 == nil {
		err2 = giveTo(next, was)
	}
	return next, err2
}

// numbered is an older file; 0 is the one that is written to.
func (f *File) numbered(n int) string {
	if n == 0 {
		return f.path
	}
	return fmt.Sprintf("%s.%d", f.path, n)
}
