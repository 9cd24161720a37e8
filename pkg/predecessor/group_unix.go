//go:build unix

package predecessor

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// runApart runs a command in a process group of its own, of which nothing is left afterwards. Where we have the terminal
// the group has it meanwhile: a keyring may ask there for what it is locked with.
func runApart(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if terminal := ourTerminal(); terminal != nil {
		defer terminal.Close()
		cmd.SysProcAttr.Foreground, cmd.SysProcAttr.Ctty = true, int(terminal.Fd())
		defer takeBack(terminal)
	}
	err := cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // there is mostly nobody left
	}
	return err
}

// ourTerminal is the one that this process may read from and write to at the moment; nil when there is none.
func ourTerminal() *os.File {
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	if err != nil || group != syscall.Getpgrp() {
		_ = terminal.Close() // nothing was written
		return nil
	}
	return terminal
}

// takeBack takes the terminal from who had it meanwhile. Whoever does that in the background is stopped for it, unless
// it ignores the signal.
func takeBack(terminal *os.File) {
	if !signal.Ignored(syscall.SIGTTOU) {
		signal.Ignore(syscall.SIGTTOU)
		defer signal.Reset(syscall.SIGTTOU)
	}
	_ = unix.IoctlSetPointerInt(int(terminal.Fd()), unix.TIOCSPGRP, syscall.Getpgrp()) // it may have gone away
}

// interrupted reports that somebody ended a command with Ctrl-C, which reaches who has the terminal alone.
func interrupted(ended *exec.ExitError) bool {
	status, known := ended.Sys().(syscall.WaitStatus)
	return known && (status.Signaled() && status.Signal() == syscall.SIGINT || status.ExitStatus() == shellInterrupted)
}

// shellInterrupted is what a shell ends with whose command was ended so.
const shellInterrupted = 128 + int(syscall.SIGINT)
