package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Promise 2, over random sequences of plans of two brains, the static list and persons, some kinds unread, some things
// held back: what is on the devices is what somebody holds.
func TestAnElementLeavesOnlyWithItsLastHolder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var held []entity.Holding
		real := device{}
		for range rapid.IntRange(2, 6).Draw(t, "passes") {
			w := drawWorld(t).of(oneOf(t, "source", brain, another, entity.SourceStatic, entity.SourceHand))
			w.held = held
			p := w.compute()
			for _, it := range p.Items {
				real.apply(it)
			}
			held = w.after(p).held
			if diff := cmp.Diff(mustBeThere(held), real); diff != "" {
				t.Fatalf("after the plan of %s the devices differ from what is held (-want +got):\n%s", w.source, diff)
			}
		}
	})
}

// What a pass over a part of the sources and kinds does not read, it does not take away: no holding, and no
// element that such a holding shares.
func TestWhatIsNotReadHoldsItsElements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.read = slices.DeleteFunc(slices.Clone(w.read), func(entity.Kind) bool { return rapid.Bool().Draw(t, "left out") })
		w.policy.Protect, w.orders = nil, nil
		var elsewhere []entity.Holding
		for _, h := range w.held {
			if h.Target.Source != w.source || !slices.Contains(w.read, h.Target.Kind) || slices.Contains(w.policy.Disabled, h.Blocker) {
				elsewhere = append(elsewhere, h)
			}
		}
		kept := mustBeThere(elsewhere)
		for _, it := range w.compute().Items {
			for _, e := range it.Leaves {
				if at := placeOf(it.Blocker, it.Target.Kind, e); kept[at] {
					t.Fatalf("%v goes with %s, and somebody who was not asked holds it", at, it.Target.Ref)
				}
			}
		}
	})
}

// An item tells whose hold keeps an element in place once the whole plan is done.
func TestWhatStaysIsHeldByWhoIsNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		p := w.compute()
		after := w.after(p).held
		for _, it := range p.Items {
			for _, s := range it.Stays {
				holds := func(h entity.Holding) bool {
					return h.Target.Ref == s.Holder && h.Blocker == it.Blocker && h.Class() == it.Target.Kind.Class() && slices.Contains(h.Receipt.Elements, s.Element)
				}
				if s.Holder == it.Target.Ref || slices.Contains(it.Leaves, s.Element) || !slices.ContainsFunc(after, holds) {
					t.Fatalf("%s on %s: %s does not stay for %s", it.Target.Ref, it.Blocker, s.Element, s.Holder)
				}
			}
		}
	})
}

// What leaves, and what stays for whom, is what holders say that are counted one by one.
func TestLeavingIsWhatHoldersSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		p, hs := w.compute(), plan.Count(w.held)
		leaves, stays := make([][]string, len(p.Items)), make([][]plan.Stay, len(p.Items))
		for i, it := range p.Items {
			if puts(it) {
				hs.Add(it.Target.Ref, it.Blocker, it.Elements)
			}
			leaves[i] = hs.Remove(it.Target.Ref, it.Blocker, dropped(it))
		}
		for i, it := range p.Items {
			for _, e := range plan.Without(dropped(it), leaves[i]) {
				if heir, held := hs.First(plan.Share{Blocker: it.Blocker, Class: it.Target.Kind.Class(), Element: e}); held {
					stays[i] = append(stays[i], plan.Stay{Element: e, Holder: heir})
				}
			}
		}
		for i, it := range p.Items {
			if diff := cmp.Diff(leaves[i], it.Leaves, cmpopts.EquateEmpty()) + cmp.Diff(stays[i], it.Stays, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s of %s on %s (-want +got):\n%s", it.Action, it.Target.Ref, it.Blocker, diff)
			}
		}
	})
}

// dropped are the elements that an item ends its target's hold on.
func dropped(it plan.Item) []string {
	switch {
	case it.Changes() && it.Action == entity.ActionRelease:
		return it.Receipt().Elements
	case it.Changes() && it.Action == entity.ActionGroom:
		return plan.Without(it.Receipt().Elements, it.Elements)
	}
	return nil
}

func TestAReleaseNamesWhoElseHoldsAnElement(t *testing.T) {
	mine, detection := holding(entity.Complete, at("10.0.0.5", "10.0.0.7")), holding(entity.Complete, at("10.0.0.5"))
	detection.Target = entity.Target{Ref: entity.Ref{Source: another, Kind: entity.KindHost, ID: "70"}}
	p := plan.Compute(plan.Observation{Source: brain, Read: everyKind, Gone: []entity.Ref{host7}},
		[]entity.Holding{*mine, *detection}, plan.Policy{Blockers: []entity.Blocker{edge}}, epoch)
	want := []plan.Stay{{Element: "10.0.0.5", Holder: detection.Target.Ref}}
	if diff := cmp.Diff(want, p.Items[0].Stays); diff != "" {
		t.Error(diff)
	}
}

func (d device) apply(it plan.Item) {
	if puts(it) {
		for _, e := range placed(it) {
			d[placeOf(it.Blocker, it.Target.Kind, e)] = true
		}
	}
	for _, e := range it.Leaves {
		delete(d, placeOf(it.Blocker, it.Target.Kind, e))
	}
}

// of is the same world told by another source.
func (w world) of(source string) world {
	w.source = source
	w.seen, w.orders = slices.Clone(w.seen), slices.Clone(w.orders)
	for i := range w.seen {
		w.seen[i].Target.Source = source
	}
	for i := range w.orders {
		w.orders[i].Target.Source = source
	}
	w.gone = nil
	return w
}
