package plan

import "github.com/var-project/var/pkg/entity"

// Share is what holders have in common: an element of one class on one blocker.
type Share struct {
	Blocker string
	Class   entity.Class
	Element string
}

// Holders says who holds what.
type Holders map[Share]map[entity.Ref]bool

// Count indexes holdings by element.
func Count(held []entity.Holding) Holders {
	hs := Holders{}
	for i := range held {
		hs.Add(held[i].Target.Ref, held[i].Blocker, held[i].Receipt.Elements)
	}
	return hs
}

// Stay is an element that does not leave with one of its holders, since another one holds it.
type Stay struct {
	Element string
	Holder  entity.Ref
}

// Stays are those of ref's elements that others hold too, each with the first of them.
func (hs Holders) Stays(ref entity.Ref, blocker string, elements []string) []Stay {
	var stays []Stay
	for _, e := range elements {
		if first, ok := hs.other(ref, Share{blocker, ref.Kind.Class(), e}); ok {
			stays = append(stays, Stay{e, first})
		}
	}
	return stays
}

// other is the first holder but ref.
func (hs Holders) other(ref entity.Ref, share Share) (first entity.Ref, ok bool) {
	for holder := range hs[share] {
		if holder != ref && (!ok || holder.Compare(first) < 0) {
			first, ok = holder, true
		}
	}
	return first, ok
}

// Add makes ref a holder of the elements.
func (hs Holders) Add(ref entity.Ref, blocker string, elements []string) {
	for _, e := range elements {
		share := Share{blocker, ref.Kind.Class(), e}
		if hs[share] == nil {
			hs[share] = map[entity.Ref]bool{}
		}
		hs[share][ref] = true
	}
}

// Remove ends ref's hold on the elements and returns those that nobody holds any more, in order.
func (hs Holders) Remove(ref entity.Ref, blocker string, elements []string) []string {
	var free []string
	for _, e := range elements {
		share := Share{blocker, ref.Kind.Class(), e}
		delete(hs[share], ref)
		if len(hs[share]) == 0 {
			free = append(free, e)
		}
	}
	return free
}

// Without is the elements of a that are not in b.
func Without(a, b []string) []string {
	drop := make(map[string]bool, len(b))
	for _, e := range b {
		drop[e] = true
	}
	var rest []string
	for _, e := range a {
		if !drop[e] {
			rest = append(rest, e)
		}
	}
	return rest
}

// leave works out which elements go off the devices when the items are done in their order.
func leave(items []Item, held []entity.Holding) {
	hs := Count(held)
	for i := range items {
		it := &items[i]
		ref := it.Target.Ref
		switch it.Action {
		case entity.ActionBlock, entity.ActionRenew:
			hs.Add(ref, it.Blocker, it.Elements)
		case entity.ActionGroom:
			hs.Add(ref, it.Blocker, it.Elements)
			it.Leaves = hs.Remove(ref, it.Blocker, Without(it.Held.Elements, it.Elements))
		case entity.ActionRelease:
			it.Leaves = hs.Remove(ref, it.Blocker, it.Held.Elements)
		}
	}
}
