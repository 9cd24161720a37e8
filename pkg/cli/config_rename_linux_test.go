package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A file that can be read and not be replaced is noticed before anything is called otherwise.
func TestARenameThatCannotBeWrittenDownChangesNothing(t *testing.T) {
	s, config := office(t)
	f, err := os.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Remove(config); err != nil {
		t.Fatal(err)
	}
	removed := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	s.plays(ExitError, removed, "config", "rename", "brain.hq", "brain.eu")
	if !strings.Contains(s.err.String(), "nothing was renamed") {
		t.Errorf("it said: %s", &s.err)
	}
	s.unchanged(removed, "brain.eu")
}
