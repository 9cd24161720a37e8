package main_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// watched is a process whose lines are read as they come.
type watched struct {
	cmd   *exec.Cmd
	dir   string
	lines chan string
	last  []string
}

// watch starts a loop that says everything.
func watch(t *testing.T, s *stage) *watched {
	t.Helper()
	w := &watched{dir: s.dir, lines: make(chan string)}
	w.cmd = exec.CommandContext(t.Context(), filepath.Join(s.bin, "var"), "run", "--loop", "--debug", "--config", filepath.Join(s.dir, "config.toml"))
	w.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "CREDENTIALS_DIRECTORY=" + filepath.Join(s.dir, "credentials")}
	out, err := w.cmd.StderrPipe()
	if err == nil {
		err = w.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go w.read(out)
	t.Cleanup(func() { _ = w.cmd.Process.Kill() }) // when it is still there, something failed before
	return w
}

func (w *watched) read(out io.Reader) {
	defer close(w.lines)
	for s := bufio.NewScanner(out); s.Scan(); {
		w.lines <- s.Text()
	}
}

// comes reads on until a line has this in it.
func (w *watched) comes(t *testing.T, text string) string {
	t.Helper()
	over := time.After(patience)
	for {
		select {
		case line, more := <-w.lines:
			if !more {
				t.Fatalf("the loop has ended before it said %q: %s", text, strings.Join(w.last, "\n"))
			}
			if strings.Contains(line, text) {
				return line
			}
			w.last = append(w.last[max(0, len(w.last)-50):], line)
		case <-over:
			t.Fatalf("the loop never said %q: %s", text, strings.Join(w.last, "\n"))
		}
	}
}

// goOn waits for the end of a pass, and gives what was said of it.
func (w *watched) goOn(t *testing.T) string {
	t.Helper()
	return w.comes(t, `msg="pass done"`)
}

func (w *watched) tell(t *testing.T, s os.Signal) {
	t.Helper()
	if err := w.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// end has the loop end, which is its proper end.
func (w *watched) end(t *testing.T) {
	t.Helper()
	w.tell(t, syscall.SIGTERM)
	for line := range w.lines {
		w.last = append(w.last[max(0, len(w.last)-50):], line)
	}
	if err := w.cmd.Wait(); err != nil {
		t.Errorf("the loop was told to end: %v: %s", err, strings.Join(w.last, "\n"))
	}
}

// having is what the process has after a pass.
type having [measures]float64

// What is measured.
const (
	descriptors = iota
	children
	goroutines
	live
	resident
	kept
	measures
)

// room is how much more of each there may be in the last third of the passes than in the first: what chance gives,
// however many they are. The state keeps a minute of history, which is more passes where they are made faster.
// Of goroutines the least counts: what is left behind is there in every later sample, and what has only not ended yet, on a
// machine that does much else, is not.
var room = [measures]struct {
	name    string
	more    float64
	typical func([]float64) float64
}{
	descriptors: {"descriptors", 2, median},
	children:    {"children", 0, median},
	goroutines:  {"goroutines", 4, slices.Min[[]float64]},
	live:        {"bytes in use", 1 << 20, median},
	resident:    {"resident bytes", 8 << 20, median},
	kept:        {"bytes of the state", 512 << 10, median},
}

var ownFigures = regexp.MustCompile(`process\.goroutines=(\d+) process\.live_bytes=(\d+)`)

func (w *watched) look(t *testing.T, said string) (s having) {
	t.Helper()
	told := ownFigures.FindStringSubmatch(said)
	if told == nil {
		t.Fatalf("no figures: %s", said)
	}
	s[goroutines], s[live] = number(t, told[1]), number(t, told[2])
	proc := filepath.Join("/proc", strconv.Itoa(w.cmd.Process.Pid))
	s[resident] = number(t, strings.Fields(read(t, proc+"/statm"))[1]) * float64(os.Getpagesize())
	open, err := os.ReadDir(proc + "/fd")
	if err != nil {
		t.Fatal(err)
	}
	s[descriptors], s[children] = float64(len(open)), float64(descendants(w.cmd.Process.Pid))
	for _, name := range []string{"var.db", "var.db-wal"} {
		if info, err := os.Stat(filepath.Join(w.dir, name)); err == nil {
			s[kept] += float64(info.Size())
		}
	}
	return s
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// descendants counts the processes below one.
func descendants(of int) (n int) {
	parents := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is fine
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has just ended
		}
		// The name in parentheses may hold anything; after it come the state and the parent.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parent, no := strconv.Atoi(fields[1])
		if err == nil && no == nil {
			parents[parent] = append(parents[parent], pid)
		}
	}
	for below := parents[of]; len(below) > 0; n++ {
		below = append(below[1:], parents[below[0]]...)
	}
	return n
}

// flat wants nothing to grow, and tells what does: the slope is that of a line through what is typical of the first and of
// the last third, which single high samples do not move.
func flat(t *testing.T, samples []having) {
	t.Helper()
	for what, r := range room {
		var series []float64
		for _, s := range samples {
			series = append(series, s[what])
		}
		third := len(series) / 3
		from, to := r.typical(series[:third]), r.typical(series[len(series)-third:])
		apart := float64(len(series) - third)
		t.Logf("%s: %s to %s in %d passes, %s a pass, %s at most",
			r.name, rounded(from), rounded(to), len(series), rounded((to-from)/apart), rounded(slices.Max(series)))
		if to-from > r.more {
			t.Errorf("%s grow from %s to %s in %.0f passes", r.name, rounded(from), rounded(to), apart)
		}
	}
}

func median(of []float64) float64 {
	s := slices.Sorted(slices.Values(of))
	return s[len(s)/2]
}

// rounded is a number without what nobody reads.
func rounded(n float64) string { return fmt.Sprintf("%.6g", n) }
