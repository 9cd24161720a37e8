package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// sustain keeps what is held in force, as it was when blocked, whether it is wanted or not.
func (d *decider) sustain(s *subject, b *blocker, h *entity.Holding, why Reason) (Item, bool) {
	kept, ok := d.keep(h, why)
	if !ok || h.State != entity.Complete || b.NoRepeat || !b.Can(h.Target.Kind) || bare(&h.Target) {
		return kept, ok
	}
	act, reasons := d.upkeep(b, h)
	if act == entity.ActionKeep {
		return kept, true
	}
	return d.item(act, s, b, h, append(reasons, why)), true
}

// upkeep says what a complete holding needs to stay one.
func (d *decider) upkeep(b *blocker, h *entity.Holding) (entity.Action, []Reason) {
	if drift := b.drift(h); len(drift) > 0 {
		return entity.ActionRepair, drift
	}
	if until := b.until(h); d.due(h.Asserted, until) {
		return entity.ActionRenew, also(RuleExpires, until.UTC().Format(time.RFC3339))
	}
	return entity.ActionKeep, nil
}

// drift names, device by device, what is held and not listed. What a device that has started since kept in
// memory is gone, whatever it lists.
func (b *blocker) drift(h *entity.Holding) []Reason {
	var why []Reason
	for _, l := range b.lists {
		if drift, is := l.drift(h); is {
			why = append(slices.Grow(why, len(b.lists)+1-len(why)), drift) // one more for why it is held
		}
	}
	return why
}

// drift says why a device may not have what is held.
func (l *listed) drift(h *entity.Holding) (Reason, bool) {
	switch missing := l.missing(h); {
	case len(missing) > 0:
		return Reason{RuleMissing, strings.Join(missing, ", ") + " on " + l.device}, true
	case l.booted.After(h.Asserted) && !h.Receipt.Empty():
		return Reason{RuleRestarted, l.device}, true
	}
	return Reason{}, false
}

// until is when the first device lets the first element of a holding expire: as it was said when blocked, or as
// it is listed now. Zero is never.
func (b *blocker) until(h *entity.Holding) time.Time {
	first := h.Receipt.Until
	for _, l := range b.lists {
		if !l.expires {
			continue
		}
		class := h.Target.Kind.Class()
		for _, element := range h.Receipt.Elements {
			if e := l.entries.find(class, element); e != nil && !e.Until.IsZero() && (first.IsZero() || e.Until.Before(first)) {
				first = e.Until
			}
		}
	}
	return first
}

// due reports that half the life of what a device would let expire is over.
func (d *decider) due(asserted, until time.Time) bool {
	return !until.IsZero() && !d.now.Before(asserted.Add(until.Sub(asserted)/2))
}
