package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pages are all that are made.
func pages(t *testing.T) []string {
	t.Helper()
	out := t.TempDir()
	if err := run([]string{"-version", "v1.2.3", "-date", "2026-11-22T10:00:00Z", "-out", out}); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(out, "*.[15]"))
	if err != nil || len(found) < 40 {
		t.Fatalf("%d pages, %v", len(found), err)
	}
	return found
}

// What man has its pages set by has nothing to warn of in any, and says of which it speaks.
func TestPagesAreSetWithoutWarnings(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "groff", append([]string{"-t", "-K", "utf8", "-man", "-T", "utf8", "-w", "w"}, pages(t)...)...)
	var warnings strings.Builder
	cmd.Stderr = &warnings
	if err := cmd.Run(); err != nil || warnings.Len() > 0 {
		t.Errorf("groff: %v\n%s", err, &warnings)
	}
}

func TestManShowsTheConfiguration(t *testing.T) {
	for _, page := range pages(t) {
		if !strings.HasSuffix(page, ".5") {
			continue
		}
		cmd := exec.CommandContext(t.Context(), "man", "--warnings=w", "--local-file", page)
		cmd.Env = append(cmd.Environ(), "LC_ALL=C.UTF-8", "MANWIDTH=100")
		var shown, warnings strings.Builder
		cmd.Stdout, cmd.Stderr = &shown, &warnings
		if err := cmd.Run(); err != nil || warnings.Len() > 0 {
			t.Errorf("man: %v\n%s", err, &warnings)
		}
		if !strings.Contains(shown.String(), "var.toml - configuration of var") || !strings.Contains(shown.String(), "max_blocks") {
			t.Errorf("man shows\n%s", &shown)
		}
	}
}
