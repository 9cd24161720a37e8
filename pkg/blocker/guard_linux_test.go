package blocker

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/var-project/var/pkg/internal/wire"
)

// The test binary is also the plugin proper that the guard under test starts.
func TestMain(m *testing.M) {
	if os.Getenv(wire.GuardedEnv) != "" {
		beGuarded(os.Getenv("TEST_DIR"), os.Getenv("TEST_END"))
		return
	}
	m.Run()
}

// beGuarded starts a program in a session of its own and then does as it is told.
func beGuarded(dir, end string) {
	endless := exec.Command("/bin/sh", "-c", `trap "" TERM HUP; while :; do sleep 1; done`)
	endless.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := endless.Start(); err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "child"), []byte(strconv.Itoa(endless.Process.Pid)), 0o600); err != nil {
		panic(err)
	}
	if end == "exit" {
		os.Exit(7)
	}
	ready, err := os.OpenFile(filepath.Join(dir, "ready"), os.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	_ = ready.Close()
	_ = endless.Wait() // to wait for nothing at all is a deadlock, which Go ends
}

// guarded runs the guard in this process, with a pipe as standard input.
func guarded(t *testing.T, end string) (code int, dir string) {
	t.Helper()
	dir = t.TempDir()
	socket := filepath.Join(dir, "socket")
	if err := os.Mkdir(socket, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "ready"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TEST_DIR", dir)
	t.Setenv("TEST_END", end)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = r
	defer func() { os.Stdin = stdin }()
	go func() {
		// Opening the fifo waits for the plugin proper, and then the host goes.
		if end != "exit" {
			f, _ := os.Open(filepath.Join(dir, "ready"))
			_ = f.Close()
			_ = w.Close()
		}
	}()
	code = guard(socket)
	_ = w.Close()
	_ = r.Close()
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket's folder is left")
	}
	return code, dir
}

func TestTheGuardLeavesNothingOfAPlugin(t *testing.T) {
	for end, want := range map[string]int{"exit": 7, "host gone": 128 + int(syscall.SIGKILL)} {
		t.Run(end, func(t *testing.T) {
			code, dir := guarded(t, end)
			if code != want {
				t.Errorf("code is %d, want %d", code, want)
			}
			text, err := os.ReadFile(filepath.Join(dir, "child"))
			if err != nil {
				t.Fatal(err)
			}
			pid, err := strconv.Atoi(string(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(pid, 0); err == nil {
				t.Errorf("process %d of the plugin lives on", pid)
			}
		})
	}
}

func TestNamesAreInTheOrderOfTheDevices(t *testing.T) {
	if got := Names([]device{"b", "a"}); got[0] != "b" || got[1] != "a" {
		t.Errorf("names are %v", got)
	}
}
