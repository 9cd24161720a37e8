//go:build unix

package cli

import (
	"fmt"
	"os"
	"syscall"
)

// toJournal reports that a stream is read by journald, which names it so: systemd.exec(5), $JOURNAL_STREAM.
func toJournal(stream *os.File, named string) bool {
	info, err := stream.Stat()
	if err != nil {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && named == fmt.Sprintf("%d:%d", s.Dev, s.Ino)
}
