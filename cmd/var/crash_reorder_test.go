package main_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTheCrashTestNoticesIntentsThatComeTooLate builds var with the one mistake that the crash test is there for:
// devices are asked before the journal knows. Somebody dies in between, what was blocked is wanted no more, and
// nobody knows of it.
func TestTheCrashTestNoticesIntentsThatComeTooLate(t *testing.T) {
	t.Parallel()
	right := fragile(t)
	bin := filepath.Join(shop.dir, "reordered")
	if err := errors.Join(
		goBuild(filepath.Join(bin, "var"), []string{"."}, "-tags", "failpoints", "-overlay", reordered(t)),
		os.Symlink(filepath.Join(right, "plugins"), filepath.Join(bin, "plugins")),
	); err != nil {
		t.Fatal(err)
	}
	s := stories[slices.IndexFunc(stories, func(s story) bool { return s.name == withdrawn })]
	undisturbed := s.undisturbed(t, bin)
	var told figures
	for _, m := range undisturbed.marks {
		if m.program != "var" || m.name != "plugin.called" {
			continue
		}
		if p := (plot{s, []trouble{m}}); p.play(t, bin, undisturbed.end, &told) != "" {
			return
		}
	}
	t.Errorf("nothing was noticed: %s", &told)
}

// reordered is the overlay in which dispatch writes its intents once the devices have answered.
func reordered(t *testing.T) (overlay string) {
	t.Helper()
	path, err := filepath.Abs("../../pkg/dispatch/put.go")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(source)
	for _, change := range [][2]string{
		{"part, intents := d.begin(ctx, results, d.admit(results, part))", "part = d.admit(results, part)"},
		{"outcomes := e.Block(ctx, targets)", "outcomes := e.Block(ctx, targets)\n\t_, intents := d.begin(ctx, results, part)"},
	} {
		if strings.Count(text, change[0]) != 1 {
			t.Fatalf("%s: want this line once: %s", path, change[0])
		}
		text = strings.Replace(text, change[0], change[1], 1)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "put.go")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {path: file}})
	if err != nil {
		t.Fatal(err)
	}
	overlay = filepath.Join(dir, "overlay.json")
	for name, content := range map[string][]byte{file: []byte(text), overlay: replace} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return overlay
}
