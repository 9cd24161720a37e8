package plan

import (
	"cmp"
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// crowd counts the targets of one kind that gates look at.
type crowd struct {
	kind                   entity.Kind
	held, blocks, releases tally
}

// tally counts refs that come in their order, each once.
type tally struct {
	n    int
	last entity.Ref
}

func (t *tally) add(ref entity.Ref) {
	if t.n == 0 || t.last != ref {
		t.n, t.last = t.n+1, ref
	}
}

// count sorts the targets of the source by kind: those that are held, and those that items, in the order of their targets,
// would block or release.
func (d *decider) count(items []Item) []*crowd {
	var kinds []*crowd
	of := func(k entity.Kind) *crowd {
		at := slices.IndexFunc(kinds, func(c *crowd) bool { return c.kind == k })
		if at < 0 {
			at, kinds = len(kinds), append(kinds, &crowd{kind: k})
		}
		return kinds[at]
	}
	for _, h := range d.held {
		if h.State != entity.Refused {
			of(h.Target.Kind).held.add(h.Target.Ref)
		}
	}
	for i := range items {
		it := &items[i]
		switch direction := it.counts(); {
		case !it.Changes():
		case direction == DirectionBlock:
			of(it.Target.Kind).blocks.add(it.Target.Ref)
		case direction == DirectionRelease:
			of(it.Target.Kind).releases.add(it.Target.Ref)
		}
	}
	slices.SortFunc(kinds, func(a, b *crowd) int {
		order := entity.Kinds()
		return cmp.Or(slices.Index(order, a.kind)-slices.Index(order, b.kind), cmp.Compare(a.kind, b.kind))
	})
	return kinds
}

// counts is the direction in which gates count the item; empty when they do not. A release that has begun was counted
// when it did; where the plugin refused, nothing is in place.
func (i Item) counts() string {
	switch {
	case i.Action == entity.ActionBlock && (i.State() == "" || i.State() == entity.Refused) && !i.cites(RulePerson):
		return DirectionBlock
	case i.Action == entity.ActionRelease && (i.State() == entity.Releasing || i.State() == entity.Refused):
		return ""
	case i.Action == entity.ActionRelease && i.cites(RuleNoRule, RuleGone, RuleRouted, RuleKind):
		return DirectionRelease
	}
	return ""
}

// cites reports that one of the rules is among the item's reasons.
func (i Item) cites(rules ...Rule) bool {
	return slices.ContainsFunc(i.Reasons, func(r Reason) bool { return slices.Contains(rules, r.Rule) })
}

// noun names several targets of a kind.
func noun(k entity.Kind) string {
	if k == entity.KindStatic {
		return "static destinations"
	}
	return string(k) + "s"
}
