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

// RecallEnforcement reads what the last comparison found; nil when there was none.
func RecallEnforcement(ctx context.Context, memory Memory) ([]Enforcement, error) {
	var all []Enforcement
	text, known, err := memory.Recall(ctx, enforcementKey)
	if err == nil && known {
		err = json.Unmarshal([]byte(text), &all)
	}
	return all, err
}

// rememberEnforcement keeps how far the devices agree with what is held now.
func (r *Reconciler) rememberEnforcement(ctx context.Context, lists *Lists) error {
	held, err := r.Journal.Holdings(ctx)
	if err != nil {
		return err
	}
	all := []Enforcement{}
	for _, name := range lists.names {
		inventories, _ := lists.of(ctx, name)
		for _, inv := range inventories {
			all = append(all, enforcementOf(name, inv, held, lists.asked))
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return r.Journal.Remember(ctx, enforcementKey, string(text))
}

// enforcementOf counts each element once, however many hold it.
func enforcementOf(blocker string, inv entity.Inventory, held []entity.Holding, at time.Time) Enforcement {
	e := Enforcement{Blocker: blocker, Device: inv.Device, At: at}
	if inv.Err != nil {
		e.Problem = inv.Err.Error()
	}
	there := inForce(inv)
	for i := range held {
		h := &held[i]
		if h.Blocker != blocker || h.State == entity.Releasing || h.State == entity.Refused {
			continue
		}
		fresh := !h.Asserted.Before(at) && slices.Contains(h.Devices, inv.Device)
		for _, element := range h.Receipt.Elements {
			there.count(h.Class(), element, fresh)
		}
	}
	e.Held, e.Enforced = there.totals()
	return e
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
