package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryCommandAndTheConfigurationHaveAPage(t *testing.T) {
	out := t.TempDir()
	if err := run([]string{"-version", "v1.2.3", "-date", "2026-11-22T10:00:00Z", "-out", out}); err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{
		"var.1":            "\n  5  another instance holds the lease\n",
		"var-run.1":        `"Nov 2026" "var v1.2.3" "Vectra Automated Response"`,
		"var-panic.1":      ".SH SYNOPSIS",
		"var-completion.1": ".SH NAME",
		"var.toml.5":       "\\fBmax_blocks\\fP",
	} {
		text, err := os.ReadFile(filepath.Join(out, page))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q", page, want)
		}
		if strings.Contains(string(text), "Auto generated") {
			t.Errorf("%s tells when it was made", page)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "var-completion-bash.1")); err == nil {
		t.Error("there are pages for what every program of the library has")
	}
}

func TestListsStayLists(t *testing.T) {
	got := verbatim("Codes:\n  0  done\n  1  error\nThe first counts.")
	want := "Codes:\n\n      0  done\n      1  error\n\nThe first counts."
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
