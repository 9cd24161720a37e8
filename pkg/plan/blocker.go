package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// blocker is one of the policy's blockers, or one that merely holds something.
type blocker struct {
	entity.Blocker
	// idle says why it does nothing at all; nil: it works.
	idle *Reason
	// lists are what its devices list, as far as they were asked.
	lists []*listed
	moves map[lair]*Reason
}

// lair is where something is held: a place, and the class whose part of it counts.
type lair struct {
	place string
	class entity.Class
}

func (d *decider) configured(b entity.Blocker) *blocker {
	own := &blocker{Blocker: b, lists: index(d.obs.Devices[b.Name], b.Devices), moves: map[lair]*Reason{}}
	if slices.Contains(d.pol.Disabled, b.Name) {
		own.idle = &Reason{RuleDisabled, b.Name}
	}
	return own
}

// stranger is a blocker that holds something and is not configured.
func (d *decider) stranger(name string) *blocker {
	b := d.strangers[name]
	if b == nil {
		b = &blocker{Blocker: entity.Blocker{Name: name}, idle: &Reason{RuleStranded, name}}
		if slices.Contains(d.pol.Disabled, name) {
			b.idle = &Reason{RuleDisabled, name}
		}
		d.strangers[name] = b
	}
	return b
}

// withheld says why nothing can be done on a blocker about what it holds; nil when it can.
func (b *blocker) withheld(h *entity.Holding) *Reason {
	switch {
	case b.idle != nil:
		return b.idle
	case h != nil && h.State != entity.Refused && b.elsewhere(h) != nil:
		return b.elsewhere(h)
	}
	return nil
}

// elsewhere says that what is held lies where the blocker does not look any more; nil when it does. Few places are the
// places of many.
func (b *blocker) elsewhere(h *entity.Holding) *Reason {
	if h.Place == "" || h.Place == b.Place {
		return nil
	}
	at := lair{h.Place, h.Target.Kind.Class()}
	why, known := b.moves[at]
	if !known {
		if change := h.Elsewhere(b.Place); change != "" {
			why = &Reason{RulePlace, moveBack(b.Name, change)}
		}
		b.moves[at] = why
	}
	return why
}

// moveBack tells the cure where settings changed such that what is held lies where the blocker does not look any more.
func moveBack(blocker, change string) string {
	return fmt.Sprintf("%s: %s. Put the old settings back, say var release --blocker %s --all, then change them; "+
		"or forget what is held there: var release --blocker %s --forget", blocker, change, blocker, blocker)
}

// Lost are devices that may have what is held and that the blocker does not have any more: nothing leaves them.
// A blocker that could not be started knows no devices. h may be nil.
func Lost(h *entity.Holding, b entity.Blocker) []string {
	if h == nil || len(b.Devices) == 0 || within(h.Devices, b.Devices) && within(h.Missing, b.Devices) {
		return nil
	}
	return Without(entity.Union(h.Devices, h.Missing), b.Devices)
}

// added are devices that the blocker got since a device last confirmed what is held, where that is known.
func added(h *entity.Holding, b *blocker) []string {
	if len(h.Devices) == 0 {
		return nil
	}
	return Without(b.Devices, h.Devices)
}

func lostReason(devices []string) Reason { return Reason{RuleLostDevice, strings.Join(devices, ", ")} }
