package main_test

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScript plays the transcripts of testdata/script. Besides testscript's own commands they have:
//
//	world                     serve the lab's default world in $LAB; its brains are $HQ, $CLOUD and $BRANCH
//	expand FILE…              put the values of variables into files
//	var ARGS…                 run the program and want success; "exits CODE var ARGS…" wants that exit code
//	change END OP ARGS        have an analyst, an administrator or time change an end; ARGS is JSON
//	down END, up END          take an end off the network, bring it back
//	fault END RULES           have an end misbehave; RULES is JSON
//	tags BRAIN KIND ID        print the tags of an entity, a line each
//	eventually PATTERN …      wait until "tags …" or "notes …" shows it, "requests END" counts it, or it stands in "file NAME"
//	notes BRAIN KIND ID       print its notes
//	writes END                print how many requests changed something there since the last time
//	logins END                print how many tokens, and refreshed ones, were asked for since the last time
//	photograph FILE DIR…      write into FILE what the folders and all ends of the world hold
//
//	terminate                 send SIGTERM to what runs in the background; "wait" is the next line
//	tell SIGNAL               send HUP, USR1 or TERM to what runs in the background
//	hold FILE, ! hold FILE    make the example plugin wait before it changes a file, and let it go on
//	typing FILE SHOWN PROGRAM ARGS…  run a program at a terminal of its own, whose input it is, type the file there, and keep
//	                          in a file what the terminal shows
//	written FILE              wait until a program in the background has written a file
//	confidential TEXT…        name further secrets; "heard FILE…" wants that none is in these
//
// Programs are copied with "exec cp": nobody can run what this process is writing, or a child of it that it is just starting.
//
// $IN_THREE_DAYS is the name of a day on which no script runs.
//
// Whatever var says is searched for every secret, those of the world included.
func TestScript(t *testing.T) {
	t.Parallel()
	bin := programs(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               func(e *testscript.Env) error { return furnish(e, bin) },
		Cmds: withUnix(map[string]func(*testscript.TestScript, bool, []string){
			"world": cmdWorld, "expand": cmdExpand, "var": cmdVar, "exits": cmdExits, "change": cmdChange, "down": cmdDown,
			"up": cmdUp, "fault": cmdFault, "tags": cmdTags, "notes": cmdNotes, "eventually": cmdEventually, "writes": cmdWrites, "logins": cmdLogins,
			"photograph": cmdPhotograph, "confidential": cmdConfidential, "heard": cmdHeard, "terminate": cmdTerminate, "written": cmdWritten, "receiver": cmdReceiver, "typing": cmdTyping,
		}),
	})
}

// withUnix adds what only a Unix has.
func withUnix(cmds map[string]func(*testscript.TestScript, bool, []string)) map[string]func(*testscript.TestScript, bool, []string) {
	maps.Copy(cmds, unixCommands())
	return cmds
}

// furnish gives a script a home of its own and nothing of the caller's.
func furnish(e *testscript.Env, bin string) error {
	home := filepath.Join(e.WorkDir, ".home")
	e.Setenv("HOME", home)
	e.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	e.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	e.Setenv("BIN", bin)
	e.Setenv("IN_THREE_DAYS", time.Now().UTC().AddDate(0, 0, 3).Weekday().String())
	e.Setenv("LAB", filepath.Join(e.WorkDir, "lab"))
	e.Values[placeKey{}] = &place{}
	return os.MkdirAll(home, 0o700)
}

func cmdVar(ts *testscript.TestScript, neg bool, args []string) {
	if code := runVar(ts, args); (code != 0) != neg {
		ts.Fatalf("exit code %d", code)
	}
}

// cmdExits is "exits 4 var run".
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || args[1] != "var" {
		ts.Fatalf("usage: exits CODE var ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if code := runVar(ts, args[2:]); code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// runVar fails the script when a secret is said.
func runVar(ts *testscript.TestScript, args []string) int {
	err := ts.Exec(filepath.Join(ts.Getenv("BIN"), "var"), args...)
	keepSecrets(ts, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("var %q: %v", args, err)
	}
	if exit != nil {
		return exit.ExitCode()
	}
	return 0
}

func cmdTerminate(ts *testscript.TestScript, _ bool, _ []string) {
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	}
}

func cmdWritten(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, "FILE")
	there := within(patience, func() bool {
		_, err := os.Stat(ts.MkAbs(args[0]))
		return err == nil
	})
	if !there {
		ts.Fatalf("%s was not written within %s", args[0], patience)
	}
}

// cmdExpand puts the values of variables into files.
func cmdExpand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}
