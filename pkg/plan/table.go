package plan

import (
	"hash/maphash"

	"github.com/var-project/var/pkg/entity"
)

// table finds entries by class and element, as a map would in six times the room: lists may be very long.
type table struct {
	seed    maphash.Seed
	entries []*entity.Entry
	// slots are places in entries, from 1 on; 0 is free. At least half of them are, and their number is a power of two.
	slots []int32
}

const fewestSlots = 16

func newTable(n int) table {
	slots := fewestSlots
	for slots < 2*n {
		slots *= 2
	}
	return table{seed: maphash.MakeSeed(), entries: make([]*entity.Entry, 0, n), slots: make([]int32, slots)}
}

// slot is where an entry is, or would be.
func (t *table) slot(class entity.Class, element string) *int32 {
	for i := maphash.String(t.seed, element); ; i++ {
		s := &t.slots[i&uint64(len(t.slots)-1)]
		if *s == 0 || t.entries[*s-1].Element == element && t.entries[*s-1].Class == class {
			return s
		}
	}
}

// find is the entry of an element; nil: there is none.
func (t *table) find(class entity.Class, element string) *entity.Entry {
	if s := *t.slot(class, element); s > 0 {
		return t.entries[s-1]
	}
	return nil
}

// put takes an entry in; of two of the same element better says which counts.
func (t *table) put(e *entity.Entry, better func(was, is *entity.Entry) bool) {
	if 2*(len(t.entries)+1) > len(t.slots) {
		t.grow()
	}
	switch s := t.slot(e.Class, e.Element); {
	case *s == 0:
		t.entries = append(t.entries, e)
		*s = int32(len(t.entries))
	case better(t.entries[*s-1], e):
		t.entries[*s-1] = e
	}
}

func (t *table) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	for i, e := range t.entries {
		*t.slot(e.Class, e.Element) = int32(i + 1)
	}
}
