package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

const everyRule = `
brain.hq.url = "https://hq.example.net"
blocker.edge.plugin = "any"
[hosts]
block_group = "Bad"
no_block_group = "Good"
score = { threat = 80, match = "or", certainty = 70 }
urgency = 90
detection_types = ["Tunnel"]
spare_key_assets = true
spare_unseen = "720h"
[detections]
types = ["Tunnel"]
host_score = { threat = 60, certainty = 60 }
`

func rulesOf(t *testing.T, s plan.Seen, urgency bool) []string {
	t.Helper()
	cfg, problems := config.Parse("config.toml", []byte(everyRule))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var texts []string
	for _, r := range judged(cfg, s, urgency) {
		texts = append(texts, r.Words())
	}
	return texts
}

func TestEveryRuleIsToldWithWhatTheTargetHas(t *testing.T) {
	calm := plan.Seen{Target: host("1", "ws-1", "10.0.0.1")}
	calm.Target.Score = entity.Score{Threat: 40, Certainty: 50}
	wanted := calm
	wanted.Matches = []plan.Reason{
		{Rule: plan.RuleTag, Detail: "vectra_host_block"}, {Rule: plan.RuleGroup, Detail: "Bad"}, {Rule: plan.RuleUrgency, Detail: "93"},
	}
	wanted.NoBlock, wanted.Release, wanted.KeyAsset, wanted.Unseen = "Good", "vectra_host_unblock", "it is one", "2026-01-01"
	tunnel := plan.Seen{Target: entity.Target{Ref: entity.Ref{Kind: entity.KindDetection}, Detection: &entity.Detection{Type: "Beacon", State: "active", Triaged: true}}}
	tests := map[string]struct {
		seen    plan.Seen
		urgency bool
		want    []string
	}{
		"nothing matches": {calm, false, []string{
			"no-block group Good does not match: not in it",
			"release tag vectra_host_unblock does not match: not there",
			"tag vectra_host_block does not match: not there",
			"group Bad does not match: not in it",
			"score threat ≥ 80 or certainty ≥ 70 does not match: threat 40, certainty 50",
			"detection type Tunnel does not match: none active, threat 40, certainty 50",
			"key asset does not match: it is none",
			"not seen since 30d does not match: it was seen",
		}},
		"by urgency": {wanted, true, []string{
			"no-block group Good spares it: in it",
			"release tag vectra_host_unblock spares it",
			"tag vectra_host_block matches",
			"group Bad matches",
			"urgency ≥ 90 matches: 93",
			"detection type Tunnel does not match: none active, threat 40, certainty 50",
			"key asset spares it: it is one",
			"not seen since 30d spares it: 2026-01-01",
		}},
		"a detection": {tunnel, false, []string{
			"no-block group Good does not match: not in it",
			"release tag unblock does not match: not there",
			"tag block does not match: not there",
			"detection type Tunnel does not match: Beacon, active, triaged",
			"host score threat ≥ 60 and certainty ≥ 60 does not match: its host is below",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, rulesOf(t, tt.seen, tt.urgency)); d != "" {
				t.Errorf("rules (-want +got):\n%s", d)
			}
		})
	}
}
