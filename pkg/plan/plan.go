package plan

import (
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Strip takes the block tag off an entity that carries the release tag.
type Strip struct {
	Ref     entity.Ref
	Tag     string
	Release string
}

// Plan is what to do about one source, in the order in which it is done.
type Plan struct {
	Source string
	Items  []Item
	// Kept is how many items that keep something as it should be are left out: see Policy.Brief.
	Kept   int
	Strips []Strip
	Frozen map[entity.Kind]string
	// Gates are the limits that were exceeded, Lifted those that would have been without force.
	Gates  []Gate
	Lifted []Gate
	// Closed is why items wait for the window; empty when none does.
	Closed string
}

// Waits reports that one of the plan's items is held back only until the window opens, which is no trouble.
func (p Plan) Waits(it Item) bool { return it.Gated != "" && it.Gated == p.Closed }

// Empty reports that there is nothing to do.
func (p Plan) Empty() bool {
	return len(p.Strips) == 0 && !slices.ContainsFunc(p.Items, Item.Changes)
}

// order is the order of work on a blocker: what puts elements in place comes before what takes
// them away, so that a shared element never leaves in between.
var order = map[entity.Action]int{
	entity.ActionBlock: 0, entity.ActionRenew: 1, entity.ActionRepair: 2, entity.ActionGroom: 3,
	entity.ActionRelease: 4, entity.ActionKeep: 5, entity.ActionSpare: 6,
}

// Compute compares what the source wants with what is held.
//
//	observed            held      result
//	never to be blocked yes       release, whatever else is known
//	wanted              no        block
//	wanted              in part   block
//	wanted              yes       keep, renew (half its life is over), repair (a device lost it), groom (its elements changed)
//	spared              yes       release
//	spared              no        spare
//	unwanted or gone    yes       release, from the held copy when gone
//	unread or frozen    yes       keep, renew or repair: not knowing is no reason
//
// Stops and gates then hold items back: they stay visible and do nothing. held are the holdings of every source on the
// policy's blockers, one for each target and blocker: those of others decide which elements leave. The plan points into
// what it was made from; none of that may change as long as the plan is used.
func Compute(obs Observation, held []entity.Holding, pol Policy, now time.Time) Plan {
	d := newDecider(obs, held, pol, now)
	p := Plan{Source: obs.Source, Frozen: obs.Frozen, Strips: d.strips()}
	p.Items, p.Kept = d.items()
	d.restrain(&p)
	arrange(p.Items)
	leave(p.Items, held)
	return p
}

// items are the decisions about all targets, in their order, and how many of them were only counted.
func (d *decider) items() (items []Item, kept int) {
	items = make([]Item, 0, d.most())
	for s := range d.subjects {
		d.on(s, func(b *blocker, h *entity.Holding) {
			switch item, ok := d.decide(s, b, h); {
			case ok && d.pol.Brief && item.quiet():
				kept++
			case ok:
				items = append(items, item)
			}
		})
	}
	return items, kept
}

// arrange brings items into the order of work, those of one action in the order in which they are, without a copy of all.
func arrange(items []Item) {
	next := make([]int, len(order))
	for i := range items {
		next[order[items[i].Action]]++
	}
	first := 0
	for rank, n := range next {
		next[rank], first = first, first+n
	}
	to := make([]int, len(items))
	for i := range items {
		rank := order[items[i].Action]
		to[i], next[rank] = next[rank], next[rank]+1
	}
	for i := range items {
		for to[i] != i {
			j := to[i]
			items[i], items[j] = items[j], items[i]
			to[i], to[j] = to[j], to[i]
		}
	}
}
