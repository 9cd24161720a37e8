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
	first := sort.Search(len(hs), func(i int) bool { return hs[i].Target.Ref.Compare(ref) >= 0 })
	end := first
	for end < len(hs) && hs[end].Target.Ref == ref {
		end++
	}
	return hs[first:end:end]
}

// on is what a blocker holds for a target; nil: nothing.
func (hs holdings) on(blocker string, ref entity.Ref) *entity.Holding {
	all := hs.of(ref)
	for i := range all {
		if all[i].Blocker == blocker {
			return &all[i]
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
