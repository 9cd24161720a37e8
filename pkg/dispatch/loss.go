package dispatch

import (
	"context"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// loss is what one item ceases to hold: what it lets go of now, and what an earlier attempt at the same release may
// have left to others.
type loss struct{ drop, before []string }

func (l loss) all() []string {
	if len(l.before) == 0 {
		return l.drop
	}
	return entity.Union(l.drop, l.before)
}

// losses are those of the items. Where the receipt was lost they are what the blocker would put in place for the
// target as it was: another holder may have them too. What is being released for longer has in its receipt only what
// did not come off yet; who reads of its end wants to know what stays blocked of all that it held.
func (d *Dispatcher) losses(ctx context.Context, e Enforcer, results []Result, part []int) []loss {
	losses := make([]loss, len(part))
	var unsure []int
	var targets []entity.Target
	for n, i := range part {
		it := results[i].Item
		losses[n].drop = drops(it)
		if lost(it) || goesOn(it) {
			unsure, targets = append(unsure, n), append(targets, *it.Target)
		}
	}
	if len(unsure) == 0 {
		return losses
	}
	answers, err := e.Elements(ctx, targets)
	if err != nil {
		d.log.Info("elements of what is released unknown", "blocker", e.Info().Name, "error", err)
	}
	for k, elements := range answers {
		l := &losses[unsure[k]]
		if l.before = entity.Union(elements); lost(results[part[unsure[k]]].Item) {
			l.drop = l.before
		}
	}
	return losses
}

// drops are the elements that an item lets go of, as far as its receipt tells.
func drops(it plan.Item) []string {
	if it.Action == entity.ActionGroom {
		return plan.Without(it.Receipt().Elements, it.Elements)
	}
	return it.Receipt().Elements
}

// lost reports that a release has no receipt of what was put in place.
func lost(it plan.Item) bool {
	return it.Action == entity.ActionRelease && it.Receipt().Empty() && it.State() != entity.Refused
}

// goesOn reports that a release was begun before and did not come to its end.
func goesOn(it plan.Item) bool {
	return it.Action == entity.ActionRelease && it.State() == entity.Releasing && !IsOrphan(*it.Target)
}

// holders are those of all that is ceased to be held.
func (d *Dispatcher) holders(ctx context.Context, blocker string, results []Result, part []int, losses []loss) (plan.Holders, error) {
	byClass := map[entity.Class][]string{}
	for n, i := range part {
		class := results[i].Item.Target.Kind.Class()
		byClass[class] = append(byClass[class], losses[n].all()...)
	}
	hs := plan.Holders{}
	for class, elements := range byClass {
		found, err := d.journal.Holders(ctx, blocker, class, entity.Union(elements))
		if err != nil {
			return nil, err
		}
		for e, refs := range found {
			for _, ref := range refs {
				hs.Add(ref, blocker, []string{e})
			}
		}
	}
	return hs, nil
}
