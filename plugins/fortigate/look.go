package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// Elements are what Block would put in place: what the mode cannot take is left out.
func (f *fortigate) Elements(_ context.Context, t entity.Target) ([]string, error) { //nolint:unparam // the SDK's interface
	return f.wish(t).elements, nil
}

// List is each device's view: what it holds in the groups, bans or feed of this blocker, foreign
// entries too.
func (f *fortigate) List(ctx context.Context) ([]blocker.Inventory, error) { //nolint:unparam // the SDK's interface
	f.warn()
	return blocker.ListOn(ctx, f.devices, func(ctx context.Context, d *device) ([]blocker.Entry, error) {
		return f.way.List(ctx, d.client.Batch())
	}), nil
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
