//go:build !linux

package journaltest

import "syscall"

func unprivileged() *syscall.SysProcAttr { return nil }

func own(...string) error { return nil }
