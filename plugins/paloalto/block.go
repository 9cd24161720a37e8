package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/paloalto/internal/panos"
)

func tooOld(k key, v panos.Version) error {
	way := "serve it as an external dynamic list (EDL) of type ip"
	if k.class == entity.ClassAccount {
		way = "dynamic user groups begin there"
	}
	return &blocker.Error{
		Class: blocker.Unsupported, Element: k.text,
		Err: fmt.Errorf("PAN-OS %s cannot register it, %s can; %s", v, k.needs(), way),
	}
}

// block registers what the wishes ask for, and renews it where blocks expire.
func (f *firewall) block(ctx context.Context, wishes []wish, now time.Time) []blocker.Outcome {
	fs := fates{}
	keys := keysOf(wishes)
	lease, err := f.lease(ctx)
	if err != nil {
		fs.share(keys, false, err)
	} else {
		keys = f.admit(ctx, f.able(ctx, keys, fs), fs)
		f.send(ctx, keys, fs, registration(lease))
	}
	outcomes := make([]blocker.Outcome, len(wishes))
	for i, w := range wishes {
		outcomes[i] = fs.outcome(w, until(now, lease))
	}
	return outcomes
}

func until(now time.Time, lease time.Duration) time.Time {
	if lease == 0 {
		return time.Time{}
	}
	return now.Add(lease)
}

// unblock takes what the wishes name off the device. What its release cannot hold is off already.
func (f *firewall) unblock(ctx context.Context, wishes []wish) []error {
	fs := fates{}
	keys := f.able(ctx, keysOf(wishes), fs)
	f.send(ctx, keys, fs, order{remove: true})
	errs := make([]error, len(wishes))
	for i, w := range wishes {
		if err := fs.err(w); blocker.ClassOf(err) != blocker.Unsupported {
			errs[i] = err
		}
	}
	return errs
}

// order says what a message does with its keys. Adding and removing in one message renews a
// timeout: the device would leave that of a pair it knows as it is.
type order struct {
	add, remove bool
	lease       time.Duration
}

func registration(lease time.Duration) order {
	return order{add: true, remove: lease > 0, lease: lease}
}

func (o order) renews() bool { return o.add && o.remove }

// entries is how many entries a key takes up in a message.
func (o order) entries() int {
	if o.renews() {
		return 2
	}
	return 1
}

// send carries the order out for the keys in as few messages as the batch size allows; a message is
// of one class, so that a remark on an entry is a remark on one tag. After a message that failed as a
// whole no further one is sent: the device is asked again by the next pass.
func (f *firewall) send(ctx context.Context, keys []key, fs fates, o order) {
	var failed error
	for _, class := range classes {
		for chunk := range slices.Chunk(ofClass(keys, class), max(f.batch/o.entries(), 1)) {
			if failed != nil {
				fs.share(chunk, false, failed)
				continue
			}
			failed = f.message(ctx, chunk, fs, o)
		}
	}
}

func ofClass(keys []key, class entity.Class) []key {
	var all []key
	for _, k := range keys {
		if k.class == class {
			all = append(all, k)
		}
	}
	return all
}

func (f *firewall) message(ctx context.Context, keys []key, fs fates, o order) error {
	verdicts, err := f.api.Update(ctx, f.compose(keys, o))
	if err != nil {
		fs.share(keys, !panos.Untouched(err), err)
		return err
	}
	settle(keys, verdicts, fs, o)
	return nil
}

func (f *firewall) compose(keys []key, o order) panos.Message {
	class := keys[0].class
	m := panos.Message{Users: class == entity.ClassAccount}
	for _, k := range keys {
		e := panos.Entry{Name: k.text, Tag: f.tags[class], Timeout: o.lease, Volatile: f.volatile}
		if o.remove {
			m.Unregister = append(m.Unregister, e)
		}
		if o.add {
			m.Register = append(m.Register, e)
		}
	}
	return m
}
