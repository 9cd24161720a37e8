package journal_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// onSmallDisk runs this test again as a process with a small filesystem of its own, which ends with it, and there the
// function in its place.
func onSmallDisk(t *testing.T, test func(*testing.T, string)) {
	t.Helper()
	if folder := os.Getenv("JOURNAL_TEST_DISK"); folder != "" {
		must(t, syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""))
		must(t, syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"))
		test(t, folder)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "JOURNAL_TEST_DISK="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	switch {
	case os.Getenv("CI") == "" && (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL)):
		t.Skipf("not run: no filesystem of its own for a process here: %v", err)
	case err != nil:
		t.Fatalf("%v:\n%s", err, out)
	}
}

// fill writes until nothing fits any more; the file that it makes can be removed to make room.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	_ = f.Close() // full
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// No intent that was not written: then no device is touched. What was written stays, and goes on when there is room.
func TestAFullDiskStopsBeforeTheDevice(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, disk string) {
		at := place{path: filepath.Join(disk, "var.db"), url: url(filepath.Join(disk, "var.db"))}
		j := at.open(t)
		fill(t, filepath.Join(disk, "ballast"))
		begun := 0
		var err error
		for err == nil && begun < 10_000 {
			err = j.Begin(t.Context(), []entity.Intent{intent(entity.ActionBlock, host("hq", fmt.Sprint(begun)), "edge")})
			if err == nil {
				begun++
			}
		}
		if err == nil || !strings.Contains(err.Error(), "make room") && !strings.Contains(err.Error(), "look at the disk") {
			t.Fatalf("after %d intents: %v", begun, err)
		}
		if n := len(leftovers(t, j, "hq")); n != begun {
			t.Errorf("%d intents are there, %d were begun", n, begun)
		}
		must(t, j.Close())
		if _, err := at.try(t, ""); err == nil || errors.As(err, new(*journal.DamagedError)) || !strings.Contains(err.Error(), disk) {
			t.Errorf("opened on a full disk: %v", err)
		}
		must(t, os.Remove(filepath.Join(disk, "ballast")))
		j = at.open(t)
		if n := len(leftovers(t, j, "hq")); n != begun || j.Lost() != "" {
			t.Errorf("with room again: %d of %d intents, lost %q", n, begun, j.Lost())
		}
		begin(t, j, intent(entity.ActionBlock, host("hq", "7"), "edge"))
	})
}

func TestANewJournalOnAFullDiskIsRefused(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, disk string) {
		fill(t, filepath.Join(disk, "ballast"))
		at := place{path: filepath.Join(disk, "var.db"), url: url(filepath.Join(disk, "var.db"))}
		if _, err := at.try(t, ""); err == nil || !strings.Contains(err.Error(), at.path) {
			t.Fatalf("got %v", err)
		}
		must(t, os.Remove(filepath.Join(disk, "ballast")))
		if j := at.open(t); !j.Fresh() || j.Lost() != "" {
			t.Errorf("with room: fresh %v, lost %q", j.Fresh(), j.Lost())
		}
	})
}

// A filesystem that is only read refuses at once, says so, and can be looked at.
func TestAReadOnlyDiskIsAClearError(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, disk string) {
		at := place{path: filepath.Join(disk, "var.db"), url: url(filepath.Join(disk, "var.db"))}
		j := at.open(t)
		must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "x")}))
		must(t, j.Close())
		must(t, syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
		if _, err := at.try(t, ""); err == nil || errors.As(err, new(*journal.DamagedError)) || !strings.Contains(err.Error(), "read-only") {
			t.Errorf("got %v", err)
		}
		look, err := at.look(t, "")
		must(t, err)
		if n := len(held(t, look)); n != 1 {
			t.Errorf("a look sees %d of 1", n)
		}
	})
}
