package main

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/paloalto/internal/panos"
)

// Elements names what blocking registers on at least one firewall. Firewalls are asked for their
// release only when the target needs one.
func (b *paloalto) Elements(ctx context.Context, t entity.Target) ([]string, error) {
	var texts []string
	for _, k := range b.wanted(t).keys {
		can, err := b.anyCan(ctx, k)
		if err != nil {
			return nil, err
		}
		if can {
			texts = append(texts, k.text)
		}
	}
	return entity.Union(texts), nil
}

// anyCan reports that some firewall's release can hold the key. An unknown release counts only
// when no other says yes.
func (b *paloalto) anyCan(ctx context.Context, k key) (bool, error) {
	if k.needs() == (panos.Version{}) {
		return true, nil
	}
	var unread error
	for _, f := range b.firewalls {
		v, err := f.version(ctx)
		if err == nil && v.AtLeast(k.needs()) {
			return true, nil
		}
		unread = joined(unread, blocker.OnDevice(f.name, err))
	}
	return false, unread
}

// List reads what bears our tags on each firewall. The tags belong to this blocker by configuration, but nothing
// shows who registered an entry, and so it is told under no owner.
func (b *paloalto) List(ctx context.Context) ([]blocker.Inventory, error) {
	now := b.now()
	return blocker.ListOn(ctx, b.firewalls, func(ctx context.Context, f *firewall) (blocker.Inventory, error) {
		return f.inventory(ctx, now)
	}), nil
}

// view is what a firewall shows of itself and of what is registered.
type view struct {
	system     panos.System
	registered [len(classes)][]panos.Registered
}

// classes are those of the tags.
var classes = [...]entity.Class{entity.ClassSource, entity.ClassDestination, entity.ClassAccount}

func (f *firewall) inventory(ctx context.Context, now time.Time) (blocker.Inventory, error) {
	v, err := f.look(ctx)
	if err != nil {
		return blocker.Inventory{}, err
	}
	i := blocker.Inventory{Serial: v.system.Serial}
	if up, ok := v.system.Uptime(); ok {
		i.Booted = now.Add(-up).UTC().Truncate(time.Second)
	}
	i.Entries = slices.Grow(i.Entries, len(v.registered[0])+len(v.registered[1])+len(v.registered[2]))
	for n, class := range classes {
		for _, r := range v.registered[n] {
			i.Entries = append(i.Entries, blocker.Entry{Element: nameOf(class, r.Name), Class: class, Until: until(now, r.Remaining)})
		}
	}
	return i, nil
}

// look reads all lists side by side. The device tells of itself first: whether it has registered users may depend
// on that. Where it may not be asked, nobody knows.
func (f *firewall) look(ctx context.Context) (v view, err error) {
	var errs [len(classes)]error
	var all sync.WaitGroup
	for n, class := range classes[:2] {
		all.Go(func() { v.registered[n], errs[n] = f.api.Addresses(ctx, f.tags[class]) })
	}
	all.Go(func() { v.system, v.registered[2], errs[2] = f.users(ctx) })
	all.Wait()
	return v, cmp.Or(errs[:]...)
}

// users reads what bears the tag of accounts; a release without registered users has none.
func (f *firewall) users(ctx context.Context) (panos.System, []panos.Registered, error) {
	system, unknown := f.api.System(ctx)
	v, err := f.known(), unknown
	if v != (panos.Version{}) {
		err = nil
	} else if unknown == nil {
		v, err = f.learn(system)
	}
	if err != nil || !v.AtLeast(panos.Users) {
		return system, nil, err
	}
	users, err := f.api.Users(ctx, f.tags[entity.ClassAccount])
	return system, users, err
}
