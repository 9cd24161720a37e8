package pluginhost

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func place(t *testing.T, dir, name string, mode os.FileMode) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte("#!/bin/sh\nexit 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFindTakesTheFirstOfANameAndSaysWhatItWouldNotRun(t *testing.T) {
	first, second, open := t.TempDir(), t.TempDir(), t.TempDir()
	place(t, first, "var-plugin-both", 0o755)
	place(t, second, "var-plugin-both", 0o755)
	place(t, second, "var-plugin-plain", 0o644)
	place(t, second, "var-plugin-open", 0o757)
	place(t, second, "other", 0o755)
	if err := os.Mkdir(filepath.Join(second, "var-plugin-dir"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(second, "absent"), filepath.Join(second, "var-plugin-gone")); err != nil {
		t.Fatal(err)
	}
	place(t, open, "var-plugin-swap", 0o755)
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"both": "", "dir": "not a regular file", "gone": "no such file", "open": "chmod o-w",
		"plain": "not executable", "swap": "chmod o-w",
	}
	h := New(Options{Dirs: []string{first, filepath.Join(first, "absent"), second, open}, Log: quiet()})
	found := h.Find()
	if len(found) != len(want) {
		t.Fatalf("found %+v", found)
	}
	for _, f := range found {
		switch text := want[f.Name]; {
		case text == "" && (f.Err != nil || filepath.Dir(f.Path) != first):
			t.Errorf("%s at %s: %v", f.Name, f.Path, f.Err)
		case text != "" && (f.Err == nil || !strings.Contains(f.Err.Error(), text)):
			t.Errorf("%s: error is %v, want %q", f.Name, f.Err, text)
		}
	}
}

func TestOnlyTheFileThatIsPinnedIsRun(t *testing.T) {
	dir := t.TempDir()
	file := place(t, dir, "var-plugin-odd", 0o755)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	h := New(Options{Dirs: []string{dir}, Log: quiet()})
	pinned, err := h.program("odd", strings.ToUpper(hex.EncodeToString(sum[:])))
	if err = errors.Join(err, pinned.verify()); err != nil {
		t.Errorf("the pinned file is refused: %v", err)
	}
	if _, err := h.Describe(t.Context(), "odd", strings.Repeat("0", 64)); err == nil || !strings.Contains(err.Error(), "has sha256") {
		t.Errorf("another file is run: %v", err)
	}
	if _, err := h.Describe(t.Context(), "nowhere", ""); err == nil || !strings.Contains(err.Error(), "no var-plugin-nowhere in "+dir) {
		t.Errorf("error is %v, want where it was looked for", err)
	}
	if _, err := h.Describe(t.Context(), "odd", ""); err == nil || !strings.Contains(err.Error(), "start "+file) {
		t.Errorf("a program that is no plugin: %v", err)
	}
}

func TestTheSearchPathIsInOrder(t *testing.T) {
	t.Setenv("VAR_PLUGIN_DIR", "/one"+string(filepath.ListSeparator)+"/two")
	got := strings.Join(SearchPath("/given"), " ")
	if !strings.HasPrefix(got, "/given /one /two ") || !strings.HasSuffix(got, "/plugins /usr/lib/var/plugins") {
		t.Errorf("search path is %s", got)
	}
}
