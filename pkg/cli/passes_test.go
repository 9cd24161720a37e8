package cli

import (
	"strings"
	"testing"
)

// What the last pass left for somebody to look at is known between two passes, until it is over; a dry run leaves it as
// it was.
func TestStatusTellsWhatAGateHoldsBack(t *testing.T) {
	s := newStage(t)
	const narrow = "gate.hosts.max_blocks = 1\ngate.hosts.floor = 0\n"
	s.want(ExitHeld, narrow, "run")
	s.want(ExitDone, narrow, "status")
	if told := s.err.String(); !strings.Contains(told, "hq: gate: ") || !strings.Contains(told, "var run --force") {
		t.Errorf("status does not tell of the gate:\n%s", told)
	}
	s.want(ExitDone, "", "plan")
	s.want(ExitDone, narrow, "status", "--output", "json")
	if told := s.out.String(); !strings.Contains(told, `"gates"`) || !strings.Contains(told, `"held back"`) {
		t.Errorf("a dry run took the gate away:\n%s", told)
	}
	s.want(ExitDone, "", "run")
	s.want(ExitDone, "", "status")
	if told := s.err.String(); strings.Contains(told, "gate: ") {
		t.Errorf("status still tells of a gate:\n%s", told)
	}
}
