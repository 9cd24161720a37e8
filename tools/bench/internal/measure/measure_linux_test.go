package measure_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/tools/bench/internal/measure"
)

// What testdata/spender takes: of memory, and of CPU, three times in the parent and once in the child.
const (
	parentMemory = 40 << 20
	childMemory  = 90 << 20
	effort       = 100 * time.Millisecond
	// uncounted is how much memory the system may not have counted yet.
	uncounted = 2 << 20
)

func TestRunMeasuresAProgramWithItsChildren(t *testing.T) {
	spender := built(t, "parent")
	child := copied(t, spender, "var-plugin-child")
	seen := filepath.Join(t.TempDir(), "seen") // the spender waits for it
	saw := func(name string, peak int64) {
		if name == "child" && peak >= childMemory-uncounted {
			_ = os.WriteFile(seen, nil, 0o600)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cost, said, err := measure.RunSeen(ctx, []string{spender, "parent", child, seen}, nil, saw)
	if err != nil {
		t.Fatal(err)
	}
	if said.Code != 3 || strings.TrimSpace(said.Out) != "done" {
		t.Fatalf("it ended with %d and said %q", said.Code, said.Out)
	}
	if cost.Wall < 3*effort { // the collector of garbage may work beside
		t.Errorf("wall time %v, want %v at least", cost.Wall, 3*effort)
	}
	if cost.CPU < 4*effort {
		t.Errorf("CPU %v, want %v at least: that of the child too", cost.CPU, 4*effort)
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

// built is the spender: a program of its own, because the race detector would double what this one takes.
func built(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./testdata/spender").CombinedOutput(); err != nil {
		t.Fatalf("building the spender: %v\n%s", err, out)
	}
	return path
}

// copied is a program under another name.
func copied(t *testing.T, program, name string) string {
	t.Helper()
	text, err := os.ReadFile(program)
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
