//go:build unix

package main_test

import (
	"os"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// signals are those that "tell" knows.
var signals = map[string]os.Signal{"HUP": syscall.SIGHUP, "USR1": syscall.SIGUSR1, "TERM": syscall.SIGTERM}

// unixCommands are commands of scripts that need a Unix.
func unixCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){"tell": cmdTell, "hold": cmdHold}
}

// cmdTell is "tell HUP": to what runs in the background.
func cmdTell(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, "SIGNAL")
	sig, known := signals[args[0]]
	if !known {
		ts.Fatalf("no signal %s", args[0])
	}
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(sig))
	}
}

// cmdHold is "hold FILE": the example plugin waits with its next change there until "! hold FILE".
func cmdHold(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, args, "FILE")
	held := placeOf(ts).held
	if held == nil {
		held = map[string]*os.File{}
		placeOf(ts).held = held
	}
	path := ts.MkAbs(args[0]) + ".lock"
	if neg {
		ts.Check(held[path].Close())
		return
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	ts.Check(err)
	ts.Defer(func() { _ = f.Close() })
	ts.Check(syscall.Flock(int(f.Fd()), syscall.LOCK_EX)) //nolint:gosec // a file descriptor
	held[path] = f
}
