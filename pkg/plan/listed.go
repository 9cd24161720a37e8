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
	entries table
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
			at, all = len(all), append(all, &listed{device: inv.Device, entries: newTable(len(inv.Entries))})
		}
		all[at].add(inv)
	}
	slices.SortFunc(all, func(a, b *listed) int { return strings.Compare(a.device, b.device) })
	return all
}

// add takes over entries. Of two of the same element the one that lasts longer counts.
func (l *listed) add(inv entity.Inventory) {
	if inv.Booted.After(l.booted) {
		l.booted = inv.Booted
	}
	for i := range inv.Entries {
		e := &inv.Entries[i]
		l.entries.put(e, lastsLonger)
		l.expires = l.expires || !e.Until.IsZero()
	}
}

// missing are the elements of a holding that the device does not list, and could.
func (l *listed) missing(h *entity.Holding) []string {
	class := h.Target.Kind.Class()
	return those(h.Receipt.Elements, func(e string) bool { return l.entries.find(class, e) == nil && !h.Lacks(l.device, e) })
}

func lastsLonger(was, is *entity.Entry) bool {
	return !was.Until.IsZero() && (is.Until.IsZero() || is.Until.After(was.Until))
}
