package blocker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/var-project/var/pkg/internal/wire"
)

// guard starts this program again as the plugin proper and stays until nothing of it is left. When
// the host's end of standard input closes, it kills the plugin's process group; when the plugin has
// ended, every descendant, wherever it moved to: as a subreaper it inherits them all. The host has the kernel send it SIGCONT at its death, so that a stopped guard acts too.
func guard(dir string) int {
	ignoreSignals()
	defer func() { _ = os.RemoveAll(dir) }()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		return 1
	}
	p, err := startProper()
	if err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		return 1
	}
	w := &ward{pid: p.Pid}
	go func() {
		waitForHost()
		w.kill()
	}()
	status := w.wait()
	_ = os.RemoveAll(dir)
	if !alone() {
		killDescendants()
	}
	return exitCode(status)
}

// ignoreSignals leaves it to the host when to end: a service manager signals the whole group, and
// what is in flight should be finished. They are caught rather than ignored, so that programs that
// the plugin starts get them as usual.
func ignoreSignals() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1)
}

// waitForHost returns when the host is gone or wants the plugin to be.
func waitForHost() { _, _ = io.Copy(io.Discard, os.Stdin) }

func startProper() (*os.Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var env []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, wire.GuardEnv+"=") {
			env = append(env, pair)
		}
	}
	return os.StartProcess(self, []string{self}, &os.ProcAttr{
		Env:   append(env, wire.GuardedEnv+"=1"),
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
		Sys:   &syscall.SysProcAttr{Setpgid: true},
	})
}

// ward is the plugin proper. The lock keeps its number from being used after it was given back.
type ward struct {
	mu   sync.Mutex
	pid  int
	gone bool
}

func (w *ward) kill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.gone {
		_ = syscall.Kill(-w.pid, syscall.SIGKILL)
	}
}

// wait reaps whatever was left to this process until the plugin proper ends.
func (w *ward) wait() syscall.WaitStatus {
	for {
		var status syscall.WaitStatus
		if pid, err := wait4(-1, &status); pid == w.pid || err != nil {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.gone = true
			return status
		}
	}
}

func wait4(pid int, status *syscall.WaitStatus) (int, error) {
	for {
		got, err := syscall.Wait4(pid, status, 0, nil)
		if !errors.Is(err, syscall.EINTR) {
			return got, err
		}
	}
}

// killDescendants ends when there is none: each one that dies leaves its children to this process.
func killDescendants() {
	for childless := false; !childless; {
		for _, pid := range children(os.Getpid()) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_, err := wait4(-1, nil)
		childless = err != nil
	}
}

// alone reports that this process has no child, which spares a look at all processes.
func alone() bool {
	err := unix.Waitid(unix.P_ALL, 0, nil, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	return errors.Is(err, unix.ECHILD)
}

func children(of int) []int {
	var all []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		// The name in parentheses may hold anything; after it come the state and the parent.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(of) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				all = append(all, pid)
			}
		}
	}
	return all
}

func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// endWithHost kills the plugin's own group when the host is gone, in case the guard is too.
func endWithHost() {
	ignoreSignals()
	go func() {
		waitForHost()
		_ = syscall.Kill(0, syscall.SIGKILL)
	}()
}
