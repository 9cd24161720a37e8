//go:build unix

package logs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const noFollow = syscall.O_NOFOLLOW

// lock takes the lock on a file, which the kernel drops with the file, and reports whether it was to be had until then.
func lock(file *os.File, end time.Time) bool {
	for {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return true
		case !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR), time.Now().After(end):
			return false
		}
		<-time.After(time.Millisecond)
	}
}

// release is for systems where an open file cannot be moved.
func release(*os.File) error { return nil }

// syncFolder has the disk take the names in a folder.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// giveTo gives a file to the owner of its folder, where this process may.
func giveTo(file *os.File, folder fs.FileInfo) error {
	owner, ok := folder.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 || owner.Uid == 0 {
		return nil
	}
	return file.Chown(int(owner.Uid), int(owner.Gid))
}
