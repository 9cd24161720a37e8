package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/var-project/var/pkg/lab"
)

// loops plays a loop: each step happens in the pause after a pass, and says whether a reload is asked for then.
func (s *stage) loops(lines string, steps ...func() (reload bool)) {
	s.t.Helper()
	s.loopsWith(nil, lines, steps...)
}

// loopsWith is a loop with more flags.
func (s *stage) loopsWith(flags []string, lines string, steps ...func() (reload bool)) {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	defer stop()
	changed := make(chan struct{}, 1)
	a := s.app()
	a.Listen = func() (<-chan struct{}, <-chan struct{}, func()) { return nil, changed, func() {} }
	a.Pause = func(ctx context.Context, _ time.Duration) error {
		if len(steps) == 0 {
			stop()
			return ctx.Err()
		}
		step := steps[0]
		if steps = steps[1:]; step() {
			changed <- struct{}{}
			<-ctx.Done()
		}
		return ctx.Err()
	}
	path := s.write("config.toml", s.base(lines))
	args := append([]string{"--config", path, "--plugin-dir", s.path("plugins"), "run", "--loop"}, flags...)
	if code := a.Run(ctx, args); code != ExitDone {
		s.t.Fatalf("the loop ended with %d\n%s%s", code, &s.out, &s.err)
	}
}

// counting puts a program in the place of the plugin that writes a line when it is started, and runs the plugin.
func (s *stage) counting() (starts func() int) {
	s.t.Helper()
	self, err := os.Executable()
	if err == nil {
		err = os.Remove(s.path("plugins/var-plugin-scribe"))
	}
	if err != nil {
		s.t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho started >> %q\nexec %q\n", s.path("starts"), self)
	if err := os.Chmod(s.write("plugins/var-plugin-scribe", script), 0o700); err != nil { //nolint:gosec // a program
		s.t.Fatal(err)
	}
	return func() int {
		text, err := os.ReadFile(s.path("starts"))
		if err != nil {
			s.t.Fatal(err)
		}
		return strings.Count(string(text), "\n")
	}
}

// A reload opens anew what has another secret or other settings, and nothing else; one that fails closes nothing.
func TestAReloadOpensOnlyWhatChanged(t *testing.T) {
	s := newStage(t)
	starts := s.counting()
	expect := func(when string, want int) {
		if got := starts(); got != want {
			t.Errorf("%s: the plugin was started %d times, want %d\n%s", when, got, want, &s.err)
		}
	}
	s.write("blocker.desk.token", "right")
	s.loops("",
		func() bool { expect("at first", 1); return true },
		func() bool {
			expect("nothing changed", 1)
			s.write("blocker.desk.token", "another")
			return true
		},
		func() bool {
			expect("another secret", 2)
			s.write("config.toml", s.base("blocker.desk.rate = 7"))
			return true
		},
		func() bool {
			expect("another setting", 3)
			s.write("config.toml", "brain.hq = 7")
			s.cured()
			return true
		},
		func() bool { expect("a bad file", 3); return false },
		func() bool { s.holds("10.0.0.1", false); return false },
	)
	if got := s.book().Rate; got != 7 {
		t.Errorf("the plugin goes by a rate of %v", got)
	}
	for text, want := range map[string]int{"reload: the configuration of now is in force": 3, "reload: nothing is changed": 1, "config.toml:1: brain: must be": 1} {
		if got := strings.Count(s.err.String(), text); got != want {
			t.Errorf("%q is told %d times, want %d\n%s", text, got, want, &s.err)
		}
	}
}

// A certificate authority is renewed in its place: the path in the file stays.
func TestAReloadOpensAnewWhoseAuthorityIsAnother(t *testing.T) {
	s := newStage(t)
	starts := s.counting()
	expect := func(when string, want int) {
		if got := starts(); got != want {
			t.Errorf("%s: the plugin was started %d times, want %d\n%s", when, got, want, &s.err)
		}
	}
	s.write("desk.pem", "-----BEGIN CERTIFICATE-----")
	s.loops("blocker.desk.settings.ca_file = \"desk.pem\"",
		func() bool { expect("at first", 1); return true },
		func() bool { expect("nothing changed", 1); s.write("desk.pem", "another"); return true },
		func() bool { expect("another authority", 2); return true },
		func() bool { expect("nothing changed since", 2); return s.lose("desk.pem") },
		func() bool { expect("no file any more", 3); return false },
	)
}

// lose takes a file away.
func (s *stage) lose(name string) bool {
	if err := os.Remove(s.path(name)); err != nil {
		s.t.Fatal(err)
	}
	return true
}

// A plugin that was only asked what it is, for a blocker that does not run, is not left behind by a reload, here one that is refused: two
// blockers have one label.
func TestAReloadLeavesNoIdlePlugin(t *testing.T) {
	s := newStage(t)
	alive := s.breathing()
	expect := func(when string) {
		if got := alive(); got != 1 {
			t.Errorf("%s: %d processes of the plugin, want that of the blocker\n%s", when, got, &s.err)
		}
	}
	off := "[blocker.off]\nplugin = \"scribe\"\nenabled = false"
	s.loops("",
		func() bool { expect("at first"); s.write("config.toml", s.base(off)); return true },
		func() bool { expect("reloaded"); return false },
	)
}

// breathing puts a program in the place of the plugin that tells its process, and counts those that live.
func (s *stage) breathing() (alive func() int) {
	s.t.Helper()
	s.counting()
	path := s.path("plugins/var-plugin-scribe")
	script, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("plugins/var-plugin-scribe", strings.Replace(string(script), "echo started", "echo $$", 1))
	return func() int {
		text, err := os.ReadFile(s.path("starts"))
		if err != nil {
			s.t.Fatal(err)
		}
		n := 0
		for _, field := range strings.Fields(string(text)) {
			pid, _ := strconv.Atoi(field)
			if p, err := os.FindProcess(pid); err == nil && p.Signal(syscall.Signal(0)) == nil {
				n++
			}
		}
		return n
	}
}

// A flag stays in force over a reload, and that is told when the file says otherwise anew.
func TestAReloadTellsThatTheIntervalOfTheCommandLineGoesBefore(t *testing.T) {
	s := newStage(t)
	change := func(lines string) func() bool {
		return func() bool { s.write("config.toml", s.base(lines)); return true }
	}
	steps := []func() bool{change("run.jitter = 3"), change("run.interval = \"7m\"")}
	s.loopsWith([]string{"--interval", "1m"}, "", steps...)
	if got := strings.Count(s.err.String(), "reload: run.interval is 7m now, but --interval 1m goes before it"); got != 1 {
		t.Errorf("told %d times, want once\n%s", got, &s.err)
	}
	s.loops("", steps...)
	if strings.Contains(s.err.String(), "goes before it") {
		t.Errorf("told without the flag\n%s", &s.err)
	}
}

// A blocker that cannot be started is tried again by each pass, and costs those that run nothing.
func TestABrokenBlockerLeavesTheOthersAlone(t *testing.T) {
	s := newStage(t)
	starts := s.counting()
	pass := func() bool { return false }
	s.loops("[blocker.late]\nplugin = \"late\"\nlabel = \"Late\"", pass, pass, pass)
	if got := starts(); got != 1 {
		t.Errorf("the plugin that runs was started %d times in four passes", got)
	}
	if got := strings.Count(s.err.String(), "blocker late is not running"); got != 4 {
		t.Errorf("the one that does not is told of %d times in four passes\n%s", got, &s.err)
	}
}

func TestASourceWithoutACompletePassIsTold(t *testing.T) {
	s := newStage(t)
	pass := func() bool { s.ahead += 5 * time.Minute; return false }
	refuse := func(all ...lab.Fault) {
		if err := s.hq.SetFaults(all...); err != nil {
			t.Fatal(err)
		}
	}
	refuse(lab.Fault{What: lab.AnswerStatus, Status: http.StatusForbidden})
	s.loops("run.interval = \"5m\"", pass, pass, func() bool { s.said(t, 0, 0); return pass() }, pass, pass,
		func() bool { refuse(); return pass() }, pass)
	s.said(t, 1, 1)
	if !strings.Contains(s.err.String(), "level=ERROR msg=\"source without a complete pass for three intervals\" source=hq since=- error=") {
		t.Errorf("it is told otherwise: %s", &s.err)
	}
}

// said counts the announcements.
func (s *stage) said(t *testing.T, silent, back int) {
	t.Helper()
	for text, want := range map[string]int{"without a complete pass": silent, "read completely again": back} {
		if got := strings.Count(s.err.String(), text); got != want {
			t.Errorf("%q is told %d times, want %d\n%s", text, got, want, &s.err)
		}
	}
}
