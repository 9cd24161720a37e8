package cli

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// crowd is so many targets of each kind: wanted ones that are new, held ones that are wanted, and held ones that
// nothing wants any more.
type crowd struct{ wanted, kept, unwanted int }

// A gate's key turns what happens to a crowd.
var gateCrowds = map[string]struct {
	crowd
	open, shut string
	direction  string
}{
	"max_blocks":           {crowd{wanted: 3}, "3", "2", plan.DirectionBlock},
	"max_releases":         {crowd{unwanted: 3}, "3", "2", plan.DirectionRelease},
	"max_releases_percent": {crowd{kept: 15, unwanted: 5}, "25", "24", plan.DirectionRelease},
	"floor":                {crowd{kept: 12, unwanted: 8}, "20", "19", plan.DirectionRelease},
}

// gateKeys are those for all kinds, and those of each.
func gateKeys() map[string]func(*testing.T) {
	tests := map[string]func(*testing.T){}
	for key := range gateCrowds {
		tests["gate."+key] = testGate(key, "", entity.Kinds()...)
		for table, kind := range map[string]entity.Kind{
			"hosts.": entity.KindHost, "accounts.": entity.KindAccount, "detections.": entity.KindDetection, "static.": entity.KindStatic,
		} {
			tests["gate."+table+key] = testGate(key, table, kind)
		}
	}
	return tests
}

// testGate wants these kinds held back with one value and not with the other; what becomes of other kinds hangs on
// the defaults alone, which only the floor's crowd exceeds.
func testGate(key, table string, kinds ...entity.Kind) func(*testing.T) {
	return func(t *testing.T) {
		tt := gateCrowds[key]
		for value, want := range map[string][]entity.Kind{tt.open: nil, tt.shut: kinds} {
			line := fmt.Sprintf("gate.%s%s = %s\n", table, key, value)
			got := gated(t, line, tt.crowd)
			for _, k := range entity.Kinds() {
				wanted := slices.Contains(want, k) || key == "floor" && !slices.Contains(kinds, k)
				if got[k] != wanted {
					t.Errorf("with %q %ss are held back: %v, want %v", line, k, got[k], wanted)
				}
			}
		}
	}
}

// gated are the kinds of which everything that would change is held back with these lines.
func gated(t *testing.T, lines string, c crowd) map[entity.Kind]bool {
	t.Helper()
	cfg, problems := config.Parse("config.toml", []byte("brain.hq.url = \"https://hq.example.net\"\nblocker.edge.plugin = \"any\"\n"+lines))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	edge := []entity.Blocker{{Name: "edge", Plugin: "any", Label: "Any", Kinds: entity.Kinds()}}
	obs, held := c.observed()
	p := plan.Compute(obs, held, planPolicy(cfg, edge, nil, false), time.Now())
	kinds := map[entity.Kind]bool{}
	for _, it := range p.Items {
		if it.Gated != "" {
			kinds[it.Target.Kind] = true
		}
	}
	return kinds
}

func (c crowd) observed() (plan.Observation, []entity.Holding) {
	obs := plan.Observation{Source: "hq", Read: entity.Kinds()}
	var held []entity.Holding
	for _, kind := range entity.Kinds() {
		for i := range c.wanted + c.kept + c.unwanted {
			s := plan.Seen{Target: entity.Target{Ref: entity.Ref{Source: "hq", Kind: kind, ID: fmt.Sprint(i)}}}
			if i < c.wanted+c.kept {
				s.Matches = []plan.Reason{{Rule: plan.RuleTag, Detail: "t"}}
			}
			obs.Seen = append(obs.Seen, s)
			if i >= c.wanted {
				held = append(held, entity.Holding{
					Target: s.Target, Blocker: "edge", Label: "Any", State: entity.Complete,
					Receipt: entity.Receipt{Elements: []string{fmt.Sprintf("%s-%d", kind, i)}},
				})
			}
		}
	}
	return obs, held
}
