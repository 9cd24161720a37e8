package plan

import (
	"fmt"

	"github.com/var-project/var/pkg/entity"
)

// restrain holds back what a stop or a gate does not let pass. The items are in the order of their targets.
func (d *decider) restrain(p *Plan) {
	for i := range p.Items {
		it := &p.Items[i]
		if it.Gated = d.stopped(it); it.Gated == "" && d.waits(it) {
			it.Gated, p.Closed = d.pol.Closed.Why, d.pol.Closed.Why
		}
	}
	gates := d.gates(p.Items)
	if d.pol.Force {
		p.Lifted = gates
		return
	}
	p.Gates = gates
	for _, g := range gates {
		p.shut(g)
	}
}

// stopped says who does not let an item put anything in place; empty when nobody.
func (d *decider) stopped(it *Item) string {
	switch {
	case d.pol.Stops.Panic != "" && it.puts():
		return "panic: " + d.pol.Stops.Panic
	case d.pol.Stops.Pause != "" && it.Action == entity.ActionBlock && it.Receipt().Empty():
		return "paused: " + d.pol.Stops.Pause
	}
	return ""
}

// waits reports that an item is not urgent enough to be done while the window is closed. What a person ordered is, and so
// is whatever keeps in force, moves or finishes what is there.
func (d *decider) waits(it *Item) bool {
	switch {
	case d.pol.Closed.Why == "":
		return false
	case it.Action == entity.ActionBlock:
		return it.Receipt().Empty() && !it.cites(RulePerson)
	}
	return d.pol.Closed.Releases && it.counts() == DirectionRelease
}

// puts reports that the item's action puts something in place.
func (i Item) puts() bool {
	return order[i.Action] < order[entity.ActionRelease]
}

// gates are the limits that the items exceed. After a change that needs confirmation one gate stands for all.
func (d *decider) gates(items []Item) []Gate {
	kinds := d.count(items)
	if g, shut := d.unconfirmed(kinds); shut {
		return []Gate{g}
	}
	var gates []Gate
	for _, c := range kinds {
		gates = append(gates, c.exceeds(d.pol.Gates[c.kind])...)
	}
	return gates
}

// exceeds are the limits that a kind exceeds.
func (c *crowd) exceeds(l Limits) []Gate {
	var gates []Gate
	if n := c.blocks.n; l.MaxBlocks > 0 && n > l.MaxBlocks {
		why := fmt.Sprintf("%d %s would be blocked, at most %d may be in one pass (max_blocks)", n, noun(c.kind), l.MaxBlocks)
		gates = append(gates, Gate{c.kind, DirectionBlock, n, l.MaxBlocks, c.held.n, why})
	}
	limit, name := l.releases(c.held.n)
	if n := c.releases.n; name != "" && n > limit {
		why := fmt.Sprintf("%d of %d %s would be released for want of a reason, at most %d may be in one pass (%s)", n, c.held.n, noun(c.kind), limit, name)
		gates = append(gates, Gate{c.kind, DirectionRelease, n, limit, c.held.n, why})
	}
	return gates
}

// releases is how many targets of so many one pass may release, and the name of the tighter limit; no name: no limit.
func (l Limits) releases(held int) (limit int, name string) {
	if l.MaxReleases > 0 {
		limit, name = l.MaxReleases, "max_releases"
	}
	if share := held * l.MaxReleasesPercent / 100; l.MaxReleasesPercent > 0 && held > l.Floor && (name == "" || share < limit) {
		limit, name = share, fmt.Sprintf("max_releases_percent: %d%%", l.MaxReleasesPercent)
	}
	return limit, name
}

// unconfirmed is the gate on a whole source whose first pass after a change would release more than the floor.
func (d *decider) unconfirmed(kinds []*crowd) (Gate, bool) {
	if d.pol.Changed == "" {
		return Gate{}, false
	}
	g, shut := Gate{Direction: DirectionRelease}, false
	for _, c := range kinds {
		if n := c.releases.n; n > 0 {
			floor := d.pol.Gates[c.kind].Floor
			g.Count, g.Limit, shut = g.Count+n, max(g.Limit, floor), shut || n > floor
		}
		g.Held += c.held.n
	}
	g.Why = fmt.Sprintf("%s, and %d of %d targets would be released for want of a reason: nothing is done before somebody looked at it",
		d.pol.Changed, g.Count, g.Held)
	return g, shut || g.Count > g.Limit
}

// shut holds back what a gate is for.
func (p *Plan) shut(g Gate) {
	whole := g.Kind == ""
	if whole {
		p.Strips = nil
	}
	for i := range p.Items {
		it := &p.Items[i]
		if it.Changes() && (whole && !it.urgent() || !whole && it.Target.Kind == g.Kind && it.counts() == g.Direction) {
			it.Gated = g.Why
		}
	}
}

// urgent reports that the item is done although the whole source waits: what must never be blocked, what a person
// ordered, and what only keeps things as they are.
func (i Item) urgent() bool {
	return i.Action == entity.ActionRenew || i.Action == entity.ActionRepair ||
		i.cites(RuleNeverBlock, RulePerson, RuleSpared, RuleOrderEnded)
}
