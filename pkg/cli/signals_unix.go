//go:build unix

package cli

import "syscall"

// listen is for a loop: SIGUSR1 asks for a pass, SIGHUP says that the configuration changed.
func listen() (again, changed <-chan struct{}, stop func()) {
	again, stopAgain := relay(syscall.SIGUSR1)
	changed, stopChanged := relay(syscall.SIGHUP)
	return again, changed, func() {
		stopAgain()
		stopChanged()
	}
}
