package plan_test

import (
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// mayGoTo: routing tags restrict an entity to the blockers that they name.
func mayGoTo(tags []string, b entity.Blocker) bool {
	restricted := false
	for _, tag := range tags {
		low := strings.ToLower(tag)
		if !strings.HasPrefix(low, "client:") {
			continue
		}
		restricted = true
		for _, own := range append([]string{b.Name, b.Plugin}, b.Aliases...) {
			if low == "client:"+strings.ToLower(own) {
				return true
			}
		}
	}
	return !restricted
}

func (w world) holding(at where) (entity.Holding, bool) {
	for _, h := range w.held {
		if h.Target.Ref == at.ref && h.Blocker == at.blocker {
			return h, true
		}
	}
	return entity.Holding{}, false
}

func (w world) blocker(name string) (entity.Blocker, bool) {
	for _, b := range w.policy.Blockers {
		if b.Name == name {
			return b, true
		}
	}
	return entity.Blocker{}, false
}

// sighting is what is known of a target now. What a person blocked counts as the person saw it, should the source
// have lost it.
func (w world) sighting(ref entity.Ref) (plan.Seen, bool) {
	for _, s := range w.seen {
		if s.Target.Ref == ref {
			return s, true
		}
	}
	for _, o := range w.orders {
		if o.Target.Ref == ref && w.ordered(ref, entity.VerbBlock) && slices.Contains(w.gone, ref) {
			return plan.Seen{Target: o.Target}, true
		}
	}
	return plan.Seen{}, false
}

// ordered reports that a person's order of this kind is in force.
func (w world) ordered(ref entity.Ref, verb entity.Verb) bool {
	return slices.ContainsFunc(w.orders, func(o entity.Order) bool {
		return o.Target.Ref == ref && o.Verb == verb && (o.Until.IsZero() || w.now.Before(o.Until))
	})
}

// orderIsOver: a person's block was, and is not any more.
func (w world) orderIsOver(ref entity.Ref) bool {
	if ref.Source == "hand" {
		return true
	}
	return slices.ContainsFunc(w.orders, func(o entity.Order) bool {
		return o.Target.Ref == ref && o.Verb == entity.VerbBlock && !o.Until.IsZero() && !o.Until.After(w.now)
	})
}

func (w world) protects(t entity.Target, elements []string) bool {
	g, ok := w.policy.Protect.(guard)
	return ok && (g[address(t)] || slices.ContainsFunc(elements, func(e string) bool { return g[e] }))
}

// list is what a device that was read lists; false: nobody knows.
func (w world) list(blocker, device string) (entity.Inventory, bool) {
	for _, inv := range w.devices[blocker] {
		if inv.Device == device && inv.Err == nil {
			return inv, true
		}
	}
	return entity.Inventory{}, false
}

func lists(inv entity.Inventory, at place) (until time.Time, there bool) {
	for _, e := range inv.Entries {
		if e.Element == at.element && e.Class == at.class {
			return e.Until, true
		}
	}
	return time.Time{}, false
}

// address is what these worlds change of a target.
func address(t entity.Target) string {
	switch {
	case t.Host != nil:
		return t.Host.IP
	case t.Account != nil:
		return t.Account.UID
	case t.Detection != nil:
		return strings.Join(t.Detection.Destinations, " ")
	case t.Static != nil:
		return t.Static.Destination
	}
	return ""
}

// device is one blocker's real state: which elements of a class are in place. It knows nothing of plans.
type device map[place]bool

type place struct {
	blocker string
	class   entity.Class
	element string
}

func placeOf(blocker string, k entity.Kind, element string) place {
	class := entity.Class("destination")
	switch k {
	case entity.KindHost:
		class = "source"
	case entity.KindAccount:
		class = "account"
	}
	return place{blocker, class, element}
}

// mustBeThere is what holders want on the devices, counted one by one.
func mustBeThere(held []entity.Holding) device {
	d := device{}
	for _, h := range held {
		for _, e := range h.Receipt.Elements {
			d[placeOf(h.Blocker, h.Target.Kind, e)] = true
		}
	}
	return d
}
