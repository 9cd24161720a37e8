//go:build !unix

package logs

import (
	"io/fs"
	"os"
	"time"
)

const noFollow = 0

// lock locks nothing: where the kernel drops no locks, a file that another process has open is not moved, and grows.
func lock(*os.File, time.Time) bool { return true }

// release closes a file, since one that is open cannot be moved.
func release(file *os.File) error { return file.Close() }

// syncFolder does nothing: names are kept with their files.
func syncFolder(string) error { return nil }

func giveTo(*os.File, fs.FileInfo) error { return nil }
