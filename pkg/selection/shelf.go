package selection

import (
	"sort"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// shelf holds what was found, each target once.
type shelf struct {
	seen []plan.Seen
	at   map[entity.Kind]map[string]int
}

func newShelf(expected int) shelf {
	return shelf{seen: make([]plan.Seen, 0, expected), at: map[entity.Kind]map[string]int{}}
}

// put adds a target, or replaces what was found of it before.
func (s *shelf) put(t entity.Target) {
	if i, is := s.at[t.Kind][t.ID]; is {
		s.seen[i].Target = t
		return
	}
	if s.at[t.Kind] == nil {
		s.at[t.Kind] = map[string]int{}
	}
	s.at[t.Kind][t.ID] = len(s.seen)
	s.seen = append(s.seen, plan.Seen{Target: t})
}

func (s *shelf) has(k entity.Kind, id string) bool {
	_, is := s.at[k][id]
	return is
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
