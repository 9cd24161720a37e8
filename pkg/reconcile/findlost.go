package reconcile

import (
	"context"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// findLost looks on the devices for what is to be released and nobody knows the elements of: a run died after
// it began to block. What is ours there and has no holder is what it left.
func (r *Reconciler) findLost(ctx context.Context, l *look) error {
	for i := range l.plan.Items {
		it := &l.plan.Items[i]
		if it.Action != entity.ActionRelease || !it.Receipt().Empty() || it.State() == entity.Refused || !it.Changes() {
			continue
		}
		inventories, err := l.lists.of(ctx, it.Blocker)
		if err != nil {
			r.Log.Info("blocker cannot be listed", "blocker", it.Blocker, "error", err)
			continue
		}
		orphans, err := r.orphans(ctx, map[string][]entity.Inventory{it.Blocker: inventories}, l.held)
		if err != nil {
			return err
		}
		l.claim(it, ours(orphans, it.Target.Kind.Class()))
	}
	return nil
}

// claim makes found elements the holding's own, lest another item of the same plan, or the sweep, takes them for its.
func (l *look) claim(it *plan.Item, elements []string) {
	found := *it.Held
	found.Receipt.Elements = elements
	it.Held, it.Leaves = &found, elements
	l.held = l.held.with(found)
	l.lists.also(found)
}

// ours are the elements of one class that are beyond doubt ours.
func ours(orphans []plan.Orphan, class entity.Class) []string {
	var elements []string
	for _, o := range orphans {
		if o.Take && o.Class == class {
			elements = append(elements, o.Element)
		}
	}
	return entity.Union(elements)
}

// takeOff makes one item of each orphan that is to be taken off, on whichever devices it was found.
func takeOff(orphans []plan.Orphan) []plan.Item {
	var items []plan.Item
	made := map[plan.Share]bool{}
	for _, o := range orphans {
		share := plan.Share{Blocker: o.Blocker, Class: o.Class, Element: o.Element}
		if !o.Take || made[share] {
			continue
		}
		made[share] = true
		items = append(items, dispatch.TakeOff(o.Blocker, o.Class, o.Element, o.Why))
	}
	return items
}
