package cli

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/pluginhost"
	"github.com/var-project/var/pkg/selection"
	"github.com/var-project/var/pkg/setup"
)

// Counts plans a first pass over each brain, as if nothing was held and no gate and no window were in the way, and counts by rule
// what it would block; of a rule that spares, what it keeps from being blocked. One pass answers for all rules.
func (t *trial) Counts(ctx context.Context, cfg *config.Config, given setup.Secrets) []setup.Count {
	ctx, cancel := within(ctx, countTime)
	defer cancel()
	s := t.system(cfg, given)
	s.guard = &guard{cfg: cfg, machine: t.app.Machine, log: t.log, set: compiledIn}
	s.guard.refresh(ctx)
	pol := firstPass(cfg, t.blockers(ctx, cfg))
	pol.Protect = s.protected()
	names := slices.Sorted(maps.Keys(cfg.Brains))
	all := make([][]setup.Count, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { all[i] = s.counts(ctx, name, pol) })
	}
	wg.Wait()
	return slices.Concat(all...)
}

// firstPass is the policy of a pass that nothing holds back.
func firstPass(cfg *config.Config, blockers []entity.Blocker) plan.Policy {
	pol := planPolicy(cfg, blockers, nil, false)
	pol.Gates, pol.Closed = nil, plan.Closed{}
	return pol
}

// blockers are those that are configured, as far as they count for what is blocked; as long as there is none, one that
// takes everything.
func (t *trial) blockers(ctx context.Context, cfg *config.Config) []entity.Blocker {
	host := t.app.pluginHostWith(t.log)
	defer host.Close()
	var all []entity.Blocker
	for _, name := range slices.Sorted(maps.Keys(cfg.Blockers)) {
		if b := cfg.Blockers[name]; b.Enabled {
			all = append(all, expected(ctx, host, name, b))
		}
	}
	if len(all) == 0 {
		return []entity.Blocker{{Kinds: entity.Kinds()}}
	}
	return all
}

// expected is a blocker as its plugin describes it; of one that does not, all kinds are expected.
func expected(ctx context.Context, host *pluginhost.Host, name string, b config.Blocker) entity.Blocker {
	info := entity.Blocker{Name: name, Plugin: b.Plugin, Kinds: entity.Kinds()}
	if d, err := host.Describe(ctx, b.Plugin, b.SHA256); err == nil {
		info.Aliases, info.Kinds = d.Aliases, d.Kinds
	}
	if kinds := b.EntityKinds(); kinds != nil {
		info.Kinds = kinds
	}
	return info
}

// counts are those of one brain.
func (s *system) counts(ctx context.Context, name string, pol plan.Policy) []setup.Count {
	c, err := s.console(name, s.cfg.Brains[name])
	if err != nil {
		return tallied(name, countedRules(s.cfg, true), plan.Plan{}, err)
	}
	defer c.Close()
	obs := selection.Observe(ctx, c, name, selectionPolicy(s.cfg, s.only, s.app.Now()), nil)
	return tallied(name, countedRules(s.cfg, c.Urgency()), plan.Compute(obs, nil, pol, s.app.Now()), nil)
}

// tallied counts the targets of a plan by rule. Of what could not be read nothing is known.
func tallied(brain string, rules []countedRule, p plan.Plan, err error) []setup.Count {
	matching := map[countedRule]map[entity.Ref]bool{}
	for _, it := range p.Items {
		for _, r := range decisive(it) {
			of := countedRule{kind: it.Target.Kind, rule: r.Rule}
			if matching[of] == nil {
				matching[of] = map[entity.Ref]bool{}
			}
			matching[of][it.Target.Ref] = true
		}
	}
	var all []setup.Count
	for _, r := range rules {
		c := setup.Count{Brain: brain, Kind: r.kind, Rule: r.key, Err: err}
		if why, frozen := p.Frozen[r.kind]; frozen {
			c.Err = errors.New(why)
		}
		if c.Err == nil {
			c.Matches = len(matching[countedRule{kind: r.kind, rule: r.rule}])
		}
		all = append(all, c)
	}
	return all
}

// decisive are the reasons for which a target would be blocked, or the one for which it is spared.
func decisive(it plan.Item) []plan.Reason {
	switch it.Action {
	case entity.ActionBlock:
		return it.Reasons
	case entity.ActionSpare:
		return it.Reasons[:1]
	}
	return nil
}
