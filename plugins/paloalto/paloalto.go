package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/plugins/paloalto/internal/panos"
)

// paloalto is one blocker: its tags on all of its firewalls.
type paloalto struct {
	naming
	firewalls []*firewall
	enrolled  []enrolment
	kinds     []entity.Kind
	now       func() time.Time
	// places are the tag of each class and the virtual system of each firewall.
	places map[string]string
}

// The powers of the blocker.
var (
	_ blocker.Batcher   = (*paloalto)(nil)
	_ blocker.Elementer = (*paloalto)(nil)
	_ blocker.Lister    = (*paloalto)(nil)
	_ blocker.Prober    = (*paloalto)(nil)
	_ blocker.Enroller  = (*paloalto)(nil)
	_ blocker.Teller    = (*paloalto)(nil)
)

// enrolment is a device that was given no API key.
type enrolment struct {
	device string
	login  *login
}

// maxParallel is how many requests a device gets at a time: it bears five, shared with its own
// web interface and everybody else.
const maxParallel = 2

// requestTimeout bounds one message where the host names no limit: a small model registers some 300 entries a second.
const requestTimeout = time.Minute

func open(_ context.Context, s settings, i blocker.Instance) (blocker.Blocker, error) {
	b, err := build(s, i)
	if err != nil {
		return nil, err
	}
	return blocker.Batch(b), nil
}

func build(s settings, i blocker.Instance) (*paloalto, error) {
	b := &paloalto{
		naming: naming{s.AccountFormat, s.Domain}, kinds: i.Kinds, now: time.Now,
		places: s.places(),
	}
	entrances := entrances{
		parallel: min(max(i.Parallel, 1), maxParallel), rate: i.Rate, timeout: cmp.Or(i.Timeout, requestTimeout),
		devices: s.Devices, log: i.Log,
	}
	for _, d := range s.Devices {
		login, err := entrances.login(d)
		if err != nil {
			return nil, fmt.Errorf("device %s: %w", d.Name, err)
		}
		if d.APIKey.Empty() && login.key.Empty() {
			b.enrolled = append(b.enrolled, enrolment{d.Name, login})
		}
		f, err := newFirewall(s, d, login)
		if err != nil {
			return nil, fmt.Errorf("device %s: %w", d.Name, err)
		}
		b.firewalls = append(b.firewalls, f)
	}
	return b, nil
}

func newFirewall(s settings, d device, l *login) (*firewall, error) {
	f := &firewall{
		name: d.Name,
		api:  &panos.Endpoint{HTTP: l.http, URL: l.url, Vsys: d.Vsys, Target: d.Target, Key: l.Key},
		limits: limits{
			timeout: s.Timeout, volatile: !s.Persistent, capacity: s.Capacity, batch: s.Batch,
		},
		tags: s.tags(),
	}
	if d.Release == "" {
		return f, nil
	}
	v, err := panos.ParseVersion(d.Release)
	f.release = v
	return f, err
}

// Facts names the firewalls, the tags, and the virtual systems in which they are set.
func (b *paloalto) Facts() blocker.Facts {
	return blocker.Facts{Devices: blocker.Names(b.firewalls), Place: blocker.PlaceOf(b.places)}
}

// BlockAll registers on all firewalls at the same time.
func (b *paloalto) BlockAll(ctx context.Context, ts []entity.Target) []blocker.Outcome {
	wishes := make([]wish, len(ts))
	for i, t := range ts {
		wishes[i] = b.wanted(t)
	}
	now := b.now()
	outcomes := blocker.BlockOn(ctx, b.firewalls, ts, func(ctx context.Context, f *firewall, _ []entity.Target) []blocker.Outcome {
		return f.block(ctx, wishes, now)
	})
	for i, w := range wishes {
		outcomes[i].Err = joined(outcomes[i].Err, w.err)
	}
	return outcomes
}

// UnblockAll unregisters from all firewalls at the same time.
func (b *paloalto) UnblockAll(ctx context.Context, rs []blocker.Release) []error {
	wishes := make([]wish, len(rs))
	for i, r := range rs {
		wishes[i] = b.held(r)
	}
	errs := blocker.UnblockOn(ctx, b.firewalls, rs, func(ctx context.Context, f *firewall, _ []blocker.Release) []error {
		return f.unblock(ctx, wishes)
	})
	for i, w := range wishes {
		errs[i] = joined(errs[i], w.err)
	}
	return errs
}

func joined(a, b error) error {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	return errors.Join(a, b)
}

// Enroll makes an API key for each device that was given none.
func (b *paloalto) Enroll(ctx context.Context) (map[string]secret.String, error) {
	keys := map[string]secret.String{}
	var errs []error
	for _, e := range b.enrolled {
		key, err := e.login.Key(ctx)
		if err != nil {
			errs = append(errs, blocker.OnDevice(e.device, err))
			continue
		}
		keys["device."+e.device+".api_key"] = key
	}
	return keys, errors.Join(errs...)
}
