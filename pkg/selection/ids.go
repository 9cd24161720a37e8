package selection

import (
	"hash/maphash"
	"iter"

	"github.com/var-project/var/pkg/entity"
)

// ids is a set of ids that does not change once it is made, each with a number. It takes a third of the room of a map and is the index of
// all that is known of its members. Nil is an empty one.
type ids struct {
	seed  maphash.Seed
	names []string
	// slots are numbers of names, from 1 on; 0 is free. At least half of them are, and there is a power of two of them.
	slots []int32
}

const fewestSlots = 16

// idsOf are those of the refs that are of a source and kind.
func idsOf(source string, k entity.Kind, refs []entity.Ref) *ids {
	many := 0
	for i := range refs {
		if refs[i].Kind == k && refs[i].Source == source {
			many++
		}
	}
	s := newIDs(many)
	for i := range refs {
		if refs[i].Kind == k && refs[i].Source == source {
			s.add(refs[i].ID)
		}
	}
	return s
}

func newIDs(most int) *ids {
	slots := fewestSlots
	for slots < 2*most {
		slots *= 2
	}
	return &ids{seed: maphash.MakeSeed(), names: make([]string, 0, most), slots: make([]int32, slots)}
}

func (s *ids) add(id string) {
	if slot := s.slot(id); *slot == 0 {
		s.names = append(s.names, id)
		*slot = int32(len(s.names)) //nolint:gosec // there are no 2^31
	}
}

// slot is where an id is, or would be.
func (s *ids) slot(id string) *int32 {
	for i := maphash.String(s.seed, id); ; i++ {
		slot := &s.slots[i&uint64(len(s.slots)-1)]
		if *slot == 0 || s.names[*slot-1] == id {
			return slot
		}
	}
}

// number is that of an id; false: it is not in the set.
func (s *ids) number(id string) (int, bool) {
	if s == nil {
		return 0, false
	}
	n := *s.slot(id)
	return int(n) - 1, n > 0
}

func (s *ids) has(id string) bool {
	_, is := s.number(id)
	return is
}

func (s *ids) all() []string {
	if s == nil {
		return nil
	}
	return s.names
}

// byID keeps a value for each id that has one; the zero value is none. Most ids are in a set that is known before.
type byID[T comparable] struct {
	known *ids
	of    []T
	more  map[string]T
}

func (m *byID[T]) get(id string) T {
	if n, is := m.known.number(id); !is {
		return m.more[id]
	} else if n < len(m.of) {
		return m.of[n]
	}
	var none T
	return none
}

func (m *byID[T]) put(id string, value T) {
	n, is := m.known.number(id)
	switch {
	case !is && m.more == nil:
		m.more = map[string]T{id: value}
	case !is:
		m.more[id] = value
	default:
		if m.of == nil {
			m.of = make([]T, len(m.known.names))
		}
		m.of[n] = value
	}
}

// all are the ids that have a value.
func (m *byID[T]) all() iter.Seq[string] {
	return func(yield func(string) bool) {
		var none T
		for n, value := range m.of {
			if value != none && !yield(m.known.names[n]) {
				return
			}
		}
		for id := range m.more {
			if !yield(id) {
				return
			}
		}
	}
}
