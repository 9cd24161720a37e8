// Package service tells a service manager what a loop does and that it lives: sd_notify(3) of systemd, with its watchdog.
// Where there is no service manager it does nothing.
package service

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Manager is who started this program and wants to be told of it.
type Manager struct {
	// Tell passes on lines such as READY=1; nil: nobody listens.
	Tell func(state string) error
	// Watchdog is the longest that Alive may not be said for; 0: nobody waits for it.
	Watchdog time.Duration
}

// Here is the service manager of this process, as its environment names it: $NOTIFY_SOCKET, $WATCHDOG_USEC and
// $WATCHDOG_PID. An error is what is wrong with these; whoever can be told is then told all the same.
func Here() (Manager, error) {
	watchdog, err := daemon.SdWatchdogEnabled(false)
	return Manager{Tell: notify, Watchdog: watchdog}, err
}

// notify sends to $NOTIFY_SOCKET. Without one it does nothing.
func notify(state string) error {
	_, err := daemon.SdNotify(false, state)
	return err
}

// Service is this program as its manager sees it.
type Service struct {
	manager Manager
	log     *slog.Logger
}

// New makes a service of a manager.
func New(m Manager, log *slog.Logger) *Service { return &Service{manager: m, log: log} }

// Ready says that the service is up, or has reloaded, and what it does.
func (s *Service) Ready(doing string) { s.tell("READY=1", status(doing)) }

// Doing says what the service does, for a person: systemctl status.
func (s *Service) Doing(text string) { s.tell(status(text)) }

// Reloading says that a reload begins. Ready ends it, however it went.
func (s *Service) Reloading() {
	s.tell("RELOADING=1", strings.TrimSpace(daemon.SdNotifyMonotonicUsec()), status("reloading"))
}

// Stopping says that the service ends, which may take so long.
func (s *Service) Stopping(patience time.Duration, doing string) {
	s.tell("STOPPING=1", fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d", patience.Microseconds()), status(doing))
}

// alive is for the watchdog.
func (s *Service) alive() { s.tell("WATCHDOG=1") }

// status is one line, whatever is in the text: another line would be another message.
func status(text string) string { return "STATUS=" + strings.Join(strings.Fields(text), " ") }

func (s *Service) tell(lines ...string) {
	if s.manager.Tell == nil {
		return
	}
	if err := s.manager.Tell(strings.Join(lines, "\n")); err != nil {
		s.log.Warn("the service manager is not told", "message", lines[0], "error", err)
	}
}
