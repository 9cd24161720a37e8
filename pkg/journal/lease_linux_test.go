package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// inherited are the open files below a folder, as a process has them that is being started: until it begins with its
// program.
func inherited(t *testing.T, folder string) {
	t.Helper()
	const mine = "/proc/self/fd"
	all, err := os.ReadDir(mine)
	must(t, err)
	for _, entry := range all {
		path, err := os.Readlink(filepath.Join(mine, entry.Name()))
		if errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(path, folder+"/") {
			continue // that of the listing itself is gone
		}
		fd, err := strconv.Atoi(entry.Name())
		must(t, err)
		child, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
		must(t, err)
		t.Cleanup(func() { _ = unix.Close(child) })
	}
}

// Who gives something back while its process starts a plugin gives it back at once.
func TestAProcessThatIsBeingStartedHoldsNothing(t *testing.T) {
	copied := backup(t, open(t, file(t)))
	at := onFile(t)
	j, other := at.open(t), at.open(t)
	release := acquire(t, j, edge, 0)
	acquire(t, j, "source:hq", 0)
	inherited(t, at.path+".leases")
	release()
	acquire(t, other, edge, 0)()
	leased(t, other, "source:hq")
	must(t, j.Close())
	acquire(t, other, "source:hq", 0)()
	must(t, other.Close())
	_, err := at.restore(t, copied, true)
	must(t, err)
}
