package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// spot is an element of one class, as one device lists it.
type spot struct {
	class   entity.Class
	element string
}

// listed is what one device lists for one blocker, and until when; zero is for ever.
type listed struct {
	device string
	booted time.Time
	until  map[spot]time.Time
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
			at, all = len(all), append(all, &listed{device: inv.Device, until: make(map[spot]time.Time, len(inv.Entries))})
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
	for _, e := range inv.Entries {
		at := spot{e.Class, e.Element}
		until, twice := l.until[at]
		if !twice || !until.IsZero() && (e.Until.IsZero() || e.Until.After(until)) {
			l.until[at] = e.Until
		}
	}
}

// missing are the elements of a holding that the device does not list, and could.
func (l *listed) missing(h *entity.Holding) []string {
	var missing []string
	for _, e := range h.Receipt.Elements {
		if _, there := l.until[spot{h.Class(), e}]; !there && !h.Lacks(l.device, e) {
			missing = append(missing, e)
		}
	}
	return missing
}

// sustain keeps what is held in force, as it was when blocked, whether it is wanted or not.
func (d *decider) sustain(h *entity.Holding, b entity.Blocker, why Reason) (Item, bool) {
	kept, ok := d.keep(h, why)
	if !ok || h.State != entity.Complete || b.NoRepeat || !b.Can(h.Target.Kind) || bare(&h.Target) {
		return kept, ok
	}
	act, reasons := d.upkeep(h, b)
	if act == entity.ActionKeep {
		return kept, true
	}
	return d.item(act, &h.Target, b, h, append(reasons, why)...), true
}

// upkeep says what a complete holding needs to stay one.
func (d *decider) upkeep(h *entity.Holding, b entity.Blocker) (entity.Action, []Reason) {
	if drift := d.drift(h, b); len(drift) > 0 {
		return entity.ActionRepair, drift
	}
	if until := d.until(h); d.due(h.Asserted, until) {
		return entity.ActionRenew, []Reason{{RuleExpires, until.UTC().Format(time.RFC3339)}}
	}
	return entity.ActionKeep, nil
}

// drift names, device by device, what is held and not listed. What a device that has started since kept in
// memory is gone, whatever it lists.
func (d *decider) drift(h *entity.Holding, b entity.Blocker) []Reason {
	var why []Reason
	for _, l := range d.lists[b.Name] {
		switch missing := l.missing(h); {
		case len(missing) > 0:
			why = append(why, Reason{RuleMissing, fmt.Sprintf("%s on %s", strings.Join(missing, ", "), l.device)})
		case l.booted.After(h.Asserted) && !h.Receipt.Empty():
			why = append(why, Reason{RuleRestarted, l.device})
		}
	}
	return why
}

// until is when the first device lets the first element of a holding expire: as it was said when blocked, or as
// it is listed now. Zero is never.
func (d *decider) until(h *entity.Holding) time.Time {
	first := h.Receipt.Until
	for _, l := range d.lists[h.Blocker] {
		for _, e := range h.Receipt.Elements {
			if listed := l.until[spot{h.Class(), e}]; !listed.IsZero() && (first.IsZero() || listed.Before(first)) {
				first = listed
			}
		}
	}
	return first
}

// due reports that half the life of what a device would let expire is over.
func (d *decider) due(asserted, until time.Time) bool {
	return !until.IsZero() && !d.now.Before(asserted.Add(until.Sub(asserted)/2))
}
