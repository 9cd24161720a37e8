package vectra

import "strconv"

// idSet is a set of ids. Those that are numbers, which on brains lie close together, take a bit each.
type idSet struct {
	bits   map[uint64]uint64
	others map[string]bool
	n      int
}

// add reports that an id is new.
func (s *idSet) add(id string) bool {
	var fresh bool
	if n, ok := plainNumber(id); ok {
		fresh = s.addNumber(n)
	} else {
		fresh = s.addOther(id)
	}
	if fresh {
		s.n++
	}
	return fresh
}

func (s *idSet) addNumber(n uint64) bool {
	if s.bits == nil {
		s.bits = map[uint64]uint64{}
	}
	old := s.bits[n/64]
	s.bits[n/64] = old | 1<<(n%64)
	return s.bits[n/64] != old
}

func (s *idSet) addOther(id string) bool {
	if s.others == nil {
		s.others = map[string]bool{}
	}
	there := s.others[id]
	s.others[id] = true
	return !there
}

// plainNumber is the number that an id is written as, where no other text means the same.
func plainNumber(id string) (uint64, bool) {
	if len(id) == 0 || id[0] < '1' || id[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseUint(id, 10, 64)
	return n, err == nil
}
