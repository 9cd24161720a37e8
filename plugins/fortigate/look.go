package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/work"
)

// Elements are what Block would put in place: what the mode cannot take is left out.
func (f *fortigate) Elements(_ context.Context, t entity.Target) ([]string, error) { //nolint:unparam // the SDK's interface
	return f.wish(t).elements, nil
}

// List is each device's view: what it holds in the groups, bans or feed of this blocker, foreign
// entries too.
func (f *fortigate) List(ctx context.Context) ([]blocker.Inventory, error) { //nolint:unparam // the SDK's interface
	return blocker.ListOn(ctx, f.devices, f.listOn), nil
}

func (f *fortigate) listOn(ctx context.Context, d *device) (blocker.Inventory, error) {
	b := d.client.Batch()
	var inventory blocker.Inventory
	var err error
	listed := make(chan struct{})
	work.Together(
		func() {
			defer close(listed)
			inventory.Entries, err = f.way.List(ctx, b)
		},
		func() {
			if b.Admitted(listed) { // a batch of its own: a token that may not ask this may still be good for the list
				inventory.Booted = d.booted(ctx, d.client.Batch())
			}
		},
	)
	if err != nil {
		return blocker.Inventory{}, err
	}
	_, inventory.Serial = b.Device()
	return inventory, nil
}

// booted asks when the device last started, by our clock. What it will not tell is not asked again:
// FortiOS 7.6 has no such answer, and a profile may withhold it.
func (d *device) booted(ctx context.Context, b *fortios.Batch) time.Time {
	if d.silent.Load() {
		return time.Time{}
	}
	up, err := b.Uptime(ctx)
	if err != nil {
		d.silent.Store(ctx.Err() == nil && blocker.ClassOf(err) != blocker.Transient)
		return time.Time{}
	}
	return time.Now().Add(-up).UTC().Truncate(time.Second)
}

// Probe tells of each device whether a block would take effect there.
func (f *fortigate) Probe(ctx context.Context) []blocker.DeviceReport {
	return blocker.ProbeOn(ctx, f.devices, func(ctx context.Context, d *device) []blocker.Check {
		b := d.client.Batch()
		checks := f.way.Probe(ctx, b)
		version, serial := b.Device()
		first := blocker.Check{Name: "device", Detail: fmt.Sprintf("FortiOS %s, serial %s", version, serial)}
		if version == "" {
			first.Detail, first.Err = "", cause(checks)
		}
		return append([]blocker.Check{first}, checks...)
	})
}

// cause is what kept a device from telling its version.
func cause(checks []blocker.Check) error {
	for _, c := range checks {
		if c.Err != nil {
			return c.Err
		}
	}
	return &blocker.Error{Class: blocker.Permanent, Err: errors.New("the device does not tell its version")}
}
