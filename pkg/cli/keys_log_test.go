package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func logKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"log.level":         testLogLevel,
		"log.format":        testLogFormat,
		"log.file":          testLogFile,
		"log.max_megabytes": testLogSize,
		"log.keep":          testLogKeep,
	}
}

func testLogLevel(t *testing.T) {
	s := newStage(t)
	for level, want := range map[string]bool{"warn": false, "info": true} {
		s.want(ExitDone, fmt.Sprintf("log.level = %q", level), "run")
		if got := strings.Contains(s.err.String(), "level=INFO"); got != want {
			t.Errorf("%s: it is told: %v, want %v\n%s", level, got, want, &s.err)
		}
	}
}

func testLogFormat(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "log.level = \"info\"\nlog.format = \"json\"", "run")
	if !strings.Contains(s.err.String(), `"level":"INFO"`) {
		t.Errorf("no line is JSON:\n%s", &s.err)
	}
}

func testLogFile(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, fmt.Sprintf("log.file = %q", s.path("var.log")), "run")
	if text, err := os.ReadFile(s.path("var.log")); err != nil || !strings.Contains(string(text), "level=INFO") {
		t.Errorf("it holds %q, %v", text, err)
	}
}

// aside is a run over a log of a megabyte; it tells which files are there then.
func (s *stage) aside(lines string) (first, second bool) {
	s.t.Helper()
	log := s.write("var.log", strings.Repeat("x", 1<<20-1)+"\n")
	s.write("var.log.1", "older\n")
	s.want(ExitDone, fmt.Sprintf("log.file = %q\n%s", log, lines), "run")
	text, err := os.ReadFile(log + ".1")
	_, missing := os.Stat(log + ".2")
	return err == nil && len(text) == 1<<20, missing == nil
}

func testLogSize(t *testing.T) {
	for megabytes, want := range map[int]bool{1: true, 2: false} {
		s := newStage(t)
		if got, _ := s.aside(fmt.Sprintf("log.max_megabytes = %d", megabytes)); got != want {
			t.Errorf("%d: it is put aside: %v, want %v", megabytes, got, want)
		}
	}
}

func testLogKeep(t *testing.T) {
	for keep, want := range map[int]bool{1: false, 2: true} {
		s := newStage(t)
		if _, got := s.aside(fmt.Sprintf("log.max_megabytes = 1\nlog.keep = %d", keep)); got != want {
			t.Errorf("%d: the second is there: %v, want %v", keep, got, want)
		}
	}
}
