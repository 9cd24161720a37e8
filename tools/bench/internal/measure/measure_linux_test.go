package measure_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/tools/bench/internal/measure"
)

// The test program is also the program that is measured: it takes memory and time and has a copy of itself do so too.
const part = "VAR_BENCH_TEST_PART"

func TestMain(m *testing.M) {
	switch os.Getenv(part) {
	case "parent":
		spend(parentMemory)
		os.Exit(withChild(os.Args[1], "guard"))
	case "guard": // as var's plugins have one
		if withChild(os.Args[1], "child") != 3 {
			os.Exit(2)
		}
		os.Exit(0)
	case "child":
		memory := spend(childMemory)
		fmt.Fprintln(os.Stdout, "taken")
		_, _ = io.Copy(io.Discard, os.Stdin)
		runtime.KeepAlive(memory)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const (
	parentMemory = 40 << 20
	childMemory  = 90 << 20
	// uncounted is how much memory the system may not have counted yet.
	uncounted = 2 << 20
	// effort is how much CPU each of the two takes.
	effort = 150 * time.Millisecond
)

// spend takes memory, and CPU.
func spend(bytes int) []byte {
	memory := make([]byte, bytes)
	for began := time.Now(); time.Since(began) < effort; {
		for i := 0; i < len(memory); i += 4096 {
			memory[i]++
		}
	}
	return memory
}

// withChild has a program take memory, and gives the watcher time to see it.
func withChild(program, does string) int {
	cmd := exec.Command(program, program)
	cmd.Env = []string{part + "=" + does}
	in, err := cmd.StdinPipe()
	if err != nil {
		return 2
	}
	out, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return 2
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		return 2
	}
	if does == "child" {
		fmt.Fprintln(os.Stdout, "taken")
		_, _ = io.Copy(io.Discard, os.Stdin)
	} else {
		spend(0)
		spend(0)
		fmt.Fprintln(os.Stdout, "done")
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		return 2
	}
	return 3
}

func TestRunMeasuresAProgramWithItsChildren(t *testing.T) {
	self, child := copied(t, "parent"), copied(t, "var-plugin-child")
	cost, said, err := measure.Run(t.Context(), []string{self, child}, []string{part + "=parent"})
	if err != nil {
		t.Fatal(err)
	}
	if said.Code != 3 || strings.TrimSpace(said.Out) != "done" {
		t.Fatalf("it ended with %d and said %q", said.Code, said.Out)
	}
	if cost.Wall < 3*effort {
		t.Errorf("wall time %v, want %v at least", cost.Wall, 3*effort)
	}
	if cost.CPU <= effort {
		t.Errorf("CPU %v: want that of the child too", cost.CPU)
	}
	for name, least := range map[string]int64{"parent": parentMemory, "child": childMemory} {
		if got := cost.Peak[name]; got < least-uncounted || got > least+parentMemory {
			t.Errorf("the most memory of %s was %d, it took %d", name, got, least)
		}
	}
	if len(cost.Peak) != 2 {
		t.Errorf("memory was measured of %v, there were two", cost.Peak)
	}
}

// copied is the test program under another name.
func copied(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRunTellsWhatCannotBeStarted(t *testing.T) {
	_, _, err := measure.Run(t.Context(), []string{filepath.Join(t.TempDir(), "var")}, nil)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
