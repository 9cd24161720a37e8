package reconcile_test

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// An entity may be deleted while a pass runs: there is nothing left to write to, which is no failure.
func TestWhatVanishesDuringAPassIsNoFailure(t *testing.T) {
	w := newWorld(t)
	e := w.brain.host("7", "10.0.0.7", "block")
	src := w.source()
	src.Observe = func(ctx ctxt, held []entity.Ref) plan.Observation {
		obs := w.brain.observe(ctx, held)
		e.gone = true
		return obs
	}
	if r := w.run().Pass(t.Context(), src, reconcile.Options{}); r.Failed() {
		t.Error(troubles(r))
	}
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
	w.good()
	same(t, "edge after the next pass", []string(nil), w.on("edge"))
}
