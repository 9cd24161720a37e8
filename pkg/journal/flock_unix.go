//go:build unix

package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// exclusive takes the lock on a file for its holder, shared for many at once; errLocked says that another has it.
func exclusive(f *os.File) error { return flock(f, unix.LOCK_EX) }

func shared(f *os.File) error { return flock(f, unix.LOCK_SH) }

// unlock ends a lock that is given back by closing its file: a process that is being started has all files of its parent
// until it begins with its program, and would hold the lock so long.
func unlock(f *os.File) error { return flock(f, unix.LOCK_UN) }

func flock(f *os.File, how int) error {
	for {
		err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EWOULDBLOCK):
			return errLocked
		}
		return err
	}
}
