package reconcile

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Enforcement is how much of what a blocker holds one of its devices had in force when it was last compared.
type Enforcement struct {
	Blocker string `json:"blocker"`
	Device  string `json:"device"`
	// Held are the elements that should be there, Enforced those that are: the device lists them, or has
	// confirmed them since. Of what it lists without effect none counts.
	Held     int       `json:"held"`
	Enforced int       `json:"enforced"`
	At       time.Time `json:"at"`
	// Problem is why the device could not be read; nothing is known of it then.
	Problem string `json:"problem,omitempty"`
}

const enforcementKey = "enforcement"

// comparison is what is remembered of one device: besides the numbers what they are counted anew from, when what is held
// changes before the next one.
type comparison struct {
	Enforcement
	// Absent are the elements that should have been there and were not, sorted.
	Absent map[entity.Class][]string `json:"absent,omitempty"`
	// Counted is when: what was confirmed later is not among the numbers.
	Counted time.Time `json:"counted,omitzero"`
}

// RecallEnforcement says how much of what is held now is in force, by the last comparison and by what the devices have
// confirmed since; nil when there was none.
func RecallEnforcement(ctx context.Context, memory Memory, held []entity.Holding) ([]Enforcement, error) {
	text, known, err := memory.Recall(ctx, enforcementKey)
	if err != nil || !known {
		return nil, err
	}
	var found []comparison
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		return nil, err
	}
	all := make([]Enforcement, len(found))
	for i, c := range found {
		all[i] = c.recount(held)
	}
	return all, nil
}

// rememberEnforcement keeps how far the devices agree with what is held now.
func (r *Reconciler) rememberEnforcement(ctx context.Context, lists *Lists) error {
	held, err := r.Journal.Holdings(ctx)
	if err != nil {
		return err
	}
	all, now := []comparison{}, r.Now()
	for _, name := range lists.names {
		inventories, _ := lists.of(ctx, name)
		for _, inv := range inventories {
			c := enforcementOf(name, inv, held, lists.asked)
			c.Counted = now
			all = append(all, c)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return r.Journal.Remember(ctx, enforcementKey, string(text))
}

// enforcementOf counts each element once, however many hold it.
func enforcementOf(blocker string, inv entity.Inventory, held []entity.Holding, at time.Time) comparison {
	c := comparison{Enforcement: Enforcement{Blocker: blocker, Device: inv.Device, At: at}}
	if inv.Err != nil {
		c.Problem = inv.Err.Error()
	}
	there := inForce(inv)
	for i := range held {
		h := &held[i]
		if !c.concerns(h) {
			continue
		}
		fresh := !h.Asserted.Before(at) && slices.Contains(h.Devices, inv.Device)
		for _, element := range h.Receipt.Elements {
			there.count(h.Class(), element, fresh)
		}
	}
	c.Held, c.Enforced = there.totals()
	c.Absent = there.absent()
	return c
}

// concerns reports that what is held should be on the device.
func (c *comparison) concerns(h *entity.Holding) bool {
	return h.Blocker == c.Blocker && h.State != entity.Releasing && h.State != entity.Refused
}

// recount counts what is held now.
func (c *comparison) recount(held []entity.Holding) Enforcement {
	there := forces{}
	for i := range held {
		if h := &held[i]; c.concerns(h) {
			for _, element := range h.Receipt.Elements {
				there.count(h.Class(), element, c.stands(h, element))
			}
		}
	}
	e := c.Enforcement
	e.Held, e.Enforced = there.totals()
	return e
}

// stands reports that the device has an element: by its word, where it was told of it since the comparison.
func (c *comparison) stands(h *entity.Holding, element string) bool {
	if h.Since.After(c.Counted) || h.Asserted.After(c.Counted) {
		return slices.Contains(h.Devices, c.Device) || len(h.Devices) == 0 && h.State == entity.Complete
	}
	_, absent := slices.BinarySearch(c.Absent[h.Class()], element)
	return !absent
}

// force is how an element of a class stands on a device: what it lists, what is held, and what it has.
type force uint8

const (
	isListed force = 1 << iota
	isHeld
	isFresh
)

type forces map[entity.Class]map[string]force

// inForce are the elements that a device lists with effect.
func inForce(inv entity.Inventory) forces {
	there := forces{}
	for i := range inv.Entries {
		if e := &inv.Entries[i]; e.Inert == "" {
			there.of(e.Class, len(inv.Entries))[e.Element] = isListed
		}
	}
	return there
}

func (f forces) of(class entity.Class, room int) map[string]force {
	if f[class] == nil {
		f[class] = make(map[string]force, room)
	}
	return f[class]
}

// count notes that an element is held; fresh: the device has confirmed it since it was listed.
func (f forces) count(class entity.Class, element string, fresh bool) {
	is := f.of(class, 0)[element] | isHeld
	if fresh {
		is |= isFresh
	}
	f[class][element] = is
}

func (f forces) totals() (held, enforced int) {
	for _, of := range f {
		for _, is := range of {
			if is&isHeld != 0 {
				held++
			}
			if is&isHeld != 0 && is != isHeld {
				enforced++
			}
		}
	}
	return held, enforced
}

// absent are those that are held and not there, sorted.
func (f forces) absent() map[entity.Class][]string {
	all := map[entity.Class][]string{}
	for class, of := range f {
		for element, is := range of {
			if is == isHeld {
				all[class] = append(all[class], element)
			}
		}
		slices.Sort(all[class])
	}
	return all
}
