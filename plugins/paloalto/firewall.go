package main

import (
	"context"
	"sync"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/paloalto/internal/panos"
)

// firewall is one vsys of one device.
type firewall struct {
	name string
	api  *panos.Endpoint
	limits
	tags map[entity.Class]string

	mu      sync.Mutex
	release panos.Version // zero until asked
}

// limits are what the operator allows a firewall to do.
type limits struct {
	timeout  time.Duration
	volatile bool
	capacity int
	batch    int
}

// Name is what the operator calls the firewall.
func (f *firewall) Name() string { return f.name }

// version is the device's release: as configured, else asked once.
func (f *firewall) version(ctx context.Context) (panos.Version, error) {
	if known := f.known(); known != (panos.Version{}) {
		return known, nil
	}
	system, err := f.api.System(ctx)
	if err != nil {
		return panos.Version{}, err
	}
	return f.learn(system)
}

// known is the release as far as it is known; zero until then.
func (f *firewall) known() panos.Version {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.release
}

func (f *firewall) learn(system panos.System) (panos.Version, error) {
	v, err := panos.ParseVersion(system.Version)
	if err != nil {
		return v, &blocker.Error{Class: blocker.Permanent, Err: err}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.release = v
	return v, nil
}

// lease is the timeout that the device's release obeys; 0 is none.
func (f *firewall) lease(ctx context.Context) (time.Duration, error) {
	if f.timeout == 0 {
		return 0, nil
	}
	v, err := f.version(ctx)
	if err != nil || !v.AtLeast(panos.Timeouts) {
		return 0, err
	}
	return f.timeout, nil
}

// able picks the keys that the device's release can hold. The others have the fate of class Unsupported.
func (f *firewall) able(ctx context.Context, keys []key, fs fates) []key {
	var picked []key
	for _, k := range keys {
		if k.needs() == (panos.Version{}) {
			picked = append(picked, k)
			continue
		}
		v, err := f.version(ctx)
		switch {
		case err != nil:
			fs.share(keys, false, err)
			return nil
		case v.AtLeast(k.needs()):
			picked = append(picked, k)
		default:
			fs[k] = fate{err: tooOld(k, v)}
		}
	}
	return picked
}
