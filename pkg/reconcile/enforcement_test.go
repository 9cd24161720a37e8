package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
)

func TestTheStatusKnowsWhatIsHeldAndWhatIsEnforced(t *testing.T) {
	w := blocked(t)
	edge := w.devices["edge"]
	of := w.enforced
	if held, enforced := of("fw1"); held != 1 || enforced != 1 {
		t.Errorf("after a first block: %d held, %d enforced", held, enforced)
	}
	clear(edge.holds)
	edge.fail["10.0.0.7"] = errUnreachable
	w.now = epoch.Add(time.Hour)
	w.pass()
	if held, enforced := of("fw2"); held != 1 || enforced != 0 {
		t.Errorf("when a repair fails: %d held, %d enforced", held, enforced)
	}
}

// A person's block and release come between two comparisons, and a device may not take part in them.
func TestTheStatusCountsWhatChangedSinceTheComparison(t *testing.T) {
	w := blocked(t)
	expect := func(when string, wantHeld, wantEnforced int) {
		t.Helper()
		if held, enforced := w.enforced("fw1"); held != wantHeld || enforced != wantEnforced {
			t.Errorf("%s: %d of %d in force, want %d of %d", when, enforced, held, wantEnforced, wantHeld)
		}
	}
	w.now = epoch.Add(time.Minute)
	w.brain.host("8", "10.0.0.8", "block")
	w.only("8")
	expect("one more is blocked", 2, 2)
	w.brain.host("9", "10.0.0.9", "block")
	w.onlyWith("9", func(e dispatch.Enforcer) dispatch.Enforcer { return unconfirmed{e} })
	expect("of one more it did not confirm it", 3, 2)
	drop(w.brain.entities[host("7")], "block")
	w.only("7")
	expect("one is released", 2, 1)
}

// unconfirmed is a blocker of which one device does not answer.
type unconfirmed struct{ dispatch.Enforcer }

func (u unconfirmed) Block(ctx context.Context, targets []entity.Target) []entity.Outcome {
	out := u.Enforcer.Block(ctx, targets)
	for i := range out {
		out[i].Err = &entity.Error{Class: entity.Transient, Device: "fw1", Err: errUnreachable}
	}
	return out
}

// What a comparison missed stays missing until it is put there.
func TestTheStatusRemembersWhatIsMissing(t *testing.T) {
	w := blocked(t)
	w.brain.host("8", "10.0.0.8", "block")
	w.good()
	delete(w.devices["edge"].holds, "10.0.0.7")
	w.devices["edge"].fail["10.0.0.7"] = errUnreachable
	w.now = epoch.Add(time.Hour)
	w.pass()
	w.now = epoch.Add(time.Hour + time.Minute)
	drop(w.brain.entities[host("8")], "block")
	w.only("8")
	if held, enforced := w.enforced("fw1"); held != 1 || enforced != 0 {
		t.Errorf("%d of %d in force, want 0 of 1", enforced, held)
	}
}

// enforced is what the status says of a device of the blocker edge.
func (w *world) enforced(device string) (held, enforced int) {
	w.t.Helper()
	all, err := reconcile.RecallEnforcement(w.t.Context(), w.journal, w.state().Held)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range all {
		if e.Blocker == "edge" && e.Device == device {
			return e.Held, e.Enforced
		}
	}
	return -1, -1
}
