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
	listed := inForce(inv)
	there := map[entity.Entry]bool{}
	for _, h := range held {
		if h.Blocker != blocker || h.State == entity.Releasing || h.State == entity.Refused {
			continue
		}
		fresh := !h.Asserted.Before(at) && slices.Contains(h.Devices, inv.Device)
		for _, element := range h.Receipt.Elements {
			spot := entity.Entry{Element: element, Class: h.Class()}
			there[spot] = there[spot] || fresh || listed[spot]
		}
	}
	for _, is := range there {
		e.Held++
		if is {
			e.Enforced++
		}
	}
	return e
}

func inForce(inv entity.Inventory) map[entity.Entry]bool {
	listed := make(map[entity.Entry]bool, len(inv.Entries))
	for _, e := range inv.Entries {
		listed[entity.Entry{Element: e.Element, Class: e.Class}] = e.Inert == ""
	}
	return listed
}
