//go:build unix

package config

import (
	"io/fs"
	"os"
	"syscall"
)

// sameOwner gives a file the owner and group of another.
func sameOwner(f *os.File, like fs.FileInfo) error {
	now, err := f.Stat()
	if err != nil {
		return err
	}
	is, known := now.Sys().(*syscall.Stat_t)
	wanted, also := like.Sys().(*syscall.Stat_t)
	if !known || !also || is.Uid == wanted.Uid && is.Gid == wanted.Gid {
		return nil
	}
	return f.Chown(int(wanted.Uid), int(wanted.Gid))
}
