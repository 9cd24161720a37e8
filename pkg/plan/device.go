package plan

import (
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// lost are devices that may have what is held and that the blocker does not have any more. A blocker
// that could not be started knows no devices.
func lost(h *entity.Holding, b entity.Blocker) []string {
	if len(b.Devices) == 0 {
		return nil
	}
	return Without(entity.Union(h.Devices, h.Missing), b.Devices)
}

// added are devices that the blocker got since a device last confirmed what is held, where that is known.
func added(h *entity.Holding, b entity.Blocker) []string {
	if len(h.Devices) == 0 {
		return nil
	}
	return Without(b.Devices, h.Devices)
}

func lostReason(devices []string) Reason { return Reason{RuleLostDevice, strings.Join(devices, ", ")} }

// Abandoned keeps what is held for a source that is not configured any more: nobody can say whether it is wanted.
func Abandoned(source string, held []entity.Holding) Plan {
	d := newDecider(Observation{Source: source}, held, Policy{}, time.Time{})
	p := Plan{Source: source}
	for _, ref := range d.refs() {
		for _, name := range d.blockersOf(ref) {
			if item, ok := d.keep(d.held[heldKey{ref, name}], Reason{RuleLostSource, source}); ok {
				p.Items = append(p.Items, item)
			}
		}
	}
	return p
}
