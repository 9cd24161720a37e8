package reconcile_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
)

// moved is a world whose host got another address while its blocks are in place.
func moved(t *testing.T) *world {
	t.Helper()
	w := blocked(t)
	w.policy.Groom = true
	w.brain.entities[host("7")].target.Host = &entity.Host{IP: "10.0.0.77"}
	return w
}

// A firewall that keeps the old address for a day must not cost a note in every pass of that day.
func TestAMoveIsToldOnceItsOldAddressIsOff(t *testing.T) {
	w := moved(t)
	w.devices["edge"].fail["10.0.0.7"] = errors.New("503")
	for range 3 {
		if r := w.pass(); !r.Failed() {
			t.Error("the old address is still on edge, and the pass calls itself whole")
		}
		same(t, "edge", []string{"10.0.0.7", "10.0.0.77"}, w.on("edge"))
	}
	if n := w.notes("7"); len(n) != 2 || !strings.Contains(n[1], " on dc: ") {
		t.Errorf("while it fails on edge: notes %q", n)
	}
	clear(w.devices["edge"].fail)
	w.good()
	w.good()
	if n := w.notes("7"); len(n) != 3 || !strings.Contains(n[2], " on edge: ") {
		t.Errorf("afterwards: notes %q", n)
	}
}

// puzzled cannot tell what it would put in place.
type puzzled struct{ dispatch.Enforcer }

func (p puzzled) Elements(_ context.Context, targets []entity.Target) ([][]string, error) {
	return make([][]string, len(targets)), errors.New("its release cannot be read")
}

func TestNotKnowingWhatHasMovedIsAFailureOfGrooming(t *testing.T) {
	wrap := func(e dispatch.Enforcer) dispatch.Enforcer { return puzzled{e} }
	w := moved(t)
	r := w.passWith(wrap)
	if !r.Failed() || !strings.Contains(r.Err.Error(), "edge") || !strings.Contains(r.Err.Error(), "its release cannot be read") {
		t.Errorf("the pass says %v", r.Err)
	}
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
	w.policy.Groom = false
	if r := w.passWith(wrap); r.Failed() {
		t.Errorf("without grooming nobody asks: %s", troubles(r))
	}
}
