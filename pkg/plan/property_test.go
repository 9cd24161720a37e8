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
		got, waits := map[where]verdict{}, map[where]bool{}
		for _, it := range p.Items {
			at := where{it.Target.Ref, it.Blocker}
			if _, twice := got[at]; twice {
				t.Fatalf("%v is decided twice", at)
			}
			got[at], waits[at] = verdict{it.Action, it.Reasons[0].Rule}, it.Gated != ""
		}
		want := oracle(w)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(where{}, verdict{})); diff != "" {
			t.Fatalf("plan differs from the oracle (-want +got):\n%s", diff)
		}
		for at := range got {
			if want := (restraint{w, want}).waits(at); waits[at] != want {
				t.Fatalf("%v %v is held back: got %v, want %v; gates %+v", at, got[at], waits[at], want, p.Gates)
			}
		}
	})
}

// What is left for a second pass is what a gate held back in the first and lets go as more is held now, and what
// was released for an old element that must never be blocked and is wanted at another one.
func TestASecondPassHasNothingToDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		first := w.compute()
		second := w.after(first).compute()
		for _, it := range second.Items {
			if was := itemOf(first, it); it.Changes() && was.Gated == "" && !cites(was, plan.RuleNeverBlock) {
				t.Fatalf("the second pass still has work: %+v; in the first: %+v", it, was)
			}
		}
		if len(second.Strips) > 0 && len(first.Gates) == 0 {
			t.Fatalf("the second pass still takes tags off: %+v", second.Strips)
		}
	})
}

func TestWhatMustNotBeBlockedIsNeverPutAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, it := range w.compute().Items {
			s, seen := w.sighting(it.Target.Ref)
			forbidden := seen && (s.NoBlock != "" || s.Release != "" || s.KeyAsset != "") || w.ordered(it.Target.Ref, entity.VerbSpare)
			if forbidden && w.knows(it.Target.Kind) && puts(it) {
				t.Fatalf("%s of %s, of which is known %+v", it.Action, it.Target.Ref, s)
			}
		}
	})
}

// Promise 5: nothing passes never-block, and what is held of it goes, whatever is frozen, unread, gated or forced.
func TestNeverBlockWinsOverEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, it := range w.compute().Items {
			protected := w.protects(*it.Target, slices.Concat(it.Elements, it.Receipt().Elements))
			if puts(it) && protected {
				t.Fatalf("%s of what must never be blocked: %+v", it.Action, it)
			}
			excused := cites(it, plan.RuleDisabled, plan.RuleStranded, plan.RulePlace, plan.RuleNoUndo, plan.RuleLostDevice)
			if held, is := w.holding(where{it.Target.Ref, it.Blocker}); is && w.protects(held.Target, held.Receipt.Elements) && !excused &&
				(it.Action != entity.ActionRelease || it.Gated != "") {
				t.Fatalf("what must never be blocked stays: %+v", it)
			}
		}
	})
}

func TestAFrozenOrUnreadKindIsOnlyKeptInForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, it := range w.compute().Items {
			upkeep := it.Action == entity.ActionRenew || it.Action == entity.ActionRepair
			ends := it.Action == entity.ActionRelease && cites(it, plan.RuleNeverBlock, plan.RuleSpared)
			if !w.knows(it.Target.Kind) && it.Changes() && !upkeep && !ends {
				t.Fatalf("nothing is known of %ss: %+v", it.Target.Kind, it)
			}
		}
	})
}

func TestAStopLetsNothingIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.policy.Closed = plan.Closed{}
		free := w
		free.policy.Stops, free.policy.Force = plan.Stops{}, true
		w.policy.Stops, w.policy.Force = plan.Stops{Panic: "alice"}, true
		paused := w
		paused.policy.Stops = plan.Stops{Pause: "bob"}
		for _, it := range w.compute().Items {
			if puts(it) || releases(free.compute(), it) && !it.Changes() {
				t.Fatalf("in a panic: %+v", it)
			}
		}
		for _, it := range paused.compute().Items {
			if fresh := it.Action == entity.ActionBlock && it.Receipt().Empty(); fresh && it.Changes() || !fresh && it.Gated != "" {
				t.Fatalf("in a pause: %+v", it)
			}
		}
	})
}

// What is carried out of what gates count stays within every limit; what they do not count, they do not touch.
func TestGatesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.policy.Force, w.policy.Changed, w.policy.Stops, w.policy.Closed = false, "", plan.Stops{}, plan.Closed{}
		done := map[entity.Kind]map[entity.Action]map[entity.Ref]bool{}
		for _, k := range everyKind {
			done[k] = map[entity.Action]map[entity.Ref]bool{entity.ActionBlock: {}, entity.ActionRelease: {}}
		}
		for _, it := range w.compute().Items {
			counts := it.Action == entity.ActionRelease && it.State() != entity.Releasing && cites(it, wantOfReason...) ||
				it.Action == entity.ActionBlock && it.State() == "" && !cites(it, plan.RulePerson)
			switch {
			case it.Gated != "" && !counts && it.State() != entity.Refused:
				t.Fatalf("a gate holds back what does not count: %+v", it)
			case it.Changes() && counts && it.State() != entity.Refused:
				done[it.Target.Kind][it.Action][it.Target.Ref] = true
			}
		}
		for k, limits := range w.policy.Gates {
			if n := len(done[k][entity.ActionBlock]); limits.MaxBlocks > 0 && n > limits.MaxBlocks {
				t.Fatalf("%d %ss are blocked, %d may be", n, k, limits.MaxBlocks)
			}
			if n := len(done[k][entity.ActionRelease]); limits.MaxReleases > 0 && n > limits.MaxReleases {
				t.Fatalf("%d %ss are released, %d may be", n, k, limits.MaxReleases)
			}
		}
	})
}

// The release tag holds: its entity loses the block tag, and is not blocked again in any later pass.
func TestTheReleaseTagHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.policy.Changed = "" // or the whole source may wait
		w = w.after(w.compute())
		for _, s := range w.seen {
			k := s.Target.Kind
			if s.Release != "" && w.knows(k) && blockTags[k] != "" && slices.Contains(s.Target.Tags, blockTags[k]) {
				t.Fatalf("%s still carries the block tag beside the release tag", s.Target.Ref)
			}
		}
	})
}

func TestKnowingLessReleasesNothingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.policy.Force = true // fewer releases may open a gate
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

// knows reports that a kind was read completely.
func (w world) knows(k entity.Kind) bool {
	return slices.Contains(w.read, k) && w.frozen[k] == ""
}

// puts reports that an item puts something in place.
func puts(it plan.Item) bool {
	put := it.Action == entity.ActionBlock || it.Action == entity.ActionRenew || it.Action == entity.ActionRepair || it.Action == entity.ActionGroom
	return put && it.Changes()
}

func cites(it plan.Item, rules ...plan.Rule) bool {
	return slices.ContainsFunc(it.Reasons, func(r plan.Reason) bool { return slices.Contains(rules, r.Rule) })
}

// itemOf is what a plan says of the same target on the same blocker.
func itemOf(p plan.Plan, it plan.Item) plan.Item {
	at := slices.IndexFunc(p.Items, func(o plan.Item) bool { return o.Target.Ref == it.Target.Ref && o.Blocker == it.Blocker })
	if at < 0 {
		return plan.Item{}
	}
	return p.Items[at]
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
