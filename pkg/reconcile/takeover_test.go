package reconcile_test

import (
	"context"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// Two brains hold one destination, as only their tags tell: hq wants it no more, the other does.
func TestAnElementHeldByTheTagsOfAnotherBrainStays(t *testing.T) {
	const shared = "185.199.108.153"
	w := newWorld(t)
	marks := []string{"VAR Detection Blocked", "VAR ID:Fortinet Client:" + shared}
	w.brain.detection("1", []string{shared}, marks...)
	w.devices["edge"].holds[shared] = true
	other := reconcile.Source{Name: "cloud", Record: w.brain, Observe: func(context.Context, []entity.Ref) plan.Observation {
		d := entity.Target{
			Ref:  entity.Ref{Source: "cloud", Kind: entity.KindDetection, ID: "9"},
			Tags: append([]string{"block"}, marks...), Detection: &entity.Detection{Destinations: []string{shared}},
		}
		match := []plan.Reason{{Rule: plan.RuleTag, Detail: "block"}}
		return plan.Observation{Source: "cloud", Read: entity.Kinds(), Seen: []plan.Seen{{Target: d, Matches: match}}}
	}}
	for _, src := range []reconcile.Source{w.source(), other} {
		if whole, err := w.run().TakeOver(t.Context(), src); err != nil || !whole {
			t.Fatalf("taking over %s: whole %v, error %v", src.Name, whole, err)
		}
	}
	w.pass()
	if !slices.Contains(w.on("edge"), shared) {
		t.Errorf("edge holds %v, want %s still: the other brain holds it", w.on("edge"), shared)
	}
}

func TestAFrozenKindIsNotTakenOverWhole(t *testing.T) {
	w := newWorld(t)
	w.brain.frozen[entity.KindHost] = "HTTP 500"
	if whole, err := w.run().TakeOver(t.Context(), w.source()); err != nil || whole {
		t.Errorf("whole %v, error %v; want not whole and no error", whole, err)
	}
}
