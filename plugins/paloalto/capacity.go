package main

import (
	"context"
	"fmt"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// admit picks the keys that fit under the ceiling of registered addresses. A device that is full
// refuses entries, or worse evicts; so it is counted first. What is registered already always fits.
func (f *firewall) admit(ctx context.Context, keys []key, fs fates) []key {
	asked := addresses(keys)
	if len(asked) == 0 {
		return keys
	}
	count, err := f.api.CountAddresses(ctx)
	if err != nil {
		fs.share(keys, false, err)
		return nil
	}
	if count+len(asked) <= f.capacity {
		return keys
	}
	known, err := f.ours(ctx)
	if err != nil {
		fs.share(keys, false, err)
		return nil
	}
	return f.fitting(keys, known, count, fs)
}

// addresses are the texts of keys that take up room in the table of registered addresses.
func addresses(keys []key) map[string]bool {
	set := map[string]bool{}
	for _, k := range keys {
		if k.class != entity.ClassAccount {
			set[k.text] = true
		}
	}
	return set
}

// ours are the addresses that bear one of our tags.
func (f *firewall) ours(ctx context.Context) (map[string]bool, error) {
	set := map[string]bool{}
	for _, class := range []entity.Class{entity.ClassSource, entity.ClassDestination} {
		list, err := f.api.Addresses(ctx, f.tags[class])
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			set[nameOf(class, r.Name)] = true
		}
	}
	return set, nil
}

// fitting picks keys in their order until the table is at the ceiling.
func (f *firewall) fitting(keys []key, known map[string]bool, count int, fs fates) []key {
	var picked []key
	for _, k := range keys {
		switch {
		case k.class == entity.ClassAccount || known[k.text]:
			picked = append(picked, k)
		case count < f.capacity:
			count++
			known[k.text] = true
			picked = append(picked, k)
		default:
			fs[k] = fate{err: f.full(k)}
		}
	}
	return picked
}

func (f *firewall) full(k key) error {
	return &blocker.Error{
		Class: blocker.Capacity, Element: k.text,
		Err: fmt.Errorf("the firewall holds the %d registered addresses that capacity allows; raise it if the model bears more, or serve an external dynamic list", f.capacity),
	}
}
