// Package main_test runs the built program and its plugins as the processes that they are.
package main_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// shop is where the programs of this test run are built, once, when the first test wants them.
var shop struct {
	dir  string
	once sync.Once
	err  error
}

func TestMain(m *testing.M) {
	flag.Parse()
	if err := overlap(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(supervised(m))
}

// overlap lets more tests run at a time than there are processors, unless somebody said how many: half of their time they
// wait, for processes, timeouts and leases.
func overlap() error {
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if said {
		return nil
	}
	return flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
}

// supervised fails the run when a process of it outlives it.
func supervised(m *testing.M) int {
	dir, err := os.MkdirTemp("", "var-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	shop.dir = dir
	code := m.Run()
	if left := survivors(dir, farewell); len(left) > 0 {
		fmt.Fprintf(os.Stderr, "processes are left behind: %v\n", left)
		return 1
	}
	return code
}

// programs is the folder of var, with its plugins in plugins/. Short runs have none.
func programs(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("not run with -short: it watches other processes")
	}
	shop.once.Do(func() { shop.err = build(shop.dir) })
	if shop.err != nil {
		t.Fatal(shop.err)
	}
	return shop.dir
}

// build makes var and its plugins, all with one command: what they share is read once.
func build(dir string, flags ...string) error {
	mains, err := filepath.Glob("../../plugins/*/main.go")
	if err != nil {
		return err
	}
	folders := []string{"."}
	for _, file := range mains {
		folders = append(folders, filepath.Dir(file))
	}
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "plugins"), 0o755), goBuild(dir, folders, flags...)); err != nil {
		return err
	}
	for _, folder := range folders[1:] {
		name := filepath.Base(folder)
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, "plugins", "var-plugin-"+name)); err != nil {
			return err
		}
	}
	return nil
}

// goBuild builds programs without what only a debugger reads, which takes half of the time.
func goBuild(to string, folders []string, flags ...string) error {
	args := slices.Concat([]string{"build", "-ldflags=-s -w"}, flags, []string{"-o", to}, folders)
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("build %v: %w: %s", folders, err, out)
	}
	return nil
}

// executable writes a script in a process of its own: nobody can run what this one is writing, or a child of it that it is
// just starting for another test (ETXTBSY).
func executable(t *testing.T, path, script string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `cat >"$0" && chmod 700 "$0"`, path)
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("write %s: %v: %s", path, err, out)
	}
}

// ended is how a process ended and what it said.
type ended struct {
	code     int
	out, err string
}

func (e ended) String() string {
	return fmt.Sprintf("exit code %d\nstdout:\n%s\nstderr:\n%s", e.code, e.out, e.err)
}

// said is everything that was told, wherever.
func (e ended) said() string { return e.out + e.err }

// patience is how long one process may take, once its end is waited for, before a test gives it up.
const patience = 2 * time.Minute

// process is a program that runs beside the test.
type process struct {
	cmd      *exec.Cmd
	out, err bytes.Buffer
	stop     context.CancelFunc
}

// start runs a program with this environment and nothing else of ours but PATH.
func start(t *testing.T, env []string, program string, args ...string) *process {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	p := &process{cmd: exec.CommandContext(ctx, program, args...), stop: stop}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	if err := p.cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	return p
}

// wait is how it ended; -1 is the code of what a signal ended.
func (p *process) wait(t *testing.T) ended {
	t.Helper()
	defer p.stop()
	defer time.AfterFunc(patience, p.stop).Stop()
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ended{p.cmd.ProcessState.ExitCode(), p.out.String(), p.err.String()}
}

// farewell is how long after the end of var the last process of it may still be dying, on the busiest machine.
const farewell = 20 * time.Second

// survivors are the processes whose executable lies in dir, after at most this wait. Where the system
// has no /proc nothing is seen.
func survivors(dir string, wait time.Duration) []string {
	var left []string
	within(wait, func() bool {
		left = running(dir)
		return len(left) == 0
	})
	return left
}

// within looks again and again until it has happened, and reports whether it did in time.
func within(limit time.Duration, happened func() bool) bool {
	end := time.After(limit)
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for !happened() {
		select {
		case <-tick.C:
		case <-end:
			return happened()
		}
	}
	return true
}

// poll is the pause between two looks at something that is about to happen.
const poll = 20 * time.Millisecond

func running(dir string) []string {
	var found []string
	for pid, exe := range executables() {
		if strings.HasPrefix(exe, dir+string(filepath.Separator)) {
			found = append(found, fmt.Sprintf("%d (%s)", pid, filepath.Base(exe)))
		}
	}
	return found
}

// executables are the programs of all processes that can be looked at, by process id.
func executables() map[int]string {
	links, _ := filepath.Glob("/proc/[0-9]*/exe") // the pattern is fine
	found := map[int]string{}
	for _, link := range links {
		exe, err := os.Readlink(link)
		pid, numeric := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if err == nil && numeric == nil {
			found[pid] = strings.TrimSuffix(exe, " (deleted)")
		}
	}
	return found
}
