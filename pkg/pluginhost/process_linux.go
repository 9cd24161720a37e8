package pluginhost

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/var-project/var/pkg/internal/wire"
)

// command starts the program as a guard in a session of its own, out of reach of a terminal's
// signals. SIGCONT at this process's death wakes a guard that was stopped; it is harmless at the
// death of the mere thread that started it.
func command(path, dir string) *exec.Cmd {
	return &exec.Cmd{
		Path: path, Args: []string{"var-guard", filepath.Base(path)},
		Env:         []string{wire.GuardEnv + "=" + dir},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGCONT},
	}
}

func wake(p *os.Process) { _ = p.Signal(syscall.SIGCONT) }

// cldExited is how the kernel says that a process ended by itself (CLD_EXITED of waitid(2)).
const cldExited = 1

// awaitEnd returns when the process has ended; its number stays taken until it is waited for. A guard that ended by
// itself left nothing behind.
func awaitEnd(pid int) (byItself bool) {
	var info unix.Siginfo
	for errors.Is(unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT, nil), syscall.EINTR) {
	}
	return info.Code == cldExited
}

// sweep kills what is left of the session that the ended process led.
func sweep(session int) {
	for _, pid := range processes() {
		text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if err != nil {
			continue
		}
		// The name in parentheses may hold anything; after it come state, parent, group and session.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) > 3 && fields[3] == strconv.Itoa(session) && pid != session {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

func processes() []int {
	entries, _ := os.ReadDir("/proc")
	var all []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			all = append(all, pid)
		}
	}
	return all
}
