package logs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/logs"
)

// TestMain is also a process that writes lines.
func TestMain(m *testing.M) {
	if path := os.Getenv("WRITE_LINES"); path != "" {
		f := logs.NewFile(path, most, 100, func(err error) { fmt.Fprintln(os.Stderr, err) }).Patient()
		for n := range linesEach {
			fmt.Fprintf(f, "%s line %d %s\n", os.Getenv("WRITER"), n, strings.Repeat("x", n%90))
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const (
	linesEach = 300
	most      = 4000
)

func TestProcessesShareAFileAndLoseNoLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "var.log")
	const writers = 4
	var processes []*exec.Cmd
	for n := range writers {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "WRITE_LINES="+path, fmt.Sprintf("WRITER=w%d", n))
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		processes = append(processes, cmd)
	}
	for _, cmd := range processes {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	got := map[string]int{}
	files, _ := filepath.Glob(path + "*")
	for _, name := range files {
		text := read(t, name)
		if len(text) > most+120*writers { // who moved one away writes a line into the next one without its lock
			t.Errorf("%s has %d bytes", name, len(text))
		}
		for line := range strings.Lines(text) {
			got[line]++
		}
	}
	if len(files) < 10 || len(got) != writers*linesEach {
		t.Errorf("got %d different lines in %d files, want %d", len(got), len(files), writers*linesEach)
	}
	for w := range writers {
		for n := range linesEach {
			if line := fmt.Sprintf("w%d line %d %s\n", w, n, strings.Repeat("x", n%90)); got[line] != 1 {
				t.Fatalf("%q: %d times", line, got[line])
			}
		}
	}
}

func TestOnlySoManyFilesAreKept(t *testing.T) {
	for _, keep := range []int{0, 1, 3} {
		path := filepath.Join(t.TempDir(), "var.log")
		f := logs.NewFile(path, 10, keep, func(err error) { t.Error(err) })
		for n := range 9 {
			fmt.Fprintf(f, "line %d\n", n)
		}
		var got []string
		for n := range 9 {
			name := path
			if n > 0 {
				name = fmt.Sprintf("%s.%d", path, n)
			}
			if text, err := os.ReadFile(name); err == nil {
				got = append(got, string(text))
			}
		}
		want := []string{"line 8\n", "line 7\n", "line 6\n", "line 5\n"}[:keep+1]
		if !slices.Equal(got, want) {
			t.Errorf("%d kept: got %q, want %q", keep, got, want)
		}
	}
}

func TestALineLongerThanTheFileStandsAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "var.log")
	f := logs.NewFile(path, 10, 2, func(err error) { t.Error(err) })
	long := strings.Repeat("long", 9) + "\n"
	fmt.Fprint(f, "a\n")
	fmt.Fprint(f, long)
	if got := read(t, path); got != long {
		t.Errorf("got %q", got)
	}
	if got := read(t, path+".1"); got != "a\n" {
		t.Errorf("before it: got %q", got)
	}
}

func TestAFileThatWasMovedAwayIsMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "var.log")
	f := logs.NewFile(path, 1000, 2, func(err error) { t.Error(err) })
	fmt.Fprint(f, "one\n")
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "two\n")
	if got := read(t, path); got != "two\n" {
		t.Errorf("got %q", got)
	}
}

func TestOthersCannotReadTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "var.log")
	fmt.Fprint(logs.NewFile(path, 1000, 2, nil), "one\n")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&^0o640 != 0 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestWhatIsWrongWithTheFileIsToldOnceAndStopsNobody(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "later")
	var told []error
	f := logs.NewFile(filepath.Join(folder, "var.log"), 1000, 2, func(err error) { told = append(told, err) })
	write := func(want int) {
		t.Helper()
		if n, err := f.Write([]byte("one\n")); n != 4 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		if len(told) != want {
			t.Errorf("told %d times, want %d", len(told), want)
		}
	}
	write(1)
	write(1)
	if !errors.Is(told[0], fs.ErrNotExist) {
		t.Errorf("told %v", told[0])
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write(2)
	if told[1] != nil {
		t.Errorf("well again, and told %v", told[1])
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.ToValidUTF8(text, []byte("?")))
}
