package plan_test

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func TestWhatIsNeverBlockedIsReleasedAndSpared(t *testing.T) {
	byElement, byAddress := guard{"10.0.0.6": true}, guard{"10.0.0.7": true}
	unwanted := wanted()
	unwanted.Matches = nil
	noUndo := func(b *entity.Blocker) { b.NoUndo = true }
	tests := map[string]struct {
		scene scene
		want  string
	}{
		"wanted and not held is spared":             {scene{seen: wanted(), protect: byAddress}.on(edge), "spare: never block protected 10.0.0.7"},
		"held is released":                          {scene{seen: wanted(), held: holding(entity.Complete), protect: byAddress}.on(edge), "release: never block protected 10.0.0.7"},
		"held by an element of it is released":      {scene{seen: wanted(), held: holding(entity.Complete, at("10.0.0.6")), protect: byElement}.on(edge), "release: never block protected 10.0.0.6"},
		"held is released with explicit unblock":    {scene{seen: unwanted, held: holding(entity.Complete), explicit: true, protect: byAddress}.on(edge), "release: never block protected 10.0.0.7"},
		"held is released in a frozen kind":         {scene{frozen: "500", held: holding(entity.Complete), protect: byAddress}.on(edge), "release: never block protected 10.0.0.7"},
		"held is released in an unread kind":        {scene{unread: true, held: holding(entity.Complete), protect: byAddress}.on(edge), "release: never block protected 10.0.0.7"},
		"held is released in a panic":               {scene{seen: wanted(), held: holding(entity.Complete), protect: byAddress, stops: plan.Stops{Panic: "bob"}}.on(edge), "release: never block protected 10.0.0.7"},
		"it outweighs the no-block group as reason": {scene{seen: &plan.Seen{Target: host(), Matches: tagged, NoBlock: "NoBlock"}, protect: byAddress}.on(edge), "spare: never block protected 10.0.0.7"},
		"unwanted and not held is nothing":          {scene{seen: unwanted, protect: byAddress}.on(edge), ""},
		"not held in a frozen kind is nothing":      {scene{seen: wanted(), frozen: "500", protect: byAddress}.on(edge), ""},
		"what cannot be undone is shown":            {scene{seen: wanted(), held: holding(entity.Complete), protect: byAddress}.on(edge, noUndo), "keep: cannot be undone never block protected 10.0.0.7"},
		"a disabled blocker keeps":                  {scene{seen: wanted(), held: holding(entity.Complete), protect: byAddress, disabled: true}, "keep: blocker not in use edge"},
		"an empty set forbids nothing":              {scene{seen: wanted(), protect: guard{}}.on(edge), "block: tag vectra_host_block"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.scene.say(); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// What is to be put in place counts, not only who is known to own it.
func TestAnElementThatMustNeverBeBlockedForbidsItsTarget(t *testing.T) {
	s := wanted()
	s.Elements["edge"] = []string{"10.0.0.7", "10.0.0.254"}
	if got := (scene{seen: s, protect: guard{"10.0.0.254": true}}).on(edge).say(); got != "spare: never block protected 10.0.0.254" {
		t.Errorf("got %q", got)
	}
}

func TestSpareRulesThatAreOffByDefault(t *testing.T) {
	keyAsset, stale := wanted(), wanted()
	keyAsset.KeyAsset, stale.Unseen = "says the brain", "2026-10-01"
	refused := holding(entity.Refused, func(h *entity.Holding) {
		h.Receipt.Elements, h.Problem, h.Target.Host = nil, "no IPv6 here", &entity.Host{IP: "2001:db8::7"}
	})
	tests := map[string]struct {
		scene scene
		want  string
	}{
		"a key asset is spared":                       {scene{seen: keyAsset}, "spare: key asset says the brain"},
		"a key asset that is held is released":        {scene{seen: keyAsset, held: holding(entity.Complete), explicit: true}, "release: key asset says the brain"},
		"nobody saw it for long: not blocked":         {scene{seen: stale}, "spare: not seen since 2026-10-01"},
		"nobody saw it for long: what is held stays":  {scene{seen: stale, held: holding(entity.Complete)}, "keep: tag vectra_host_block"},
		"nobody saw it for long: refused stays so":    {scene{seen: stale, held: refused}, "keep: unsupported no IPv6 here"},
		"nobody saw it for long: a part is completed": {scene{seen: stale, held: holding(entity.Partial)}, "block: in part"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.scene.on(edge).say(); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// Settings that changed under what is held: it lies where the blocker does not look any more. It is told with its cure.
func TestWhatLiesInAFormerPlaceIsKeptAndTold(t *testing.T) {
	elsewhere := edge
	elsewhere.Place = entity.PlaceOf(map[string]string{"source": "New-Group"})
	former := holding(entity.Complete, func(h *entity.Holding) { h.Place = entity.PlaceOf(map[string]string{"source": "Old-Group"}) })
	refused := holding(entity.Refused, at(), func(h *entity.Holding) { h.Place = former.Place })
	if it := (scene{seen: wanted(), held: refused}).on(elsewhere).compute().Items[0]; it.Action != entity.ActionBlock {
		t.Errorf("what was refused for the former place lies nowhere: %s for %v", it.Action, it.Reasons)
	}
	for name, s := range map[string]scene{
		"wanted":        {seen: wanted(), held: former},
		"gone":          {gone: true, held: former},
		"never blocked": {seen: wanted(), held: former, protect: guard{"10.0.0.7": true}},
	} {
		it := s.on(elsewhere).compute().Items[0]
		want := plan.Reason{Rule: plan.RulePlace, Detail: "edge: Old-Group became New-Group. Put the old settings back, say var release --blocker edge --all, " +
			"then change them; or forget what is held there: var release --blocker edge --forget"}
		if it.Action != entity.ActionKeep || !it.Stranded() || it.Reasons[0] != want {
			t.Errorf("%s: %s for %v", name, it.Action, it.Reasons)
		}
	}
}
