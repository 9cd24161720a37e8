package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func TestEachStateOfATargetHasItsAction(t *testing.T) {
	inGroup, released, unwanted := wanted(), wanted(), wanted()
	inGroup.NoBlock, released.Release, unwanted.Matches = "NoBlock", "vectra_host_unblock", nil
	blind := wanted()
	blind.Elements = nil
	refused := func(h *entity.Holding) { h.Receipt.Elements, h.Problem = nil, "no IPv6 here" }
	noUndo, noRepeat := func(b *entity.Blocker) { b.NoUndo = true }, func(b *entity.Blocker) { b.NoRepeat = true }
	accountsOnly := func(b *entity.Blocker) { b.Kinds = []entity.Kind{entity.KindAccount} }
	tests := map[string]struct {
		scene scene
		want  string // action, then the first reason; empty: nothing to say
	}{
		"wanted and not held is blocked":                          {scene{seen: wanted()}.on(edge), "block: tag vectra_host_block"},
		"wanted and held is kept":                                 {scene{seen: wanted(), held: holding(entity.Complete)}.on(edge), "keep: tag vectra_host_block"},
		"wanted and held in part is blocked again":                {scene{seen: wanted(), held: holding(entity.Partial, func(h *entity.Holding) { h.Missing = []string{"fw2"} })}.on(edge), "block: in part fw2"},
		"wanted and queued is asked for again":                    {scene{seen: wanted(), held: holding(entity.Pending)}.on(edge), "block: pending"},
		"wanted while it is being released is blocked again":      {scene{seen: wanted(), held: holding(entity.Releasing)}.on(edge), "block: release interrupted"},
		"a first block nobody saw the end of is made again":       {scene{seen: wanted(), held: holding(entity.Partial, func(h *entity.Holding) { h.Asserted = time.Time{} })}.on(edge), "block: tag vectra_host_block"},
		"half its life over is renewed":                           {scene{seen: wanted(), held: holding(entity.Complete, until(time.Hour))}.on(edge), "renew: expires 2026-11-21T20:18:30Z"},
		"less than half its life over is kept":                    {scene{seen: wanted(), held: holding(entity.Complete, until(time.Hour+time.Second))}.on(edge), "keep: tag vectra_host_block"},
		"expired is renewed":                                      {scene{seen: wanted(), held: holding(entity.Complete, until(-time.Minute))}.on(edge), "renew: expires 2026-11-21T19:17:30Z"},
		"a new address without grooming is kept":                  {scene{seen: wanted(), held: holding(entity.Complete, at("10.0.0.6"))}.on(edge), "keep: tag vectra_host_block"},
		"a new address is groomed":                                {scene{seen: wanted(), held: holding(entity.Complete, at("10.0.0.6")), groom: true}.on(edge), "groom: moved 10.0.0.6 to 10.0.0.7"},
		"a further address is groomed":                            {scene{seen: wanted(), held: holding(entity.Complete, at()), groom: true}.on(edge), "groom: moved now 10.0.0.7"},
		"half a move is finished, not begun anew":                 {scene{seen: wanted(), held: holding(entity.Partial, at("10.0.0.6", "10.0.0.7")), groom: true}.on(edge), "groom: moved 10.0.0.6 to 10.0.0.7"},
		"unknown elements are no reason to groom":                 {scene{seen: blind, held: holding(entity.Complete), groom: true}.on(edge), "keep: tag vectra_host_block"},
		"what cannot be undone is not groomed":                    {scene{seen: wanted(), held: holding(entity.Complete, at("10.0.0.6")), groom: true}.on(edge, noUndo), "keep: tag vectra_host_block"},
		"in the no-block group and held is released":              {scene{seen: inGroup, held: holding(entity.Complete)}.on(edge), "release: no-block group NoBlock"},
		"in the no-block group is released with explicit unblock": {scene{seen: inGroup, held: holding(entity.Complete), explicit: true}.on(edge), "release: no-block group NoBlock"},
		"in the no-block group and not held is spared":            {scene{seen: inGroup}.on(edge), "spare: no-block group NoBlock"},
		"released by tag":                                         {scene{seen: released, held: holding(entity.Complete)}.on(edge), "release: release tag vectra_host_unblock"},
		"released by tag with explicit unblock":                   {scene{seen: released, held: holding(entity.Complete), explicit: true}.on(edge), "release: release tag vectra_host_unblock"},
		"with a release tag it is not blocked":                    {scene{seen: released}.on(edge), "spare: release tag vectra_host_unblock"},
		"no rule any more is released":                            {scene{seen: unwanted, held: holding(entity.Complete)}.on(edge), "release: no rule matches"},
		"no rule any more is kept with explicit unblock":          {scene{seen: unwanted, held: holding(entity.Complete), explicit: true}.on(edge), "keep: explicit unblock no rule matches"},
		"a release that began ends, explicit unblock or not":      {scene{seen: unwanted, held: holding(entity.Releasing), explicit: true}.on(edge), "release: no rule matches"},
		"no rule and not held is nothing":                         {scene{seen: unwanted}.on(edge), ""},
		"gone is released":                                        {scene{gone: true, held: holding(entity.Complete)}.on(edge), "release: gone"},
		"gone is kept with explicit unblock":                      {scene{gone: true, held: holding(entity.Complete), explicit: true}.on(edge), "keep: explicit unblock gone"},
		"neither seen nor gone is kept":                           {scene{held: holding(entity.Complete)}.on(edge), "keep: not read"},
		"a kind that was not read is kept":                        {scene{unread: true, seen: unwanted, held: holding(entity.Complete)}.on(edge), "keep: not read"},
		"a frozen kind is kept":                                   {scene{frozen: "page 2: 500", seen: unwanted, held: holding(entity.Complete)}.on(edge), "keep: frozen page 2: 500"},
		"a frozen kind is not blocked":                            {scene{frozen: "page 2: 500", seen: wanted()}.on(edge), ""},
		"routed to it is blocked":                                 {scene{seen: wanted("client:Fortinet")}.on(edge), "block: tag vectra_host_block"},
		"routed elsewhere is not blocked":                         {scene{seen: wanted("client:pan")}.on(edge), ""},
		"routed elsewhere and held is released":                   {scene{seen: wanted("client:pan"), held: holding(entity.Complete)}.on(edge), "release: routed elsewhere pan"},
		"a kind that is not its own any more is released":         {scene{seen: wanted(), held: holding(entity.Complete)}.on(edge, accountsOnly), "release: kind not configured"},
		"what no blocker takes is shown":                          {scene{seen: wanted()}.on(edge, accountsOnly), "spare: unsupported no blocker takes this host"},
		"refused is not asked again":                              {scene{seen: wanted(), held: holding(entity.Refused, refused)}.on(edge), "keep: unsupported no IPv6 here"},
		"refused at another address is asked again":               {scene{seen: wanted(), held: holding(entity.Refused, refused, func(h *entity.Holding) { h.Target.Host = &entity.Host{IP: "2001:db8::7"} })}.on(edge), "block: tag vectra_host_block"},
		"refused and not wanted is forgotten":                     {scene{seen: unwanted, held: holding(entity.Refused, refused)}.on(edge), "release: no rule matches"},
		"what cannot be undone is kept":                           {scene{seen: unwanted, held: holding(entity.Complete)}.on(edge, noUndo), "keep: cannot be undone no rule matches"},
		"what cannot be undone and left nothing is forgotten":     {scene{seen: unwanted, held: holding(entity.Refused, refused)}.on(edge, noUndo), "release: no rule matches"},
		"what must not be repeated is not renewed":                {scene{seen: wanted(), held: holding(entity.Complete, until(time.Minute))}.on(edge, noRepeat), "keep: tag vectra_host_block"},
		"what must not be repeated stays in part":                 {scene{seen: wanted(), held: holding(entity.Partial)}.on(edge, noRepeat), "keep: tag vectra_host_block"},
		"a disabled blocker keeps":                                {scene{seen: unwanted, held: holding(entity.Complete), disabled: true}, "keep: blocker not in use edge"},
		"a blocker that is gone from the configuration keeps":     {scene{seen: unwanted, held: holding(entity.Complete)}, "keep: blocker not configured edge"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.scene.say(); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// A target that one of two blockers holds may go: the other one has nothing to say, and must not fall over it.
func TestWhatIsGoneIsReleasedWhereItIsHeldOnly(t *testing.T) {
	obs := plan.Observation{Source: brain, Read: everyKind, Gone: []entity.Ref{host7}}
	p := plan.Compute(obs, []entity.Holding{*holding(entity.Complete)}, plan.Policy{Blockers: []entity.Blocker{edge, onlyPan}}, epoch)
	if len(p.Items) != 1 || p.Items[0].Action != entity.ActionRelease || p.Items[0].Blocker != "edge" {
		t.Errorf("got %+v, want one release on edge", p.Items)
	}
	if got := p.Items[0].Target.Host; got == nil || got.IP != "10.0.0.7" {
		t.Errorf("released as %+v, want the copy of when it was blocked", p.Items[0].Target)
	}
}

func TestBUG21TheReleaseTagTakesTheBlockTagOffAndHolds(t *testing.T) {
	s := wanted("vectra_host_block", "vectra_host_unblock")
	s.Release = "vectra_host_unblock"
	p := scene{seen: s, held: holding(entity.Complete), explicit: true}.on(edge).compute()
	want := []plan.Strip{{Ref: host7, Tag: "vectra_host_block", Release: "vectra_host_unblock"}}
	if diff := cmp.Diff(want, p.Strips); diff != "" {
		t.Error(diff)
	}
	for _, again := range []*plan.Seen{s, {Target: host("vectra_host_unblock"), Matches: tagged, Release: "vectra_host_unblock"}} {
		for _, it := range (scene{seen: again, explicit: true}).on(edge).compute().Items {
			if it.Action != entity.ActionSpare {
				t.Errorf("the next pass wants to %s it", it.Action)
			}
		}
	}
}

func TestATagIsTakenOffOnlyWhereItStandsBesideAReleaseTag(t *testing.T) {
	released := wanted("vectra_host_unblock")
	released.Release = "vectra_host_unblock"
	frozen := wanted("vectra_host_block", "vectra_host_unblock")
	frozen.Release = "vectra_host_unblock"
	for name, s := range map[string]scene{
		"no release tag":  {seen: wanted("vectra_host_block")},
		"no block tag":    {seen: released},
		"kind was frozen": {seen: frozen, frozen: "500"},
	} {
		if p := s.on(edge).compute(); len(p.Strips) > 0 {
			t.Errorf("%s: %+v", name, p.Strips)
		}
	}
}

// BUG-36: the predecessor's brains released each other's addresses on a shared firewall.
func TestBUG36TwoBrainsShareAnElement(t *testing.T) {
	mine, theirs := holding(entity.Complete), holding(entity.Complete)
	theirs.Target.Source = another
	obs := plan.Observation{Source: brain, Read: everyKind, Gone: []entity.Ref{host7}}
	pol := plan.Policy{Blockers: []entity.Blocker{edge}}
	first := plan.Compute(obs, []entity.Holding{*mine, *theirs}, pol, epoch)
	if leaves := first.Items[0].Leaves; len(leaves) > 0 {
		t.Errorf("%v leaves although another brain holds it", leaves)
	}
	last := plan.Compute(obs, []entity.Holding{*mine}, pol, epoch)
	if diff := cmp.Diff([]string{"10.0.0.7"}, last.Items[0].Leaves); diff != "" {
		t.Errorf("the last holder takes it along: %s", diff)
	}
}

func TestElementsAreSharedOnlyWithinAClassAndABlocker(t *testing.T) {
	mine := holding(entity.Complete)
	otherClass, otherBlocker := holding(entity.Complete), holding(entity.Complete)
	otherClass.Target = entity.Target{Ref: entity.Ref{Source: brain, Kind: entity.KindDetection, ID: "1"}}
	otherBlocker.Blocker = "dc"
	otherBlocker.Target.ID = "8"
	obs := plan.Observation{Source: brain, Read: []entity.Kind{entity.KindHost}, Gone: []entity.Ref{host7}}
	p := plan.Compute(obs, []entity.Holding{*mine, *otherClass, *otherBlocker}, plan.Policy{Blockers: []entity.Blocker{edge, onlyPan}}, epoch)
	if diff := cmp.Diff([]string{"10.0.0.7"}, p.Items[0].Leaves); diff != "" {
		t.Error(diff)
	}
}

func TestAGroomLeavesWhatOthersStillHold(t *testing.T) {
	mine, neighbour := holding(entity.Complete, at("10.0.0.5", "10.0.0.6")), holding(entity.Complete, at("10.0.0.6"))
	neighbour.Target.ID = "8"
	obs := plan.Observation{Source: brain, Read: everyKind, Seen: []plan.Seen{*wanted()}}
	p := plan.Compute(obs, []entity.Holding{*mine, *neighbour}, plan.Policy{Blockers: []entity.Blocker{edge}, Groom: true}, epoch)
	if diff := cmp.Diff([]string{"10.0.0.5"}, p.Items[0].Leaves); diff != "" {
		t.Error(diff)
	}
}

// What puts an element in place comes before what takes it away: a shared one never leaves in between.
func TestBlocksComeBeforeReleases(t *testing.T) {
	leaving, coming := holding(entity.Complete), wanted()
	coming.Target.ID, leaving.Target.ID = "9", "1"
	obs := plan.Observation{Source: brain, Read: everyKind, Seen: []plan.Seen{*coming}, Gone: []entity.Ref{leaving.Target.Ref}}
	p := plan.Compute(obs, []entity.Holding{*leaving}, plan.Policy{Blockers: []entity.Blocker{edge}}, epoch)
	if p.Items[0].Action != entity.ActionBlock || p.Items[1].Action != entity.ActionRelease {
		t.Fatalf("got %s then %s", p.Items[0].Action, p.Items[1].Action)
	}
	if leaves := p.Items[1].Leaves; len(leaves) > 0 {
		t.Errorf("%v leaves although a block of this plan wants it", leaves)
	}
}

func TestAnAdoptedHoldingIsReleasedAsTheTargetIsNow(t *testing.T) {
	h := holding(entity.Complete)
	h.Target = entity.Target{Ref: host7}
	unwanted := wanted()
	unwanted.Matches = nil
	p := scene{seen: unwanted, held: h}.on(edge).compute()
	if diff := cmp.Diff(host(), *p.Items[0].Target, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestAGroomTakesAwayFromTheTargetAsItWas(t *testing.T) {
	h := holding(entity.Complete)
	h.Target.Name = "its-old-name"
	h.Receipt.Elements = []string{"10.0.0.99"}
	p := scene{seen: wanted(), held: h, groom: true}.on(edge).compute()
	if it := p.Items[0]; it.Action != entity.ActionGroom || it.Was().Name != "its-old-name" || it.Target.Name == it.Was().Name {
		t.Errorf("%s of %q, which was %q", it.Action, it.Target.Name, it.Was().Name)
	}
}

func TestAnItemSaysWhetherItChangesAnything(t *testing.T) {
	changes := map[entity.Action]bool{
		entity.ActionBlock: true, entity.ActionRenew: true, entity.ActionGroom: true, entity.ActionRelease: true,
		entity.ActionKeep: false, entity.ActionSpare: false,
	}
	for action, want := range changes {
		it := plan.Item{Action: action}
		if got := it.Changes(); got != want {
			t.Errorf("%s changes: got %v, want %v", action, got, want)
		}
		if got := (plan.Plan{Items: []plan.Item{it}}).Empty(); got == want {
			t.Errorf("a plan of one %s is empty: got %v", action, got)
		}
	}
	if (plan.Plan{Strips: []plan.Strip{{}}}).Empty() {
		t.Error("taking a tag off is something to do")
	}
}

func TestAStrandedHoldingIsTold(t *testing.T) {
	for name, s := range map[string]scene{
		"stranded": {held: holding(entity.Complete)},
		"disabled": {held: holding(entity.Complete), disabled: true},
	} {
		if got := s.compute().Items[0].Stranded(); got != (name == "stranded") {
			t.Errorf("%s: stranded is %v", name, got)
		}
	}
}

// Names are identities: what is on a device that is not configured any more is told until the name is back.
func TestWhatIsOnALostDeviceIsTold(t *testing.T) {
	pair := edge
	pair.Devices = []string{"fw1", "fw2"}
	onThree := func(h *entity.Holding) { h.Devices = []string{"fw1", "fw2", "fw9"} }
	left := func(h *entity.Holding) { h.Missing = []string{"fw9"} }
	for name, tt := range map[string]struct {
		scene scene
		want  entity.Action
	}{
		"wanted":               {scene{seen: wanted(), held: holding(entity.Complete, onThree)}, entity.ActionKeep},
		"unwanted":             {scene{seen: &plan.Seen{Target: host()}, held: holding(entity.Complete, onThree)}, entity.ActionRelease},
		"released elsewhere":   {scene{seen: &plan.Seen{Target: host()}, held: holding(entity.Releasing, left)}, entity.ActionKeep},
		"wanted again":         {scene{seen: wanted(), held: holding(entity.Releasing, left)}, entity.ActionBlock},
		"gone in the meantime": {scene{gone: true, held: holding(entity.Releasing, left)}, entity.ActionKeep},
	} {
		if it := tt.scene.on(pair).compute().Items[0]; it.Action != tt.want || !it.Stranded() {
			t.Errorf("%s: %s for %v, want %s", name, it.Action, it.Reasons, tt.want)
		}
	}
}

func TestANewDeviceIsCaughtUp(t *testing.T) {
	pair := edge
	pair.Devices = []string{"fw1", "fw2"}
	onOne := func(h *entity.Holding) { h.Devices = []string{"fw1"} }
	it := scene{seen: wanted(), held: holding(entity.Complete, onOne)}.on(pair).compute().Items[0]
	if it.Action != entity.ActionBlock || it.Reasons[0] != (plan.Reason{Rule: plan.RulePartial, Detail: "fw2"}) {
		t.Errorf("%s for %v", it.Action, it.Reasons)
	}
}

func TestWhatIsHeldForAnAbandonedSourceIsKeptAndTold(t *testing.T) {
	p := plan.Abandoned(brain, []entity.Holding{*holding(entity.Complete), {Target: entity.Target{Ref: entity.Ref{Source: another}}}})
	if len(p.Items) != 1 || p.Items[0].Action != entity.ActionKeep || !p.Items[0].Stranded() || p.Items[0].Target.Ref != host7 {
		t.Errorf("got %+v", p.Items)
	}
}

func TestABlockerThatDoesNotKnowItsLabelKeepsTheOneThatIsHeld(t *testing.T) {
	mute := edge
	mute.Label = ""
	s := scene{seen: &plan.Seen{Target: host()}, held: holding(entity.Complete)}
	if it := s.on(mute).compute().Items[0]; it.Label != "Fortinet Client" {
		t.Errorf("label %q: its receipt tags would be taken off", it.Label)
	}
}

// The cost is linear: ten times the world takes ten times the work, told by what is allocated, not by a clock.
func TestTheCostIsLinear(t *testing.T) {
	cost := func(n int) float64 {
		w := crowd(n)
		return testing.AllocsPerRun(1, func() { plan.Compute(w.observation(), w.held, w.policy, w.now) })
	}
	small, large := cost(500), cost(5000)
	if large > 12*small {
		t.Errorf("500 targets cost %.0f allocations, 5,000 cost %.0f", small, large)
	}
}

func crowd(n int) world {
	w := world{source: brain, now: epoch, read: everyKind, policy: plan.Policy{Blockers: []entity.Blocker{edge, onlyPan}, Groom: true}}
	for i := range n {
		ref := entity.Ref{Source: brain, Kind: entity.KindHost, ID: fmt.Sprint(i)}
		e := fmt.Sprint("e", i/2)
		target := entity.Target{Ref: ref, Host: &entity.Host{IP: e}}
		w.held = append(w.held, entity.Holding{Target: target, Blocker: "edge", State: entity.Complete, Receipt: entity.Receipt{Elements: []string{e}}})
		switch i % 3 {
		case 0:
			w.gone = append(w.gone, ref)
		case 1:
			w.seen = append(w.seen, plan.Seen{Target: target, Matches: tagged, Elements: map[string][]string{"edge": {"x" + e}}})
		}
	}
	return w
}
