//go:build unix

package secretstore

import "io/fs"

func worldReadable(info fs.FileInfo) bool { return info.Mode().Perm()&0o004 != 0 }

// ownOnly reports that nobody but the file's owner may read or change it.
func ownOnly(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 == 0 }
