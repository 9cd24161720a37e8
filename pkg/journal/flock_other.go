//go:build !unix

package journal

import "os"

// exclusive and shared lock nothing: where the kernel drops no locks, one process at a time may use a journal.
func exclusive(*os.File) error { return nil }

func shared(*os.File) error { return nil }

func unlock(*os.File) error { return nil }
