package plan_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func TestThePlanIsWhatThePromisesSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		p := w.compute()
		got := map[where]verdict{}
		for _, it := range p.Items {
			at := where{it.Target.Ref, it.Blocker}
			if _, twice := got[at]; twice {
				t.Fatalf("%v is decided twice", at)
			}
			got[at] = verdict{it.Action, it.Reasons[0].Rule}
		}
		if diff := cmp.Diff(oracle(w), got, cmp.AllowUnexported(where{}, verdict{})); diff != "" {
			t.Fatalf("plan differs from the oracle (-want +got):\n%s", diff)
		}
	})
}

func TestASecondPassHasNothingToDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		if again := w.after(w.compute()).compute(); !again.Empty() {
			t.Fatalf("the second pass still has work: %+v", again)
		}
	})
}

func TestWhatMustNotBeBlockedIsNeverPutAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, it := range w.compute().Items {
			s, seen := w.sighting(it.Target.Ref)
			if seen && (s.NoBlock != "" || s.Release != "") && puts(it) {
				t.Fatalf("%s of %s, in group %q with release tag %q", it.Action, it.Target.Ref, s.NoBlock, s.Release)
			}
		}
	})
}

// The release tag holds: its entity loses the block tag, and is not blocked again in any later pass.
func TestTheReleaseTagHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w = w.after(w.compute())
		for _, s := range w.seen {
			k := s.Target.Kind
			whole := slices.Contains(w.read, k) && w.frozen[k] == ""
			if s.Release != "" && whole && blockTags[k] != "" && slices.Contains(s.Target.Tags, blockTags[k]) {
				t.Fatalf("%s still carries the block tag beside the release tag", s.Target.Ref)
			}
		}
	})
}

func TestKnowingLessReleasesNothingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		less := w
		less.read, less.frozen = nil, map[entity.Kind]string{}
		for _, k := range w.read {
			switch oneOf(t, "drop", "keep", "unread", "frozen") {
			case "frozen":
				less.frozen[k] = "dropped"
				less.read = append(less.read, k)
			case "keep":
				less.read = append(less.read, k)
				if why := w.frozen[k]; why != "" {
					less.frozen[k] = why
				}
			}
		}
		less.seen = slices.DeleteFunc(slices.Clone(w.seen), func(plan.Seen) bool { return rapid.IntRange(0, 3).Draw(t, "lost") == 0 })
		whole, part := w.compute(), less.compute()
		for _, it := range part.Items {
			if it.Action == entity.ActionRelease && !releases(whole, it) {
				t.Fatalf("released only since less is known: %+v", it)
			}
		}
		for _, s := range part.Strips {
			if !slices.Contains(whole.Strips, s) {
				t.Fatalf("tag taken off only since less is known: %+v", s)
			}
		}
	})
}

func TestTheOrderOfInputsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		mixed := w
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		mixed.read, mixed.seen, mixed.gone = shuffled(r, w.read), shuffled(r, w.seen), shuffled(r, w.gone)
		mixed.held, mixed.policy.Blockers = shuffled(r, w.held), shuffled(r, w.policy.Blockers)
		if diff := cmp.Diff(w.compute(), mixed.compute(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("the order of inputs shows in the plan:\n%s", diff)
		}
	})
}

func TestComputingChangesNoInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		held, seen := deepHoldings(w.held), deepSeen(w.seen)
		w.compute()
		if diff := cmp.Diff(held, w.held, cmpopts.EquateEmpty()) + cmp.Diff(seen, w.seen, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("an input was changed:\n%s", diff)
		}
	})
}

// Promise 2, over random sequences of plans of two sources: what is on the devices is what somebody holds.
func TestAnElementLeavesOnlyWithItsLastHolder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var held []entity.Holding
		real := device{}
		for range rapid.IntRange(2, 5).Draw(t, "passes") {
			w := drawWorld(t)
			if rapid.Bool().Draw(t, "other source") {
				w = w.of(another)
			}
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
	w.seen = slices.Clone(w.seen)
	for i := range w.seen {
		w.seen[i].Target.Source = source
	}
	w.gone = nil
	return w
}

func puts(it plan.Item) bool {
	return it.Action == entity.ActionBlock || it.Action == entity.ActionRenew || it.Action == entity.ActionGroom
}

func releases(p plan.Plan, it plan.Item) bool {
	return slices.ContainsFunc(p.Items, func(o plan.Item) bool {
		return o.Action == entity.ActionRelease && o.Target.Ref == it.Target.Ref && o.Blocker == it.Blocker
	})
}

func shuffled[T any](r *rand.Rand, all []T) []T {
	mixed := slices.Clone(all)
	r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return mixed
}

func deepHoldings(held []entity.Holding) []entity.Holding {
	deep := slices.Clone(held)
	for i := range deep {
		deep[i].Receipt.Elements = slices.Clone(deep[i].Receipt.Elements)
	}
	return deep
}

func deepSeen(seen []plan.Seen) []plan.Seen {
	deep := slices.Clone(seen)
	for i := range deep {
		deep[i].Matches = slices.Clone(deep[i].Matches)
		deep[i].Target.Tags = slices.Clone(deep[i].Target.Tags)
		elements := map[string][]string{}
		for name, list := range deep[i].Elements {
			elements[name] = slices.Clone(list)
		}
		deep[i].Elements = elements
	}
	return deep
}
