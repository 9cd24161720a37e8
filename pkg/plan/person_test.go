package plan_test

import (
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func byAlice(verb entity.Verb, until time.Time) *entity.Order {
	return &entity.Order{Target: host(), Verb: verb, Until: until, By: entity.By{Who: "alice", Reason: "phishing"}}
}

func TestAPersonsOrderHasItsAction(t *testing.T) {
	unwanted, inGroup, keyAsset, released, stale := wanted(), wanted(), wanted(), wanted(), wanted()
	unwanted.Matches = nil
	inGroup.NoBlock, keyAsset.KeyAsset, released.Release = "NoBlock", "says the brain", "vectra_host_unblock"
	stale.Unseen, stale.Matches = "2026-10-01", nil
	block, spare := byAlice(entity.VerbBlock, epoch.Add(time.Hour)), byAlice(entity.VerbSpare, time.Time{})
	over, ended := byAlice(entity.VerbBlock, epoch), byAlice(entity.VerbSpare, epoch.Add(-time.Second))
	tests := map[string]struct {
		scene scene
		want  string
	}{
		"a block is done whatever the rules say":                   {scene{seen: unwanted, order: block}, "block: person alice until 2026-11-21T20:18:30Z: phishing"},
		"a block is kept whatever the rules say":                   {scene{seen: unwanted, order: block, held: holding(entity.Complete)}, "keep: person alice until 2026-11-21T20:18:30Z: phishing"},
		"a block of what the source has lost is done all the same": {scene{gone: true, order: block}, "block: person alice until 2026-11-21T20:18:30Z: phishing"},
		"a block stays although the source has lost it":            {scene{gone: true, order: block, held: holding(entity.Complete)}, "keep: person alice until 2026-11-21T20:18:30Z: phishing"},
		"the no-block group outweighs a person":                    {scene{seen: inGroup, order: block}, "spare: no-block group NoBlock"},
		"a spared key asset outweighs a person":                    {scene{seen: keyAsset, order: block}, "spare: key asset says the brain"},
		"the release tag outweighs a person's block":               {scene{seen: released, order: block}, "spare: release tag vectra_host_unblock"},
		"never-block outweighs a person":                           {scene{seen: unwanted, order: block, protect: guard{"10.0.0.7": true}}, "spare: never block protected 10.0.0.7"},
		"a person outweighs that nobody saw it for long":           {scene{seen: stale, order: block}, "block: person alice until 2026-11-21T20:18:30Z: phishing"},
		"a block of what nobody was asked about waits":             {scene{order: block}, ""},
		"a block does not begin in a frozen kind":                  {scene{frozen: "page 2: 500", order: block, seen: unwanted}, ""},
		"a block ends with the order":                              {scene{seen: unwanted, order: over, held: holding(entity.Complete)}, "release: order ended"},
		"a block ends with the order, explicit unblock or not":     {scene{seen: unwanted, order: over, held: holding(entity.Complete), explicit: true}, "release: order ended"},
		"a block of what is gone ends with the order":              {scene{gone: true, order: over, held: holding(entity.Complete), explicit: true}, "release: order ended"},
		"a rule outlasts the order":                                {scene{seen: wanted(), order: over, held: holding(entity.Complete)}, "keep: tag vectra_host_block"},
		"an order that ended in a frozen kind waits":               {scene{frozen: "page 2: 500", order: over, held: holding(entity.Complete)}, "keep: frozen page 2: 500"},
		"spared and held is released":                              {scene{seen: wanted(), order: spare, held: holding(entity.Complete)}, "release: spared by alice: phishing"},
		"spared and held is released with explicit unblock":        {scene{seen: wanted(), order: spare, held: holding(entity.Complete), explicit: true}, "release: spared by alice: phishing"},
		"spared is not blocked":                                    {scene{seen: wanted(), order: spare}, "spare: spared by alice: phishing"},
		"spared in a frozen kind is released":                      {scene{frozen: "page 2: 500", order: spare, held: holding(entity.Complete)}, "release: spared by alice: phishing"},
		"spared in an unread kind is released":                     {scene{unread: true, order: spare, held: holding(entity.Complete)}, "release: spared by alice: phishing"},
		"spared and gone is released":                              {scene{gone: true, order: spare, held: holding(entity.Complete), explicit: true}, "release: spared by alice: phishing"},
		"spared until a time that is over is blocked":              {scene{seen: wanted(), order: ended}, "block: tag vectra_host_block"},
		"somebody else's order is not heeded":                      {scene{seen: unwanted, order: &entity.Order{Target: entity.Target{Ref: entity.Ref{Source: another, Kind: entity.KindHost, ID: "7"}}, Verb: entity.VerbBlock}}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.scene.on(edge).say(); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// What a person blocked that no brain knows lives as long as the order, which may simply not be there any more.
func TestWhatIsHeldByHandEndsWithoutAnOrder(t *testing.T) {
	h := holding(entity.Complete)
	h.Target.Source = entity.SourceHand
	obs := plan.Observation{Source: entity.SourceHand, Read: everyKind, Gone: []entity.Ref{h.Target.Ref}}
	pol := plan.Policy{
		Blockers: []entity.Blocker{edge}, ExplicitUnblock: true, Changed: "version 1 → 2",
		Gates: map[entity.Kind]plan.Limits{entity.KindHost: {MaxReleases: 1}},
	}
	it := plan.Compute(obs, []entity.Holding{*h}, pol, epoch).Items[0]
	if it.Action != entity.ActionRelease || it.Reasons[0].Rule != plan.RuleOrderEnded || it.Gated != "" {
		t.Errorf("got %+v", it)
	}
}

// What a person saw is what is blocked where the source has lost it.
func TestABlockOfWhatIsGoneIsMadeFromTheOrder(t *testing.T) {
	it := scene{gone: true, order: byAlice(entity.VerbBlock, time.Time{})}.on(edge).compute().Items[0]
	if it.Target.Host == nil || it.Target.Host.IP != "10.0.0.7" {
		t.Errorf("got %+v", it.Target)
	}
}
