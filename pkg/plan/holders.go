package plan

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

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

// First is the first of those who hold a share; false when nobody does.
func (hs Holders) First(share Share) (first entity.Ref, held bool) {
	for holder := range hs[share] {
		if !held || holder.Compare(first) < 0 {
			first, held = holder, true
		}
	}
	return first, held
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

// Without is the elements of a that are not in b; a itself where none is.
func Without(a, b []string) []string {
	drop := func(e string) bool { return slices.Contains(b, e) }
	if len(b) > few {
		all := make(map[string]bool, len(b))
		for _, e := range b {
			all[e] = true
		}
		drop = func(e string) bool { return all[e] }
	}
	return those(a, func(e string) bool { return !drop(e) })
}

// those are the elements that are meant: the same slice where all are, nil where none is.
func those(elements []string, meant func(string) bool) []string {
	first := slices.IndexFunc(elements, meant)
	switch {
	case first < 0:
		return nil
	case first == 0 && !slices.ContainsFunc(elements, func(e string) bool { return !meant(e) }):
		return slices.Clip(elements)
	}
	var some []string
	for _, e := range elements[first:] {
		if meant(e) {
			some = append(some, e)
		}
	}
	return some
}

// within reports that all of a is in b.
func within(a, b []string) bool {
	if len(b) > few {
		return len(Without(a, b)) == 0
	}
	return !slices.ContainsFunc(a, func(e string) bool { return !slices.Contains(b, e) })
}

// few are so many that looking at each is quicker than an index.
const few = 8
