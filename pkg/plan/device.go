package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Lost are devices that may have what is held and that the blocker does not have any more: nothing leaves them.
// A blocker that could not be started knows no devices. h may be nil.
func Lost(h *entity.Holding, b entity.Blocker) []string {
	if h == nil || len(b.Devices) == 0 {
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

// moveBack tells the cure where settings changed such that what is held lies where the blocker does not look any more.
func moveBack(blocker, change string) string {
	return fmt.Sprintf("%s: %s. Put the old settings back, say var release --blocker %s --all, then change them; "+
		"or forget what is held there: var release --blocker %s --forget", blocker, change, blocker, blocker)
}

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
