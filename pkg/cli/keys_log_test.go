package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func logKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"log.level":         testLogLevel,
		"log.format":        testLogFormat,
		"log.file":          testLogFile,
		"log.max_megabytes": testLogMaxMegabytes,
		"log.keep":          testLogKeep,
	}
}

func testLogLevel(t *testing.T) {
	s := newStage(t)
	for level, want := range map[string]bool{"warn": false, "info": true} {
		s.want(ExitDone, `log.level = "`+level+`"`, "run")
		if got := strings.Contains(s.err.String(), `msg="run finished"`); got != want {
			t.Errorf("%s: the end of the run is told %v: %s", level, got, &s.err)
		}
	}
}

func testLogFormat(t *testing.T) {
	s := newStage(t)
	path := s.path("var.log")
	for format, want := range map[string]bool{"text": false, "json": true} {
		s.want(ExitDone, "log.format = \""+format+"\"\nlog.file = \""+path+`"`, "run")
		text, err := os.ReadFile(path)
		if err != nil || json.Valid([]byte(strings.SplitN(string(text), "\n", 2)[0])) != want {
			t.Errorf("%s: got %s, %v", format, text, err)
		}
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

func testLogFile(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, `log.file = "`+s.path("var.log")+`"`, "run")
	text, err := os.ReadFile(s.path("var.log"))
	if err != nil || !strings.Contains(string(text), `msg="run finished"`) {
		t.Errorf("got %s, %v", text, err)
	}
	if strings.Contains(s.err.String(), "run finished") {
		t.Errorf("standard error has more than before: %s", &s.err)
	}
}

func testLogMaxMegabytes(t *testing.T) {
	s := newStage(t)
	for size, want := range map[string]bool{"1": true, "2": false} {
		path := s.path("var" + size + ".log")
		if err := os.WriteFile(path, []byte(strings.Repeat("x", 1<<20)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.want(ExitDone, "log.max_megabytes = "+size+"\nlog.file = \""+path+`"`, "run")
		if _, err := os.Stat(path + ".1"); (err == nil) != want {
			t.Errorf("%s MB: put aside: %v, want %v", size, err == nil, want)
		}
	}
}

func testLogKeep(t *testing.T) {
	s := newStage(t)
	for keep, want := range map[string]bool{"0": false, "1": true} {
		path := s.path("var" + keep + ".log")
		if err := os.WriteFile(path, []byte(strings.Repeat("x", 1<<20)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.want(ExitDone, "log.max_megabytes = 1\nlog.keep = "+keep+"\nlog.file = \""+path+`"`, "run")
		if _, err := os.Stat(path + ".1"); (err == nil) != want {
			t.Errorf("%s kept: put aside: %v, want %v", keep, err == nil, want)
		}
	}
}
