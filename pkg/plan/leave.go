package plan

import "github.com/var-project/var/pkg/entity"

// Stay is an element that does not leave with one of its holders, since another one holds it.
type Stay struct {
	Element string
	// Holder is the first of the others.
	Holder entity.Ref
}

// leave works out which elements go off the devices when the items are done in their order.
func leave(items []Item, held []entity.Holding) {
	hs := Count(held)
	for i := range items {
		if items[i].Changes() {
			items[i].leave(hs)
		}
	}
	first := map[Share]*Stay{}
	for i := range items {
		items[i].stay(hs, first)
	}
}

func (i *Item) leave(hs Holders) {
	ref := i.Target.Ref
	switch i.Action {
	case entity.ActionRelease:
		i.Leaves = hs.Remove(ref, i.Blocker, i.Receipt().Elements)
	case entity.ActionGroom:
		hs.Add(ref, i.Blocker, i.Elements)
		i.Leaves = hs.Remove(ref, i.Blocker, i.dropped())
	default:
		hs.Add(ref, i.Blocker, i.Elements)
	}
}

// dropped are the elements that the item's target does not hold any more once the item is done.
func (i *Item) dropped() []string {
	switch {
	case !i.Changes():
		return nil
	case i.Action == entity.ActionRelease:
		return i.Receipt().Elements
	case i.Action == entity.ActionGroom:
		return Without(i.Receipt().Elements, i.Elements)
	}
	return nil
}

// stay names those who hold what the item drops when the whole plan is done. Each share is looked at once:
// very many may hold the same.
func (i *Item) stay(hs Holders, first map[Share]*Stay) {
	for _, e := range Without(i.dropped(), i.Leaves) {
		share := Share{i.Blocker, i.Target.Kind.Class(), e}
		if _, known := first[share]; !known {
			if holder, held := hs.First(share); held {
				first[share] = &Stay{e, holder}
			} else {
				first[share] = nil
			}
		}
		if s := first[share]; s != nil {
			i.Stays = append(i.Stays, *s)
		}
	}
}
