package plan_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// estate is a source of many hosts, some of them held, as a table row sets it.
type estate struct {
	held, wanted, gone int
	limits             plan.Limits
	change             func(*plan.Policy, *plan.Observation)
}

// defaults are the limits of the configuration.
var defaults = plan.Limits{MaxBlocks: 50, MaxReleases: 50, MaxReleasesPercent: 30, Floor: 10}

// compute makes a plan in which the first hosts are held, of them the last are gone, and wanted ones come after them.
func (e estate) compute() plan.Plan {
	obs := plan.Observation{Source: brain, Read: everyKind}
	pol := plan.Policy{Blockers: []entity.Blocker{edge, onlyPan}, Gates: map[entity.Kind]plan.Limits{entity.KindHost: e.limits}}
	var held []entity.Holding
	for i := range e.held + e.wanted {
		target := entity.Target{Ref: entity.Ref{Source: brain, Kind: entity.KindHost, ID: fmt.Sprint(i)}, Host: &entity.Host{IP: fmt.Sprint(i)}}
		if i < e.held {
			held = append(held,
				entity.Holding{Target: target, Blocker: "edge", State: entity.Complete, Receipt: entity.Receipt{Elements: []string{fmt.Sprint(i)}}},
				entity.Holding{Target: target, Blocker: "dc", State: entity.Complete, Receipt: entity.Receipt{Elements: []string{fmt.Sprint(i)}}})
		}
		if i >= e.held-e.gone && i < e.held {
			obs.Gone = append(obs.Gone, target.Ref)
			continue
		}
		obs.Seen = append(obs.Seen, plan.Seen{Target: target, Matches: tagged})
	}
	if e.change != nil {
		e.change(&pol, &obs)
	}
	return plan.Compute(obs, held, pol, epoch)
}

// sum is what a plan does: "block 3, release 2", each target counted once, and its gates.
func sum(p plan.Plan) string {
	done := map[entity.Action]map[entity.Ref]bool{}
	for _, it := range p.Items {
		if it.Changes() {
			if done[it.Action] == nil {
				done[it.Action] = map[entity.Ref]bool{}
			}
			done[it.Action][it.Target.Ref] = true
		}
	}
	var parts []string
	for act, refs := range done {
		parts = append(parts, fmt.Sprintf("%s %d", act, len(refs)))
	}
	slices.Sort(parts)
	for _, g := range p.Gates {
		parts = append(parts, fmt.Sprintf("%s gate %s: %d of %d, limit %d", g.Direction, g.Kind, g.Count, g.Held, g.Limit))
	}
	return strings.Join(parts, ", ")
}

func TestGatesCountTargets(t *testing.T) {
	changed := func(p *plan.Policy, _ *plan.Observation) { p.Changed = "version 1.2 → 1.3" }
	force := func(p *plan.Policy, _ *plan.Observation) { p.Force, p.Changed = true, "version 1.2 → 1.3" }
	tests := map[string]struct {
		estate estate
		want   string
	}{
		"as many as may be are blocked":              {estate{wanted: 50, limits: defaults}, "block 50"},
		"one more and none is blocked":               {estate{wanted: 51, limits: defaults}, "block gate host: 51 of 0, limit 50"},
		"as many as may be are released":             {estate{held: 1000, gone: 50, limits: defaults}, "release 50"},
		"one more and none is released":              {estate{held: 1000, gone: 51, limits: defaults}, "release gate host: 51 of 1000, limit 50"},
		"a third by share":                           {estate{held: 100, gone: 30, limits: defaults}, "release 30"},
		"more than a third by share":                 {estate{held: 100, gone: 31, limits: defaults}, "release gate host: 31 of 100, limit 30"},
		"few are never too many by share":            {estate{held: 10, gone: 10, limits: defaults}, "release 10"},
		"one more than few are":                      {estate{held: 11, gone: 4, limits: defaults}, "release gate host: 4 of 11, limit 3"},
		"a source that goes empty":                   {estate{held: 40, gone: 40, limits: defaults}, "release gate host: 40 of 40, limit 12"},
		"zero is no limit":                           {estate{held: 500, gone: 500, wanted: 500}, "block 500, release 500"},
		"a tripped direction leaves the other alone": {estate{held: 100, gone: 31, wanted: 2, limits: defaults}, "block 2, release gate host: 31 of 100, limit 30"},
		"both trip":                       {estate{held: 100, gone: 31, wanted: 51, limits: defaults}, "block gate host: 51 of 100, limit 50, release gate host: 31 of 100, limit 30"},
		"force lifts them":                {estate{held: 100, gone: 31, wanted: 51, limits: defaults, change: force}, "block 51, release 31"},
		"after a change, up to the floor": {estate{held: 100, gone: 10, wanted: 3, limits: defaults, change: changed}, "block 3, release 10"},
		"after a change, beyond the floor it is only a plan": {estate{held: 100, gone: 11, wanted: 3, limits: defaults, change: changed}, "release gate : 11 of 100, limit 10"},
		"after a change without releases":                    {estate{held: 100, wanted: 3, limits: defaults, change: changed}, "block 3"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := sum(tt.estate.compute()); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A gate speaks to the operator: how many, of what, the limit, and the setting; the items bear the same sentence.
func TestAGateTellsWhatItHoldsBack(t *testing.T) {
	p := estate{held: 100, gone: 31, wanted: 51, limits: defaults}.compute()
	var got []string
	for _, g := range p.Gates {
		got = append(got, g.Why)
		if !slices.ContainsFunc(p.Items, func(it plan.Item) bool { return it.Gated == g.Why }) {
			t.Errorf("no item is held back by %q", g.Why)
		}
	}
	want := []string{
		"51 hosts would be blocked, at most 50 may be in one pass (max_blocks)",
		"31 of 100 hosts would be released for want of a reason, at most 30 may be in one pass (max_releases_percent: 30%)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	p = estate{held: 100, gone: 11, limits: defaults, change: func(p *plan.Policy, _ *plan.Observation) { p.Changed = "selection changed" }}.compute()
	if want := "selection changed, and 11 of 100 targets would be released for want of a reason: nothing is done before somebody looked at it"; p.Gates[0].Why != want {
		t.Errorf("got %q", p.Gates[0].Why)
	}
}

func TestForceTellsWhatItLifted(t *testing.T) {
	p := estate{wanted: 51, limits: defaults, change: func(p *plan.Policy, _ *plan.Observation) { p.Force = true }}.compute()
	if len(p.Lifted) != 1 || p.Lifted[0].Count != 51 || len(p.Gates) != 0 {
		t.Errorf("lifted %+v, gates %+v", p.Lifted, p.Gates)
	}
}

// Each of these frees 40 of 40 hosts, and none for want of a reason.
func TestGatesLetPassWhatHasAReason(t *testing.T) {
	spareAll := func(_ *plan.Policy, o *plan.Observation) {
		for _, s := range o.Seen {
			o.Orders = append(o.Orders, entity.Order{Target: s.Target, Verb: entity.VerbSpare})
		}
	}
	seen := func(change func(*plan.Seen)) func(*plan.Policy, *plan.Observation) {
		return func(_ *plan.Policy, o *plan.Observation) {
			for i := range o.Seen {
				change(&o.Seen[i])
			}
		}
	}
	for name, change := range map[string]func(*plan.Policy, *plan.Observation){
		"release tag":    seen(func(s *plan.Seen) { s.Release = "unblock" }),
		"no-block group": seen(func(s *plan.Seen) { s.NoBlock = "NoBlock" }),
		"key asset":      seen(func(s *plan.Seen) { s.KeyAsset = "yes" }),
		"person":         spareAll,
		"never-block":    func(p *plan.Policy, _ *plan.Observation) { p.Protect = everything{} },
		"order ended":    seen(func(s *plan.Seen) { s.Matches = nil }),
	} {
		e := estate{held: 40, limits: plan.Limits{MaxReleases: 1, MaxReleasesPercent: 1}}
		e.change = func(p *plan.Policy, o *plan.Observation) {
			change(p, o)
			for _, s := range o.Seen {
				if name == "order ended" {
					o.Orders = append(o.Orders, entity.Order{Target: s.Target, Verb: entity.VerbBlock, Until: epoch})
				}
			}
		}
		if got := sum(e.compute()); got != "release 40" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

type everything struct{}

func (everything) Covers(entity.Target, []string) (string, bool) { return "everything", true }

// What is not counted: moves, repairs, what was counted when it began, and what a person ordered.
func TestGatesLetPassWhatIsNoFirstBlockAndNoNewRelease(t *testing.T) {
	limits := map[entity.Kind]plan.Limits{entity.KindHost: {MaxBlocks: 1, MaxReleases: 1}}
	var obs plan.Observation
	obs.Source, obs.Read = brain, everyKind
	var held []entity.Holding
	for i, state := range []entity.State{entity.Partial, entity.Partial, entity.Pending, entity.Releasing, entity.Releasing, "", ""} {
		target := entity.Target{Ref: entity.Ref{Source: brain, Kind: entity.KindHost, ID: fmt.Sprint(i)}, Name: "pc"}
		s := plan.Seen{Target: target, Matches: tagged}
		if state == entity.Releasing {
			s.Matches = nil
		}
		if state == "" {
			obs.Orders = append(obs.Orders, entity.Order{Target: target, Verb: entity.VerbBlock})
		} else {
			held = append(held, entity.Holding{Target: target, Blocker: "edge", State: state, Receipt: entity.Receipt{Elements: []string{"e"}}})
		}
		obs.Seen = append(obs.Seen, s)
	}
	p := plan.Compute(obs, held, plan.Policy{Blockers: []entity.Blocker{edge}, Gates: limits}, epoch)
	if got := sum(p); got != "block 5, release 2" {
		t.Errorf("got %s", got)
	}
}

// A pass that is only a plan keeps tags too, and still does what must not wait.
func TestAPassThatIsOnlyAPlanDoesWhatMustNotWait(t *testing.T) {
	e := estate{held: 40, gone: 20, limits: defaults}
	e.change = func(p *plan.Policy, o *plan.Observation) {
		p.Changed, p.BlockTags = "selection changed", map[entity.Kind]string{entity.KindHost: "block"}
		p.Protect = guard{"0": true}
		o.Orders = []entity.Order{{Target: o.Seen[1].Target, Verb: entity.VerbSpare}}
		o.Seen[2].Release, o.Seen[2].Target.Tags = "unblock", []string{"block", "unblock"}
	}
	p := e.compute()
	if got := sum(p); got != "release 2, release gate : 20 of 40, limit 10" {
		t.Errorf("got %s", got)
	}
	if len(p.Strips) > 0 {
		t.Errorf("tags are taken off: %+v", p.Strips)
	}
	for _, it := range p.Items {
		if it.Gated != "" && it.Action == entity.ActionKeep {
			t.Errorf("nothing was to be done, and it waits: %+v", it)
		}
	}
}

// What is held back keeps its elements in place, and what it would have put there keeps nobody else's.
func TestWhatIsHeldBackMovesNoElement(t *testing.T) {
	e := estate{held: 100, gone: 31, limits: defaults}
	for _, it := range e.compute().Items {
		if len(it.Leaves) > 0 {
			t.Fatalf("%v leaves with %s, which is held back", it.Leaves, it.Target.Ref)
		}
	}
	leaving, coming := holding(entity.Complete), wanted()
	coming.Target.ID = "9"
	obs := plan.Observation{Source: brain, Read: everyKind, Seen: []plan.Seen{*coming}, Gone: []entity.Ref{host7}}
	p := plan.Compute(obs, []entity.Holding{*leaving}, plan.Policy{Blockers: []entity.Blocker{edge}, Stops: plan.Stops{Panic: "bob"}}, epoch)
	if diff := cmp.Diff([]string{"10.0.0.7"}, p.Items[1].Leaves); diff != "" {
		t.Errorf("a block that is held back holds an element: %s", diff)
	}
}

func TestADigestTellsOneHeldBackPlanFromAnother(t *testing.T) {
	of := func(gone, wanted int) string {
		return estate{held: 100, gone: gone, wanted: wanted, limits: defaults}.compute().Digest(entity.KindHost, plan.DirectionRelease)
	}
	first := of(31, 0)
	if again := of(31, 0); again != first {
		t.Error("the same plan has two digests")
	}
	if of(31, 2) != first {
		t.Error("what passes the gate shows in its digest")
	}
	if of(31, 51) != first {
		t.Error("what another gate holds back shows in its digest")
	}
	if of(32, 0) == first {
		t.Error("another plan has the same digest")
	}
}

// Digests are kept in journals: another form would announce every gate once more.
func TestADigestKeepsItsForm(t *testing.T) {
	p := estate{held: 100, gone: 31, limits: defaults}.compute()
	sum := sha256.New()
	for _, it := range p.Items {
		if it.Gated != "" {
			fmt.Fprintf(sum, "%s %q %q %q %q\n", it.Action, it.Target.Ref, it.Blocker, it.Elements, it.Receipt().Elements)
		}
	}
	if want, got := hex.EncodeToString(sum.Sum(nil)), p.Digest(entity.KindHost, plan.DirectionRelease); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A stop is no gate, and what it holds back does not trip one.
func TestAStopIsNoGate(t *testing.T) {
	e := estate{wanted: 51, limits: defaults, change: func(p *plan.Policy, _ *plan.Observation) { p.Stops.Pause = "bob, 21 Nov: maintenance" }}
	p := e.compute()
	if len(p.Gates) != 0 || p.Items[0].Gated != "paused: bob, 21 Nov: maintenance" || !p.Empty() {
		t.Errorf("gates %+v, first item %+v", p.Gates, p.Items[0])
	}
}

// The cost of a held-back plan is linear too, with everything on.
func TestTheCostOfRestraintIsLinear(t *testing.T) {
	cost := func(n int) float64 {
		w := crowd(n)
		w.policy.Gates, w.policy.Changed = map[entity.Kind]plan.Limits{entity.KindHost: defaults}, "version 1 → 2"
		w.policy.Protect, w.policy.Blockers[0].Devices = guard{"e1": true}, []string{"fw1"}
		w.devices = map[string][]entity.Inventory{"edge": {{Device: "fw1", Booted: epoch.Add(-time.Hour)}}}
		return testing.AllocsPerRun(1, func() { plan.Compute(w.observation(), w.held, w.policy, w.now) })
	}
	if small, large := cost(500), cost(5000); large > 12*small {
		t.Errorf("500 targets cost %.0f allocations, 5,000 cost %.0f", small, large)
	}
}

// Very many holders of one element cost no more than as many of their own.
func TestACrowdOnOneElementIsCheap(t *testing.T) {
	e := entity.Receipt{Elements: []string{"203.0.113.9"}}
	obs, held := plan.Observation{Source: brain, Read: everyKind}, []entity.Holding(nil)
	for i := range 20000 {
		ref := entity.Ref{Source: brain, Kind: entity.KindDetection, ID: fmt.Sprint(i)}
		held = append(held, entity.Holding{Target: entity.Target{Ref: ref, Name: "d"}, Blocker: "edge", State: entity.Complete, Receipt: e})
		if i%2 == 0 {
			obs.Gone = append(obs.Gone, ref)
		}
	}
	p := plan.Compute(obs, held, plan.Policy{Blockers: []entity.Blocker{edge}}, epoch)
	want := []plan.Stay{{Element: "203.0.113.9", Holder: held[1].Target.Ref}}
	for _, it := range p.Items[:10000] {
		if diff := cmp.Diff(want, it.Stays, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	}
}
