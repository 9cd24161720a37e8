package plan

import "github.com/var-project/var/pkg/entity"

// lot is where elements are shared: one class on one blocker.
type lot struct {
	blocker string
	class   entity.Class
}

// stakes counts who holds the elements that items drop, and no others: what nobody drops stays anyway.
type stakes map[lot]map[string]int

// staked makes room for what items drop.
func staked(items []Item) stakes {
	sizes := map[lot]int{}
	for i := range items {
		if it := &items[i]; it.Changes() && (it.Action == entity.ActionRelease || it.Action == entity.ActionGroom) {
			sizes[lotOf(it.Blocker, it.Target.Kind)] += len(it.Receipt().Elements)
		}
	}
	s := stakes{}
	for at, n := range sizes {
		s[at] = make(map[string]int, n)
	}
	for i := range items {
		counts := s.of(items[i].Blocker, items[i].Target.Kind)
		for _, e := range items[i].dropped() {
			counts[e] = 0
		}
	}
	return s
}

func lotOf(blocker string, k entity.Kind) lot { return lot{blocker, k.Class()} }

func (s stakes) of(blocker string, k entity.Kind) map[string]int { return s[lotOf(blocker, k)] }

// add counts one more holder of the elements.
func (s stakes) add(blocker string, k entity.Kind, elements []string) {
	counts := s.of(blocker, k)
	for _, e := range elements {
		if n, dropped := counts[e]; dropped {
			counts[e] = n + 1
		}
	}
}

// remove counts one holder of the elements less, and returns those that nobody holds any more.
func (s stakes) remove(blocker string, k entity.Kind, elements []string) []string {
	counts := s.of(blocker, k)
	for _, e := range elements {
		counts[e]--
	}
	return those(elements, func(e string) bool { return counts[e] <= 0 })
}

// heirs are the first of those who hold what stays. left are the items that drop something of it, by what is held.
func (s stakes) heirs(items []Item, held []entity.Holding, left map[*entity.Holding]*Item) map[Share]entity.Ref {
	first := map[Share]entity.Ref{}
	inherit := func(blocker string, ref entity.Ref, elements []string) {
		counts := s.of(blocker, ref.Kind)
		for _, e := range elements {
			if counts[e] == 0 {
				continue
			}
			share := Share{blocker, ref.Kind.Class(), e}
			if heir, known := first[share]; !known || ref.Compare(heir) < 0 {
				first[share] = ref
			}
		}
	}
	for i := range held {
		elements := held[i].Receipt.Elements
		if it := left[&held[i]]; it != nil {
			elements = Without(elements, it.dropped())
		}
		inherit(held[i].Blocker, held[i].Target.Ref, elements)
	}
	for i := range items {
		if it := &items[i]; it.Changes() && it.Action != entity.ActionRelease {
			inherit(it.Blocker, it.Target.Ref, it.Elements)
		}
	}
	return first
}
