package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/lab"
)

// A.7 of the predecessor: what crashed inside took the brain's process along, and the parent said 0.
func TestAPluginThatDiesOnceIsSettledByRepeating(t *testing.T) {
	t.Parallel()
	s, final := endless(t)
	run := s.start(t, "run", "--groom")
	s.busy(t, "fw1", "POST address")
	killPlugins(t, run)
	s.admin.faults(t, "fw1")
	s.judge(t, run.wait(t), s.reality(t), final, "edge")
	s.heals(t, final)
}

func TestAPluginThatAlwaysDiesMakesThePassFail(t *testing.T) {
	t.Parallel()
	s, final := endless(t)
	before := s.reality(t)
	run := s.start(t, "run", "--groom")
	over := make(chan ended, 1)
	go func() { over <- run.wait(t) }()
	var e ended
	within(patience, func() bool {
		if s.admin.requests(t, "fw1")["POST address"] > 0 {
			killPlugins(t, run)
		}
		select {
		case e = <-over:
			return true
		default:
			return false
		}
	})
	if e.code != 4 || !strings.Contains(e.said(), "edge") {
		t.Errorf("want exit code 4 and the blocker's name: %s", e)
	}
	s.safe(t, before, final)
	s.admin.faults(t, "fw1")
	s.heals(t, final)
}

// endless is a scene whose first firewall never answers to what is to be created, and what the world is to become.
func endless(t *testing.T) (scene, reality) {
	t.Helper()
	undisturbed := newScene(t, families[1], fortigates{"address-group"})
	undisturbed.pass(t, 0, "--groom")
	s := newScene(t, families[1], fortigates{"address-group"})
	s.admin.forgetRequests(t, "fw1")
	s.admin.faults(t, "fw1", lab.Fault{Match: "POST address", What: lab.Hang})
	return s, undisturbed.reality(t)
}

// busy waits until an end is asked something.
func (s scene) busy(t *testing.T, end, kind string) {
	t.Helper()
	if !within(aWhile, func() bool { return s.admin.requests(t, end)[kind] > 0 }) {
		t.Fatalf("%s was never asked %s", end, kind)
	}
}

// killPlugins ends every plugin that a var has started, the hard way.
func killPlugins(t *testing.T, run *process) {
	t.Helper()
	for _, pid := range pluginsOf(run.cmd.Process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have gone by itself
	}
}

// pluginsOf are the plugins among the descendants of a process.
func pluginsOf(ancestor int) []int {
	var found []int
	for pid, exe := range executables() {
		if strings.HasPrefix(filepath.Base(exe), "var-plugin-") && descends(pid, ancestor) {
			found = append(found, pid)
		}
	}
	return found
}

func descends(pid, ancestor int) bool {
	for pid > 1 {
		if pid == ancestor {
			return true
		}
		pid = parent(pid)
	}
	return false
}

// parent reads /proc/PID/stat: the fourth field, behind the name in parentheses.
func parent(pid int) int {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	_, rest, named := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if err != nil || !named || len(fields) < 2 {
		return 0
	}
	id, _ := strconv.Atoi(fields[1]) // the kernel writes numbers
	return id
}

// Whoever is interrupted leaves a journal that the next pass goes on from, and no process.
func TestAnInterruptedPassIsGoneOnWith(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			s, final := endless(t)
			before := s.reality(t)
			run := s.start(t, "run", "--groom")
			s.busy(t, "fw1", "POST address")
			plugins := pluginsOf(run.cmd.Process.Pid)
			if e := run.end(t, signal); e.code == 0 {
				t.Errorf("an interrupted pass calls itself whole: %s", e)
			}
			gone(t, plugins)
			s.safe(t, before, final)
			s.admin.faults(t, "fw1")
			s.heals(t, final)
		})
	}
}

func gone(t *testing.T, plugins []int) {
	t.Helper()
	if len(plugins) == 0 {
		t.Error("no plugin was seen")
	}
	for _, pid := range plugins {
		if !within(farewell, func() bool { return executables()[pid] == "" }) {
			t.Errorf("plugin %d is still there", pid)
		}
	}
}

// Of two cron runs that overlap one may leave all to the other and say so; what they leave is what one would have left.
func TestTwoRunsAtOnceLeaveOneWorld(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		t.Run(sc.family.name, func(t *testing.T) {
			t.Parallel()
			undisturbed := newScene(t, sc.family, sc.means)
			undisturbed.pass(t, 0, "--groom")
			final := undisturbed.reality(t)
			s := newScene(t, sc.family, sc.means)
			before := s.reality(t)
			first, second := s.start(t, "run", "--groom"), s.start(t, "run", "--groom")
			for _, e := range []ended{first.wait(t), second.wait(t)} {
				if !slices.Contains([]int{0, 4, 5}, e.code) {
					t.Errorf("want exit code 0, 4 or 5: %s", e)
				}
			}
			s.safe(t, before, final)
			s.pass(t, 0, "--groom")
			now := s.reality(t)
			now.Notes, final.Notes = nil, nil // both may have told
			if diff := cmp.Diff(final, now); diff != "" {
				t.Errorf("the world is another one (-want +got):\n%s", diff)
			}
			if _, open := s.status(t); open != 0 {
				t.Errorf("%d intents and notes are left open", open)
			}
		})
	}
}

// A key that is in the configuration is obeyed by every plugin.
func TestTheTimeoutOfABlockerBoundsARequest(t *testing.T) {
	t.Parallel()
	hanging := map[string]struct {
		means means
		end   string
	}{"FortiGate": {fortigates{"quarantine"}, "fw1"}, "Palo-Alto": {panos{}, "pa1"}}
	for name, h := range hanging {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRow(t, families[0], h.means, "host")
			r.pass(t, 0)
			r.want(t, true)
			r.wait = "1s"
			r.configure(t)
			r.admin.faults(t, h.end, lab.Fault{What: lab.Hang})
			began := time.Now()
			if e := r.pass(t, 4); !strings.Contains(e.said(), "within 1s") {
				t.Errorf("after %s: %s", time.Since(began), e)
			}
		})
	}
}
