//go:build unix

package secretstore

import (
	"io/fs"
	"os"
	"syscall"
)

func worldReadable(info fs.FileInfo) bool { return info.Mode().Perm()&0o004 != 0 }

// ownOnly reports that nobody but the file's owner may read or change it.
func ownOnly(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 == 0 }

func worldWritable(info fs.FileInfo) bool { return info.Mode().Perm()&0o002 != 0 }

func groupWritable(info fs.FileInfo) bool { return info.Mode().Perm()&0o020 != 0 }

// strange reports that a file belongs neither to this user nor to root. Root looks into the folders of all.
func strange(info fs.FileInfo) bool { return strangeTo(info, os.Geteuid()) }

func strangeTo(info fs.FileInfo, user int) bool {
	of, known := info.Sys().(*syscall.Stat_t)
	return known && user != 0 && of.Uid != 0 && int(of.Uid) != user
}
