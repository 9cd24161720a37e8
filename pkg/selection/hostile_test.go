package selection_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/selection"
)

// estate is a brain of 400 hosts, 40 of which bear the block tag and are held.
func estate() (c *console, held []entity.Holding) {
	c = &console{groups: map[string]entity.Members{"host/NoBlock": members()}}
	for i := range 400 {
		h := host(fmt.Sprint(i), 10, 10)
		if i < 40 {
			h.Tags = []string{"block"}
			t := h
			t.Source = brain
			held = append(held, entity.Holding{
				Target: t, Blocker: "edge", Label: "Fortinet Client", State: entity.Complete,
				Receipt: entity.Receipt{Elements: []string{h.Host.IP}},
			})
		}
		c.hosts = append(c.hosts, h)
	}
	return c, held
}

// Whatever a brain says, a pass blocks and releases no more than the gate lets through. Each lie has its word for the
// operator: a frozen kind, or a gate.
func TestABrainThatLiesMovesNothing(t *testing.T) {
	failing := func(what string) func(*console) {
		return func(c *console) {
			c.fail = func(call string) error {
				if strings.HasPrefix(call, what) {
					return errDown
				}
				return nil
			}
		}
	}
	tests := map[string]struct {
		lie  func(c *console)
		want string
	}{
		"the truth":             {func(*console) {}, ""},
		"200, and empty":        {func(c *console) { c.hosts = nil }, "40 of 40 hosts would be released for want of a reason, at most 12 may be in one pass (max_releases_percent: 30%)"},
		"half a list, no error": {func(c *console) { c.unlisted, c.hosts = c.hosts, c.hosts[20:] }, ""},
		"half a list, then 500": {failing("hosts tags"), "tags: 500 on page 2"},
		"the tag was renamed": {func(c *console) {
			for i := range c.hosts {
				c.hosts[i].Tags = nil
			}
		}, "40 of 40 hosts would be released for want of a reason, at most 12 may be in one pass (max_releases_percent: 30%)"},
		"the group is gone":    {func(c *console) { c.groups = nil }, `group "NoBlock" of hosts: no host group is called "NoBlock"`},
		"the group is refused": {failing("group"), `group "NoBlock" of hosts: 500 on page 2`},
		"every host scored 99": {func(c *console) {
			for i := range c.hosts {
				c.hosts[i].Score = entity.Score{Threat: 99, Certainty: 99}
			}
		}, "360 hosts would be blocked, at most 50 may be in one pass (max_blocks)"},
		"every host bears the tag": {func(c *console) {
			for i := range c.hosts {
				c.hosts[i].Tags = []string{"block"}
			}
		}, "360 hosts would be blocked, at most 50 may be in one pass (max_blocks)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, held := estate()
			tt.lie(c)
			p := lookAndDecide(t, c, held)
			if !p.Empty() {
				t.Errorf("something is done: %+v", p.Items[0])
			}
			told := p.Frozen[entity.KindHost]
			for _, g := range p.Gates {
				told += g.Why
			}
			if told != tt.want {
				t.Errorf("got  %q\nwant %q", told, tt.want)
			}
		})
	}
}

func lookAndDecide(t *testing.T, c *console, held []entity.Holding) plan.Plan {
	t.Helper()
	var refs []entity.Ref
	for _, h := range held {
		refs = append(refs, h.Target.Ref)
	}
	obs := c.observe(t, selection.Policy{
		Kinds: []entity.Kind{entity.KindHost},
		Hosts: selection.Rules{BlockTag: "block", NoBlockGroup: "NoBlock", Score: and(80, 80)},
	}, refs...)
	return plan.Compute(obs, held, plan.Policy{
		Blockers: []entity.Blocker{{Name: "edge", Label: "Fortinet Client", Kinds: entity.Kinds()}},
		Gates:    map[entity.Kind]plan.Limits{entity.KindHost: {MaxBlocks: 50, MaxReleases: 50, MaxReleasesPercent: 30, Floor: 10}},
	}, today)
}
