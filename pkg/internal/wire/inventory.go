package wire

import (
	"cmp"
	"iter"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// maxRoom is for how many entries room is made because a plugin says that they will come.
const maxRoom = 1 << 20

// ToInventory cuts an inventory into parts of at most MaxBatch entries, each made when it is asked for; all else is in
// the first.
func ToInventory(index int, i entity.Inventory) iter.Seq[*wirepb.ListResponse] {
	return func(yield func(*wirepb.ListResponse) bool) {
		left := i.Entries
		for first := true; first || len(left) > 0; first = false {
			n := min(len(left), MaxBatch)
			part := &wirepb.ListResponse{Index: int32(index), Device: text(i.Device), Entries: each(left[:n], toEntry)} //nolint:gosec // few devices
			if first {
				part.Error, part.Serial, part.Booted = ToError(i.Err), text(i.Serial), toTime(i.Booted)
				part.Total = int32(min(len(left), maxRoom)) //nolint:gosec // bounded
			}
			if left = left[n:]; !yield(part) {
				return
			}
		}
	}
}

// Inventories puts the parts of inventories together as they arrive, so that no message is kept.
type Inventories struct {
	all   []entity.Inventory
	place map[int32]int
}

// Add takes in one part.
func (v *Inventories) Add(p *wirepb.ListResponse) {
	i := v.at(p)
	i.Entries = slices.Grow(i.Entries, len(p.GetEntries()))
	for _, e := range p.GetEntries() {
		i.Entries = append(i.Entries, fromEntry(e, last(i.Entries)))
	}
	i.Serial = cmp.Or(i.Serial, p.GetSerial())
	i.Booted = cmp.Or(i.Booted, fromTime(p.GetBooted()))
	if err := FromError(p.GetError()); err != nil {
		i.Err = err
	}
}

// All are the inventories in the order of their first parts.
func (v *Inventories) All() []entity.Inventory { return v.all }

// at finds the inventory that a part belongs to.
func (v *Inventories) at(p *wirepb.ListResponse) *entity.Inventory {
	n, known := v.place[p.GetIndex()]
	if !known {
		if v.place == nil {
			v.place = map[int32]int{}
		}
		n = len(v.all)
		v.place[p.GetIndex()] = n
		i := entity.Inventory{Device: p.GetDevice()}
		if room := min(int(p.GetTotal()), maxRoom); room > 0 {
			i.Entries = make([]entity.Entry, 0, room)
		}
		v.all = append(v.all, i)
	}
	return &v.all[n]
}

func toEntry(e entity.Entry) *wirepb.Entry {
	return &wirepb.Entry{
		Element: text(e.Element), Class: text(string(e.Class)), Owner: text(e.Owner), Until: toTime(e.Until), Inert: text(e.Inert),
	}
}

// fromEntry shares the texts that an entry has in common with the one before it: of 100,000 most have all but the element.
func fromEntry(e *wirepb.Entry, before entity.Entry) entity.Entry {
	return entity.Entry{
		Element: e.GetElement(), Class: shared(before.Class, entity.Class(e.GetClass())), Owner: shared(before.Owner, e.GetOwner()),
		Until: fromTime(e.GetUntil()), Inert: shared(before.Inert, e.GetInert()),
	}
}

func shared[T ~string](before, now T) T {
	if before == now {
		return before
	}
	return now
}

func last(all []entity.Entry) entity.Entry {
	if len(all) == 0 {
		return entity.Entry{}
	}
	return all[len(all)-1]
}
