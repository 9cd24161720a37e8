package plan

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// Stay is an element that does not leave with one of its holders, since another one holds it.
type Stay struct {
	Element string
	// Holder is the first of the others.
	Holder entity.Ref
}

// leave works out which elements go off the devices when the items are done in their order.
func leave(items []Item, held []entity.Holding) {
	s := staked(items)
	if len(s) == 0 {
		return
	}
	for i := range held {
		s.add(held[i].Blocker, held[i].Target.Kind, orderly(held[i].Receipt.Elements))
	}
	some := false
	for i := range items {
		if items[i].Changes() {
			some = items[i].leave(s) || some
		}
	}
	if some {
		s.stay(items, held)
	}
}

// leave takes the item for done, and reports whether something of what it drops stays.
func (i *Item) leave(s stakes) bool {
	if i.Action != entity.ActionRelease {
		s.add(i.Blocker, i.Target.Kind, i.Elements) // what it holds of them counts twice, and stays anyway
	}
	dropped := i.dropped()
	i.Leaves = s.remove(i.Blocker, i.Target.Kind, dropped)
	return len(i.Leaves) < len(dropped)
}

// dropped are the elements that the item's target does not hold any more once the item is done.
func (i *Item) dropped() []string {
	switch {
	case !i.Changes():
		return nil
	case i.Action == entity.ActionRelease:
		return orderly(i.Receipt().Elements)
	case i.Action == entity.ActionGroom:
		return Without(orderly(i.Receipt().Elements), i.Elements)
	}
	return nil
}

// stay names those who hold what items drop when the whole plan is done. Everything is looked at once: very many
// may hold the same.
func (s stakes) stay(items []Item, held []entity.Holding) {
	left := map[*entity.Holding]*Item{}
	for i := range items {
		if it := &items[i]; slices.ContainsFunc(it.dropped(), func(e string) bool { return s.of(it.Blocker, it.Target.Kind)[e] > 0 }) {
			left[it.Held] = it
		}
	}
	first := s.heirs(items, held, left)
	for _, it := range left {
		for _, e := range Without(it.dropped(), it.Leaves) {
			if heir, stays := first[Share{it.Blocker, it.Target.Kind.Class(), e}]; stays {
				it.Stays = append(it.Stays, Stay{e, heir})
			}
		}
	}
}
