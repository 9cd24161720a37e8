package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Starting a plugin costs more than all that a pass with nothing to do asks of it.
func TestAPassStartsOneProcessForEachBlocker(t *testing.T) {
	t.Setenv("NIGHT_SHIFT", "on duty")
	s := newStage(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(s.path("plugins/var-plugin-scribe")); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho started >> %q\nexec %q\n", s.path("starts"), self)
	if err := os.Chmod(s.write("plugins/var-plugin-scribe", script), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	lines := `blocker.desk.label = "Desk"`
	for name, more := range map[string]string{"day": "", "night": `env = ["NIGHT_SHIFT"]`, "never": "enabled = false"} {
		lines += fmt.Sprintf("\n[blocker.%s]\nplugin = \"scribe\"\nlabel = %q\n%s\nsettings.book = %q", name, name, more, s.path(name+".json"))
	}
	for _, command := range []string{"run", "plan"} {
		s.write("starts", "")
		s.want(ExitDone, lines, command)
		text, err := os.ReadFile(s.path("starts"))
		if got := strings.Count(string(text), "\n"); err != nil || got != 3 {
			t.Errorf("var %s started %d processes for three blockers, %v", command, got, err)
		}
	}
}
