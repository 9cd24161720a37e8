//go:build !unix

package secretstore

import "io/fs"

// worldReadable knows nothing where modes say nothing of who can read.
func worldReadable(fs.FileInfo) bool { return false }

// ownOnly cannot be told there.
func ownOnly(fs.FileInfo) bool { return true }

// worldWritable, groupWritable and strange cannot be told either.
func worldWritable(fs.FileInfo) bool { return false }

func groupWritable(fs.FileInfo) bool { return false }

func strange(fs.FileInfo) bool { return false }
