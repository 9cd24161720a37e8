package pluginhost

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

// A reload leaves a blocker alone as long as opening it anew would change nothing.
func TestABlockerIsCurrentUntilItsFileOrASecretChanges(t *testing.T) {
	key, locked := "hunter2!", error(nil)
	secrets := func(context.Context, []schema.Wanted) (map[string]secret.String, error) {
		return map[string]secret.String{"key": secret.New(key)}, locked
	}
	file := func(h *Host) string { return filepath.Join(h.dirs[0], prefix+"odd") }
	for name, tt := range map[string]struct {
		change func(*Host, *Blocker) error
		want   bool
	}{
		"nothing changed":                  {func(*Host, *Blocker) error { return nil }, true},
		"another secret":                   {func(*Host, *Blocker) error { key = "correct horse"; return nil }, false},
		"secrets that cannot be read":      {func(*Host, *Blocker) error { locked = errors.New("locked"); return nil }, true},
		"a newer file":                     {func(h *Host, _ *Blocker) error { return os.Chtimes(file(h), time.Time{}, time.Unix(1e9, 0)) }, false},
		"another file in its place":        {func(h *Host, _ *Blocker) error { return replace(file(h)) }, false},
		"no file":                          {func(h *Host, _ *Blocker) error { return os.Remove(file(h)) }, false},
		"its process died":                 {func(_ *Host, b *Blocker) error { b.current.process.end(); return nil }, false},
		"it was closed":                    {func(_ *Host, b *Blocker) error { b.Close(); return nil }, false},
		"descriptions were forgotten only": {func(h *Host, _ *Blocker) error { h.Refresh(); return nil }, true},
	} {
		t.Run(name, func(t *testing.T) {
			key, locked = "hunter2!", nil
			h, _ := counted(t)
			b, err := h.Open(t.Context(), Config{
				Name: "edge", Plugin: "odd", Parallel: 1, Secrets: secrets, Settings: map[string]any{"mode": "plain", "dir": t.TempDir()},
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.change(h, b); err != nil {
				t.Fatal(err)
			}
			if got := b.Current(t.Context()); got != tt.want {
				t.Errorf("current: %v, want %v", got, tt.want)
			}
		})
	}
}

// replace puts a copy in the place of a file, as an upgrade does.
func replace(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", text, 0o700); err != nil { //nolint:gosec // a program
		return err
	}
	return os.Rename(path+".new", path)
}

// What a plugin said of itself is asked again after its file may have been replaced, of a new process.
func TestARefreshedHostAsksAnew(t *testing.T) {
	h, starts := counted(t)
	for range 2 {
		for range 2 {
			if _, err := h.Describe(t.Context(), "odd", ""); err != nil {
				t.Fatal(err)
			}
		}
		h.Refresh()
	}
	if got := starts(); got != 2 {
		t.Errorf("%d processes were started for two times of asking", got)
	}
}

// A process that was only asked ends with the asking, and what it said stays known.
func TestAHostAtRestHasNoIdleProcess(t *testing.T) {
	h, starts := counted(t)
	check := func() {
		t.Helper()
		if _, err := h.Check(t.Context(), "odd", "", map[string]any{"mode": "plain", "dir": t.TempDir()}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Describe(t.Context(), "odd", ""); err != nil {
		t.Fatal(err)
	}
	h.Rest()
	if _, err := h.Describe(t.Context(), "odd", ""); err != nil || starts() != 1 {
		t.Errorf("what it said is asked again: %d starts, %v", starts(), err)
	}
	check()
	h.Rest()
	check()
	if got := starts(); got != 3 {
		t.Errorf("%d processes were started for three times of asking with rests between", got)
	}
}
