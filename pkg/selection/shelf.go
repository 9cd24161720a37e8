package selection

import (
	"sort"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// shelf holds what was found, each target once.
type shelf struct {
	seen []plan.Seen
	// at are places in seen, by kind, from 1 on.
	at map[entity.Kind]*byID[int32]
}

// newShelf has room for what is expected.
func newShelf(expected map[entity.Kind]*ids) shelf {
	s, many := shelf{at: map[entity.Kind]*byID[int32]{}}, 0
	for k, known := range expected {
		s.at[k] = &byID[int32]{known: known}
		many += len(known.all())
	}
	s.seen = make([]plan.Seen, 0, many)
	return s
}

// put adds a target, or replaces what was found of it before.
func (s *shelf) put(t entity.Target) {
	if i := s.at[t.Kind].get(t.ID); i > 0 {
		s.seen[i-1].Target = t
		return
	}
	s.seen = append(s.seen, plan.Seen{Target: t})
	s.at[t.Kind].put(t.ID, int32(len(s.seen))) //nolint:gosec // there are no 2^31
}

func (s *shelf) has(k entity.Kind, id string) bool {
	return s.at[k].get(id) > 0
}

// sorted empties the shelf into a list in a stable order, without what nobody wants.
func (s *shelf) sorted(wanted func(*plan.Seen) bool) []plan.Seen {
	kept := s.seen[:0]
	for i := range s.seen {
		if wanted(&s.seen[i]) {
			kept = append(kept, s.seen[i])
		}
	}
	clear(s.seen[len(kept):])
	s.at, s.seen = nil, nil
	if !sort.IsSorted(byRef(kept)) {
		sort.Sort(byRef(kept))
	}
	return kept
}

// byRef orders without copying what it compares.
type byRef []plan.Seen

func (s byRef) Len() int           { return len(s) }
func (s byRef) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s byRef) Less(i, j int) bool { return s[i].Target.Ref.Compare(s[j].Target.Ref) < 0 }
