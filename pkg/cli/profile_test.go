package cli

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wantProfiles wants two files that are compressed protocol buffers with something in them, as pprof reads them.
func wantProfiles(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"cpu.pprof", "heap.pprof"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if content, err := io.ReadAll(z); err != nil || len(content) == 0 {
			t.Errorf("%s holds %d bytes, %v", name, len(content), err)
		}
	}
}

func TestACommandIsProfiledHoweverItEnds(t *testing.T) {
	s := newStage(t)
	for name, tt := range map[string]struct {
		lines string
		args  []string
		code  int
	}{
		"done":                {"", []string{"plan"}, ExitDone},
		"failed":              {`blocker.desk.plugin = "nobody"`, []string{"run"}, ExitPartial},
		"wrong configuration": {"hosts.enabled = 7", []string{"plan"}, ExitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "new", "folder")
			if got := s.run(tt.lines, append(tt.args, "--profile", dir)...); got != tt.code {
				t.Errorf("ended with %d, want %d\n%s", got, tt.code, &s.err)
			}
			wantProfiles(t, dir)
		})
	}
}

func TestAProfileThatCannotBeWrittenIsTold(t *testing.T) {
	s := newStage(t)
	file := s.write("file", "")
	s.want(ExitUsage, "", "plan", "--profile", filepath.Join(file, "below"))
	if !strings.Contains(s.err.String(), "--profile") {
		t.Errorf("told is %s", &s.err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "heap.pprof"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.want(ExitError, "", "plan", "--profile", dir)
	if !strings.Contains(s.err.String(), "heap.pprof") {
		t.Errorf("told is %s", &s.err)
	}
}

func TestTheProfileFlagIsNotInTheHelp(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "", "plan", "--help")
	if strings.Contains(s.out.String(), "--profile") {
		t.Errorf("help shows it:\n%s", &s.out)
	}
}
