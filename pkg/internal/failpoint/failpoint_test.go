//go:build failpoints

package failpoint

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestMain is also the program that hits marks: three of one name, one of another.
func TestMain(m *testing.M) {
	if os.Getenv("HIT_MARKS") == "" {
		os.Exit(m.Run())
	}
	for _, name := range []string{"a", "b", "a", "a"} {
		Hit(name)
	}
}

func TestAProcessDiesAtItsMark(t *testing.T) {
	program := filepath.Base(os.Args[0])
	tests := map[string]struct {
		where string
		died  bool
		hits  int
	}{
		"nowhere":             {"", false, 4},
		"at the first":        {program + " a 1", true, 1},
		"at the third":        {program + " a 3", true, 4},
		"never so often":      {program + " a 4", false, 4},
		"another mark":        {program + " c 1", false, 4},
		"another program":     {"other a 1", false, 4},
		"where nobody counts": {program + " a", true, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "log")
			died := run(t, "FAILPOINT="+tt.where, "FAILPOINT_LOG="+log)
			text, _ := os.ReadFile(log) // not there when nothing was hit
			hits := 0
			for _, c := range text {
				if c == '\n' {
					hits++
				}
			}
			if died != tt.died || hits != tt.hits {
				t.Errorf("died %v after %d hits, want %v after %d", died, hits, tt.died, tt.hits)
			}
		})
	}
}

func TestOnlyTheFirstDies(t *testing.T) {
	once := filepath.Join(t.TempDir(), "once")
	for i, want := range []bool{true, false} {
		died := run(t, "FAILPOINT="+filepath.Base(os.Args[0])+" a 2", "FAILPOINT_ONCE="+once)
		if died != want {
			t.Errorf("run %d: died %v, want %v", i, died, want)
		}
	}
}

// run hits the marks in a process of its own.
func run(t *testing.T, env ...string) (died bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "HIT_MARKS=1")...)
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return err != nil
}
