//go:build unix

package logs_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/var-project/var/pkg/logs"
)

func TestNoLinkIsFollowedAndNoPipeIsWaitedFor(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "crontab")
	if err := os.WriteFile(other, []byte("theirs\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"link": syscall.ELOOP, "pipe": syscall.ENXIO, ".": syscall.EISDIR} {
		var told error
		fmt.Fprint(logs.NewFile(filepath.Join(dir, name), 1000, 2, func(err error) { told = err }), "ours\n")
		if !errors.Is(told, want) {
			t.Errorf("%s: told %v, want %v", name, told, want)
		}
	}
	if got := read(t, other); got != "theirs\n" {
		t.Errorf("got %q", got)
	}
}

// A process that was stopped may hold the lock for ever.
func TestALockThatIsNotLetGoHoldsUpNoLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "var.log")
	f := logs.NewFile(path, 20, 2, func(err error) { t.Error(err) })
	fmt.Fprint(f, "one\n")
	held, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		fmt.Fprint(f, "more\n")
	}
	if got := strings.Count(read(t, path), "more\n"); got != 50 {
		t.Errorf("got %d lines", got)
	}
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "last\n")
	if got := read(t, path); got != "last\n" {
		t.Errorf("after it was let go: got %q", got)
	}
}

// A limit on the size of files stands for a full disk, in a process of its own.
func TestAFullDiskLeavesNoHalfLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "var.log")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f 1; exec "$0"`, os.Args[0])
	cmd.Env = append(os.Environ(), "WRITE_LINES="+path, "WRITER=w")
	told, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(told), syscall.EFBIG.Error()) {
		t.Errorf("told %q, %v", told, err)
	}
	text := read(t, path)
	for line := range strings.Lines(text) {
		n := -1
		if _, err := fmt.Sscanf(line, "w line %d", &n); err != nil || line != fmt.Sprintf("w line %d %s\n", n, strings.Repeat("x", n%90)) {
			t.Errorf("half a line: %q", line)
		}
	}
	if len(text) < 200 {
		t.Errorf("only %d bytes were written", len(text))
	}
}
