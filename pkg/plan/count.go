package plan

import (
	"cmp"
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// crowd are the targets of one kind that gates count.
type crowd struct {
	kind                   entity.Kind
	held, blocks, releases map[entity.Ref]bool
}

// count sorts the targets of the source by kind: those that are held, and those that items would block or release.
func (d *decider) count(items []Item) []crowd {
	var kinds []crowd
	of := func(k entity.Kind) *crowd {
		at := slices.IndexFunc(kinds, func(c crowd) bool { return c.kind == k })
		if at < 0 {
			at, kinds = len(kinds), append(kinds, crowd{k, map[entity.Ref]bool{}, map[entity.Ref]bool{}, map[entity.Ref]bool{}})
		}
		return &kinds[at]
	}
	for key, h := range d.held {
		if h.State != entity.Refused {
			of(key.ref.Kind).held[key.ref] = true
		}
	}
	for _, it := range items {
		switch {
		case !it.Changes():
		case it.counts() == DirectionBlock:
			of(it.Target.Kind).blocks[it.Target.Ref] = true
		case it.counts() == DirectionRelease:
			of(it.Target.Kind).releases[it.Target.Ref] = true
		}
	}
	slices.SortFunc(kinds, func(a, b crowd) int {
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
