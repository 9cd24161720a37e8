//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// listen is for a loop: SIGUSR1 asks for a pass, SIGHUP says that the configuration changed. SIGPIPE is heard for nobody:
// so a loop goes on when nobody reads what it says, and what it starts does not inherit that.
func listen() (again, changed <-chan struct{}, stop func()) {
	unread := make(chan os.Signal, 1)
	signal.Notify(unread, syscall.SIGPIPE)
	again, stopAgain := relay(syscall.SIGUSR1)
	changed, stopChanged := relay(syscall.SIGHUP)
	return again, changed, func() {
		stopAgain()
		stopChanged()
		signal.Stop(unread)
	}
}
