package main

import (
	"cmp"
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/addrgroup"
	"github.com/var-project/var/plugins/fortigate/internal/feed"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/quarantine"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// requestTimeout bounds one request where the host names no limit.
const requestTimeout = 30 * time.Second

// fortigate is a blocker: one way of blocking, on all devices.
type fortigate struct {
	way      way.Way
	devices  []*device
	settings settings
}

// device is one FortiGate. A batch has it to itself, so that two of them cannot fill a shard beyond its limit.
type device struct {
	name   string
	client *fortios.Client
	turn   chan struct{}
	// silent: it does not tell when it started.
	silent atomic.Bool
}

// Name is the name in the settings.
func (d *device) Name() string { return d.name }

// open makes a blocker of settings. It does not talk to devices.
func open(_ context.Context, s settings, instance blocker.Instance) (blocker.Blocker, error) {
	if err := s.validateKinds(instance.Kinds); err != nil {
		return nil, err
	}
	f, err := newFortigate(s, instance, cmp.Or(instance.Timeout, requestTimeout))
	if err != nil {
		return nil, err
	}
	return blocker.Batch(f), nil
}

func newFortigate(s settings, instance blocker.Instance, timeout time.Duration) (*fortigate, error) {
	w, err := newWay(s, instance)
	if err != nil {
		return nil, err
	}
	f := &fortigate{way: w, settings: s}
	for _, ds := range s.Device {
		d, err := newDevice(ds, instance, timeout)
		if err != nil {
			return nil, fmt.Errorf("device %s: %w", ds.Name, err)
		}
		f.devices = append(f.devices, d)
	}
	return f, nil
}

func newWay(s settings, instance blocker.Instance) (way.Way, error) {
	switch s.Mode {
	case modeQuarantine:
		return &quarantine.Way{Owner: instance.Owner, Expiry: s.Expiry, Now: time.Now}, nil
	case modeFeed:
		return &feed.Way{Feed: s.Feed}, nil
	}
	return addrgroup.New(addrgroup.Options{
		Owner: instance.Owner, Blocker: instance.Name, Groups: s.groups(),
		MemberLimit: s.MemberLimit, Parallel: max(instance.Parallel, 1), TakeOver: s.TakeOver,
	})
}

func newDevice(s deviceSettings, instance blocker.Instance, timeout time.Duration) (*device, error) {
	hc, err := blocker.NewClient(blocker.ClientOptions{
		TLS: s.TLS, Parallel: instance.Parallel, Rate: instance.Rate, Timeout: timeout,
	})
	if err != nil {
		return nil, err
	}
	client, err := fortios.New(hc, s.URL, s.VDOM, s.Token, instance.Parallel)
	if err != nil {
		return nil, err
	}
	return &device{name: s.Name, client: client, turn: make(chan struct{}, 1)}, nil
}

// Facts are what the settings can block, and where.
func (f *fortigate) Facts() blocker.Facts {
	return blocker.Facts{Kinds: f.settings.kinds(), Devices: blocker.Names(f.devices), Place: blocker.PlaceOf(f.settings.places())}
}

// alone runs do while no other batch works on the device.
func (d *device) alone(ctx context.Context, do func()) error {
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return &blocker.Error{Class: blocker.Transient, Err: fmt.Errorf("waiting for the batch before: %w", context.Cause(ctx))}
	}
	defer func() { <-d.turn }()
	do()
	return nil
}
