package reconcile_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// device is a blocker's devices in memory. It fails for the elements that it is told to.
type device struct {
	*world
	info  entity.Blocker
	holds map[string]bool
	fail  map[string]error
	// lies: it says that a block is done and does nothing. owners are whose mark an element bears.
	lies   bool
	owners map[string]string
	// serial and booted are of its first device; lists counts how often it was listed.
	serial string
	booted time.Time
	lists  int
	// during is what happens while it is asked to block.
	during func()
}

func (d *device) Info() entity.Blocker { return d.info }

func elementsOf(t entity.Target) []string {
	if t.Host != nil {
		return []string{t.Host.IP}
	}
	return t.Destinations()
}

func (d *device) Block(_ context.Context, targets []entity.Target) []entity.Outcome {
	if d.during != nil {
		d.during()
	}
	out := make([]entity.Outcome, len(targets))
	for i, t := range targets {
		out[i].Receipt.Elements = d.each(elementsOf(t), func(e string) { d.put(e) }, &out[i].Err)
	}
	return out
}

func (d *device) put(element string) {
	if !d.lies {
		d.holds[element] = true
	}
}

func (d *device) Unblock(_ context.Context, releases []entity.Release) []error {
	errs := make([]error, len(releases))
	for i, r := range releases {
		elements := r.Receipt.Elements
		if r.Receipt.Empty() {
			elements = elementsOf(r.Target)
		}
		d.each(elements, func(e string) { delete(d.holds, e) }, &errs[i])
	}
	return errs
}

func (d *device) each(elements []string, do func(string), problem *error) (done []string) {
	for _, e := range elements {
		err := d.life.around(func() error {
			if err := d.fail[e]; err != nil {
				return err
			}
			d.wrote()
			d.mu.Lock()
			defer d.mu.Unlock()
			do(e)
			return nil
		})
		if err != nil {
			*problem = errors.Join(*problem, err)
			continue
		}
		done = append(done, e)
	}
	return done
}

func (d *device) Elements(_ context.Context, targets []entity.Target) ([][]string, error) {
	out := make([][]string, len(targets))
	for i, t := range targets {
		out[i] = elementsOf(t)
	}
	return out, d.life.step()
}

// List is what each device holds. In these worlds a destination begins with x, or is public.
func (d *device) List(context.Context) ([]entity.Inventory, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lists++
	var inventories []entity.Inventory
	for i, name := range d.info.Devices {
		inv := entity.Inventory{Device: name}
		if i == 0 {
			inv.Serial, inv.Booted = d.serial, d.booted
		}
		for _, e := range slices.Sorted(maps.Keys(d.holds)) {
			class := entity.ClassSource
			if strings.HasPrefix(e, "x") || strings.HasPrefix(e, "185.") {
				class = entity.ClassDestination
			}
			inv.Entries = append(inv.Entries, entity.Entry{Element: e, Class: class, Owner: d.owners[e]})
		}
		inventories = append(inventories, inv)
	}
	return inventories, d.life.step()
}
