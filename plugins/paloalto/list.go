package main

import (
	"context"
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
		entries, err := f.list(ctx, now)
		if err != nil {
			return blocker.Inventory{}, err
		}
		return f.inventory(ctx, entries, now), nil
	}), nil
}

// inventory adds what the device says of itself. Where it may not be asked, nobody knows.
func (f *firewall) inventory(ctx context.Context, entries []blocker.Entry, now time.Time) blocker.Inventory {
	i := blocker.Inventory{Entries: entries}
	system, err := f.api.System(ctx)
	if err != nil {
		return i
	}
	i.Serial = system.Serial
	if up, ok := system.Uptime(); ok {
		i.Booted = now.Add(-up).UTC().Truncate(time.Second)
	}
	return i
}

func (f *firewall) list(ctx context.Context, now time.Time) ([]blocker.Entry, error) {
	var all []blocker.Entry
	for _, class := range []entity.Class{entity.ClassSource, entity.ClassDestination, entity.ClassAccount} {
		found, err := f.registered(ctx, class)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			all = append(all, blocker.Entry{
				Element: nameOf(class, r.Name), Class: class, Until: until(now, r.Remaining),
			})
		}
	}
	return all, nil
}

// registered reads what bears the tag of a class; a release without registered users has none.
func (f *firewall) registered(ctx context.Context, class entity.Class) ([]panos.Registered, error) {
	if class != entity.ClassAccount {
		return f.api.Addresses(ctx, f.tags[class])
	}
	v, err := f.version(ctx)
	if err != nil || !v.AtLeast(panos.Users) {
		return nil, err
	}
	return f.api.Users(ctx, f.tags[class])
}
