package reconcile_test

import (
	"errors"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
)

// While another process makes a pass over a source, this one leaves it alone and says who that is.
func TestASourceHasOnePassAtATime(t *testing.T) {
	w := newWorld(t)
	w.leases = w.journal
	w.brain.host("7", "10.0.0.7", "block")
	release, err := w.journal.Acquire(t.Context(), "source:"+hq, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := w.run().Pass(t.Context(), w.source(), reconcile.Options{})
	var leased *entity.LeasedError
	if !errors.As(r.Leased, &leased) || r.Failed() || r.Fatal != nil || w.writes > 0 {
		t.Errorf("leased: %v; %s; %d writes", r.Leased, troubles(r), w.writes)
	}
	if whole, err := w.run().TakeOver(t.Context(), w.source()); whole || !errors.As(err, &leased) {
		t.Errorf("taken over: %v, %v", whole, err)
	}
	if r := w.run().Preview(t.Context(), w.source(), reconcile.Options{}); r.Plan.Empty() {
		t.Error("a preview needs no lease")
	}
	release()
	for range 2 {
		w.good()
	}
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
}

// A blocker at which another process works is left for the next pass; the others are not.
func TestABlockerInUseDelaysOnlyItself(t *testing.T) {
	w := newWorld(t)
	w.leases = w.journal
	w.brain.host("7", "10.0.0.7", "block")
	release, err := w.journal.Acquire(t.Context(), "blocker:edge", 0)
	if err != nil {
		t.Fatal(err)
	}
	if r := w.pass(); !r.Failed() || r.Fatal != nil {
		t.Errorf("the pass says %s", troubles(r))
	}
	same(t, "edge", []string(nil), w.on("edge"))
	same(t, "dc", []string{"10.0.0.7"}, w.on("dc"))
	release()
	w.good()
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
}
