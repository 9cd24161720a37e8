package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// listed is what one device lists for one blocker.
type listed struct {
	device  string
	booted  time.Time
	entries map[entity.Class]map[string]*entity.Entry
	// expires: the device lets something go by itself.
	expires bool
}

// index sorts the lists of the devices that could be read and are still configured.
func index(inventories []entity.Inventory, devices []string) []*listed {
	var all []*listed
	for _, inv := range inventories {
		if inv.Err != nil || !slices.Contains(devices, inv.Device) {
			continue
		}
		at := slices.IndexFunc(all, func(l *listed) bool { return l.device == inv.Device })
		if at < 0 {
			at, all = len(all), append(all, &listed{device: inv.Device, entries: sized(inv.Entries)})
		}
		all[at].add(inv)
	}
	slices.SortFunc(all, func(a, b *listed) int { return strings.Compare(a.device, b.device) })
	return all
}

// sized makes room for entries, by class.
func sized(entries []entity.Entry) map[entity.Class]map[string]*entity.Entry {
	counts := map[entity.Class]int{}
	for i := range entries {
		counts[entries[i].Class]++
	}
	room := make(map[entity.Class]map[string]*entity.Entry, len(counts))
	for class, n := range counts {
		room[class] = make(map[string]*entity.Entry, n)
	}
	return room
}

// add takes over entries. Of two of the same element the one that lasts longer counts.
func (l *listed) add(inv entity.Inventory) {
	if inv.Booted.After(l.booted) {
		l.booted = inv.Booted
	}
	for i := range inv.Entries {
		e := &inv.Entries[i]
		if l.entries[e.Class] == nil {
			l.entries[e.Class] = map[string]*entity.Entry{}
		}
		was, twice := l.entries[e.Class][e.Element]
		if !twice || !was.Until.IsZero() && (e.Until.IsZero() || e.Until.After(was.Until)) {
			l.entries[e.Class][e.Element] = e
		}
		l.expires = l.expires || !e.Until.IsZero()
	}
}

// missing are the elements of a holding that the device does not list, and could.
func (l *listed) missing(h *entity.Holding) []string {
	entries := l.entries[h.Target.Kind.Class()]
	return those(h.Receipt.Elements, func(e string) bool {
		_, there := entries[e]
		return !there && !h.Lacks(l.device, e)
	})
}
