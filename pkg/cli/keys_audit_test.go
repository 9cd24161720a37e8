package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func auditKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"notify.audit.file":          testAuditFile,
		"notify.audit.max_megabytes": testAuditSize,
		"notify.audit.keep":          testAuditKeep,
	}
}

// audited tells a test over an audit log of a megabyte, and says which files are there then.
func audited(t *testing.T, lines string) (first, second bool) {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir()}
	file := s.write("audit.jsonl", strings.Repeat("x", 1<<20-1)+"\n")
	s.write("audit.jsonl.1", "older\n")
	if err := tells(t, "audit", fmt.Sprintf("[notify.audit]\nfile = %q\n%s", file, lines)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file + ".1")
	_, missing := os.Stat(file + ".2")
	return err == nil && len(text) == 1<<20, missing == nil
}

func testAuditFile(t *testing.T) {
	s := &stage{t: t, dir: t.TempDir()}
	if err := tells(t, "audit", fmt.Sprintf("[notify.audit]\nfile = %q\n", s.path("audit.jsonl"))); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(s.path("audit.jsonl")); err != nil || !strings.HasPrefix(string(text), "{") {
		t.Errorf("it holds %q, %v", text, err)
	}
}

func testAuditSize(t *testing.T) {
	for megabytes, want := range map[int]bool{1: true, 2: false} {
		if got, _ := audited(t, fmt.Sprintf("max_megabytes = %d\n", megabytes)); got != want {
			t.Errorf("%d: it is put aside: %v, want %v", megabytes, got, want)
		}
	}
}

func testAuditKeep(t *testing.T) {
	for keep, want := range map[int]bool{1: false, 2: true} {
		if _, got := audited(t, fmt.Sprintf("max_megabytes = 1\nkeep = %d\n", keep)); got != want {
			t.Errorf("%d: the second is there: %v, want %v", keep, got, want)
		}
	}
}
