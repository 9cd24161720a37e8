package plan_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func TestAClosedWindowHoldsBackWhatIsNew(t *testing.T) {
	closed := plan.Closed{Why: "until 8"}
	both := plan.Closed{Why: "until 8", Releases: true}
	unwanted, inGroup, released := wanted(), wanted(), wanted()
	unwanted.Matches, inGroup.NoBlock, released.Release = nil, "NoBlock", "vectra_host_unblock"
	ordered := &entity.Order{Target: host(), Verb: entity.VerbBlock, By: entity.By{Who: "alice"}}
	spared := &entity.Order{Target: host(), Verb: entity.VerbSpare, By: entity.By{Who: "alice"}}
	over := &entity.Order{Target: host(), Verb: entity.VerbBlock, Until: epoch, By: entity.By{Who: "alice"}}
	refused := func(h *entity.Holding) { h.Receipt.Elements, h.Problem = nil, "no IPv6 here" }
	for name, tt := range map[string]struct {
		scene scene
		want  string
	}{
		"a new block waits":                        {scene{seen: wanted(), closed: closed}, "block: tag vectra_host_block [until 8]"},
		"a person's block does not":                {scene{seen: wanted(), order: ordered, closed: both}, "block: person alice"},
		"nor does what is held in part":            {scene{seen: wanted(), held: holding(entity.Partial), closed: both}, "block: in part"},
		"nor a release that is taken back":         {scene{seen: wanted(), held: holding(entity.Releasing), closed: both}, "block: release interrupted"},
		"nor a move":                               {scene{seen: wanted(), held: holding(entity.Complete, at("10.0.0.6")), groom: true, closed: both}, "groom: moved 10.0.0.6 to 10.0.0.7"},
		"nor a renewal":                            {scene{seen: wanted(), held: holding(entity.Complete, until(1)), closed: both}, "renew: expires 2026-11-21T19:18:30Z"},
		"nor a repair":                             {scene{seen: wanted(), held: holding(entity.Complete), lists: []entity.Inventory{{Device: "fw1"}}, closed: both}.on(edge, onFw1), "repair: missing on device 10.0.0.7 on fw1"},
		"asking anew what was refused does":        {scene{seen: wanted(), held: holding(entity.Refused, refused, func(h *entity.Holding) { h.Target.Host.IP = "2001:db8::7" }), closed: closed}, "block: tag vectra_host_block [until 8]"},
		"a release does not wait by itself":        {scene{seen: unwanted, held: holding(entity.Complete), closed: closed}, "release: no rule matches"},
		"a release waits where that is configured": {scene{seen: unwanted, held: holding(entity.Complete), closed: both}, "release: no rule matches [until 8]"},
		"and so does one of what is gone":          {scene{gone: true, held: holding(entity.Complete), closed: both}, "release: gone [until 8]"},
		"one that has begun ends":                  {scene{seen: unwanted, held: holding(entity.Releasing), closed: both}, "release: no rule matches"},
		"the no-block group does not wait":         {scene{seen: inGroup, held: holding(entity.Complete), closed: both}, "release: no-block group NoBlock"},
		"nor does the release tag":                 {scene{seen: released, held: holding(entity.Complete), closed: both}, "release: release tag vectra_host_unblock"},
		"nor never-block":                          {scene{seen: wanted(), held: holding(entity.Complete), protect: guard{"10.0.0.7": true}, closed: both}, "release: never block protected 10.0.0.7"},
		"nor a person's release":                   {scene{seen: wanted(), held: holding(entity.Complete), order: spared, closed: both}, "release: spared by alice"},
		"nor the end of a person's block":          {scene{seen: unwanted, held: holding(entity.Complete), order: over, closed: both}, "release: order ended"},
		"a pause speaks first":                     {scene{seen: wanted(), closed: closed, stops: plan.Stops{Pause: "bob"}}, "block: tag vectra_host_block [paused: bob]"},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.scene.blocker.Name == "" {
				tt.scene = tt.scene.on(edge)
			}
			if got := tt.scene.say(); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func onFw1(b *entity.Blocker) { b.Devices = []string{"fw1"} }

// What waits trips no gate, and force does not open the window.
func TestAClosedWindowIsNoGate(t *testing.T) {
	for _, force := range []bool{false, true} {
		p := estate{wanted: 51, limits: defaults, change: func(p *plan.Policy, _ *plan.Observation) {
			p.Closed, p.Force = plan.Closed{Why: "until 8"}, force
		}}.compute()
		if len(p.Gates)+len(p.Lifted) != 0 || !p.Waits(p.Items[0]) || p.Items[0].Gated != "until 8" || !p.Empty() {
			t.Errorf("force %v: gates %+v, lifted %+v, first item %+v", force, p.Gates, p.Lifted, p.Items[0])
		}
	}
}

// A window delays and decides nothing: with and without it, the same items have the same actions and reasons, and once it
// opens all of them are done.
func TestAClosedWindowChangesNoDecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.policy.Closed = plan.Closed{}
		shut := w
		shut.policy.Closed = plan.Closed{Why: "until 8", Releases: rapid.Bool().Draw(t, "releases")}
		open, later := w.compute(), shut.compute()
		for _, it := range later.Items {
			was := itemOf(open, it)
			if was.Action != it.Action || len(was.Reasons) != len(it.Reasons) || was.Reasons[0] != it.Reasons[0] {
				t.Fatalf("open: %+v\nclosed: %+v", was, it)
			}
			if later.Waits(it) != (it.Gated == "until 8") {
				t.Fatalf("waits and does not say so: %+v", it)
			}
			if fresh := it.Action == entity.ActionBlock && it.Receipt().Empty() && !cites(it, plan.RulePerson); fresh && it.Changes() {
				t.Fatalf("blocked while the window is closed: %+v", it)
			}
		}
	})
}
