//go:build !unix

package secretstore

import "io/fs"

// worldReadable knows nothing where modes say nothing of who can read.
func worldReadable(fs.FileInfo) bool { return false }

// ownOnly cannot be told there.
func ownOnly(fs.FileInfo) bool { return true }
