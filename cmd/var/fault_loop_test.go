package main_test

import (
	"os"
	"slices"
	"testing"
)

// aWhile is how long something may take that happens in the next pass of a loop.
const aWhile = patience

// TestALoopOutlivesItsTokens: the predecessor's loop ended at once with a token, and at the first
// token that ran out.
func TestALoopOutlivesItsTokens(t *testing.T) {
	t.Parallel()
	endings := map[string][]string{
		"QUX-token": {""}, "QUX-OAuth": {"expire_tokens"},
		"RUX-3.4": {"expire_tokens", "revoke_refresh"}, "RUX-3.3": {"expire_tokens", "revoke_refresh"},
	}
	for _, f := range families {
		for _, ending := range endings[f.name] {
			t.Run(f.name+"/"+ending, func(t *testing.T) {
				t.Parallel()
				r := newRow(t, f, panos{}, "host")
				loop := r.start(t, "run", "--loop")
				r.want(t, true)
				r.comes(t, r.means.elements(wishes("host", false))[0], true)
				r.told(t)
				if ending != "" {
					r.admin.change(t, brainName, ending, nil)
				}
				r.want(t, false)
				r.comes(t, r.means.elements(wishes("host", false))[0], false)
				if e := loop.end(t, os.Interrupt); e.code != 0 {
					t.Errorf("the loop was interrupted: %s", e)
				}
				r.pass(t, 0)
				r.expect(t, r.before, "VAR: Blocked", "VAR: Unblocked")
			})
		}
	}
}

// comes waits until an element is in force, or is no more.
func (r row) comes(t *testing.T, element string, wanted bool) {
	t.Helper()
	place := r.places("host")[0]
	if !within(aWhile, func() bool { return slices.Contains(r.inForce(t)[place], element) == wanted }) {
		t.Fatalf("%s in force on %s: want %v, got %v", element, place, wanted, r.inForce(t)[place])
	}
}

// told waits for the note, the last thing that a pass writes: a tenant's tags are replaced as a whole, and who
// changes them in the same moment may lose.
func (r row) told(t *testing.T) {
	t.Helper()
	if !within(aWhile, func() bool { return len(r.brain(t).notes()[playing("host")]) > 0 }) {
		t.Fatal("no note was written")
	}
}

// end sends a signal and waits.
func (p *process) end(t *testing.T, signal os.Signal) ended {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	return p.wait(t)
}
