package cli

import (
	"context"
	"fmt"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/setup"
)

// namedGroup is a group that a rule names: it must exist in every brain, or nothing is decided there.
type namedGroup struct {
	kind entity.Kind
	key  string
	name string
}

// namedGroups are those that count.
func namedGroups(c *config.Config) []namedGroup {
	var all []namedGroup
	add := func(k entity.Kind, key, name string, on bool) {
		if on && name != "" {
			all = append(all, namedGroup{k, string(k) + "s." + key, name})
		}
	}
	add(entity.KindHost, "block_group", c.Hosts.BlockGroup, c.Hosts.Enabled)
	add(entity.KindHost, "no_block_group", c.Hosts.NoBlockGroup, c.Hosts.Enabled || c.Detections.Enabled)
	add(entity.KindAccount, "block_group", c.Accounts.BlockGroup, c.Accounts.Enabled)
	add(entity.KindAccount, "no_block_group", c.Accounts.NoBlockGroup, c.Accounts.Enabled || c.Detections.Enabled)
	return all
}

// groups looks whether a brain has the groups that the rules name.
func (t *trial) groups(ctx context.Context, cfg *config.Config, name string) []setup.Check {
	ctx, cancel := within(ctx, trialTime)
	defer cancel()
	named := namedGroups(cfg)
	if len(named) == 0 {
		return nil
	}
	c, err := t.system(cfg, nil).console(name, cfg.Brains[name])
	if err != nil {
		return failedOf(name, "groups", err)
	}
	defer c.Close()
	var checks []setup.Check
	for _, g := range named {
		members, err := c.Group(ctx, g.kind, g.name)
		check := setup.Check{Of: name, Name: g.key, Err: err}
		if err == nil {
			check.Detail = fmt.Sprintf("group %q has %d members", g.name, max(len(members.IDs), len(members.UIDs)))
		}
		checks = append(checks, check)
	}
	return checks
}
