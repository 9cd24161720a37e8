package reconcile

import (
	"cmp"
	"slices"
	"sort"

	"github.com/var-project/var/pkg/entity"
)

// holdings are in the order of their targets and blockers, as the journal gives them: there may be very many, so that
// one is found without an index. They are shared with whoever else asked the journal: who changes one makes a copy.
type holdings []entity.Holding

// of are those of one target.
func (hs holdings) of(ref entity.Ref) []entity.Holding {
	return hs.from(ref, sort.Search(len(hs), func(i int) bool { return hs[i].Target.Ref.Compare(ref) >= 0 }))
}

func (hs holdings) from(ref entity.Ref, first int) []entity.Holding {
	end := first
	for end < len(hs) && hs[end].Target.Ref == ref {
		end++
	}
	return hs[first:end:end]
}

// is reports that others are the very same, read once.
func (hs holdings) is(others holdings) bool {
	return len(hs) == len(others) && (len(hs) == 0 || &hs[0] == &others[0])
}

// walk is of for targets that come in their order: each is looked for where the one before was found.
func (hs holdings) walk() func(entity.Ref) []entity.Holding {
	at := 0
	return func(ref entity.Ref) []entity.Holding {
		for at < len(hs) && hs[at].Target.Ref.Compare(ref) < 0 {
			at++
		}
		return hs.from(ref, at)
	}
}

// on is what a blocker holds for a target; nil: nothing.
func (hs holdings) on(blocker string, ref entity.Ref) *entity.Holding { return on(blocker, hs.of(ref)) }

// on is that of several holdings of a target which is a blocker's.
func on(blocker string, held []entity.Holding) *entity.Holding {
	for i := range held {
		if held[i].Blocker == blocker {
			return &held[i]
		}
	}
	return nil
}

// with is a copy in which others take the place of those of the same target and blocker, or are added; the last of
// several of one counts.
func (hs holdings) with(others ...entity.Holding) holdings {
	if len(others) == 0 {
		return hs
	}
	others = slices.Clone(others)
	slices.SortStableFunc(others, inOrder)
	all := make(holdings, 0, len(hs)+len(others))
	for i, h := range others {
		before := sort.Search(len(hs), func(i int) bool { return inOrder(hs[i], h) >= 0 })
		all, hs = append(all, hs[:before]...), hs[before:]
		if i+1 < len(others) && inOrder(h, others[i+1]) == 0 {
			continue
		}
		all = append(all, h)
		if len(hs) > 0 && inOrder(hs[0], h) == 0 {
			hs = hs[1:]
		}
	}
	return append(all, hs...)
}

func inOrder(a, b entity.Holding) int {
	return cmp.Or(a.Target.Ref.Compare(b.Target.Ref), cmp.Compare(a.Blocker, b.Blocker))
}
