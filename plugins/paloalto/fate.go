package main

import (
	"errors"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// fate is what became of one key on one device.
type fate struct {
	// there: the key may be on the device.
	there bool
	// err is what went wrong with this key alone, shared what went wrong with a request for many.
	err, shared error
}

type fates map[key]fate

// share gives all keys one failure.
func (fs fates) share(keys []key, there bool, err error) {
	for _, k := range keys {
		fs[k] = fate{there: there, shared: err}
	}
}

// outcome is what a device answers for one wish.
func (fs fates) outcome(w wish, until time.Time) blocker.Outcome {
	var there []string
	for _, k := range w.keys {
		if fs[k].there {
			there = append(there, k.text)
		}
	}
	o := blocker.Outcome{Receipt: blocker.Receipt{Elements: entity.Union(there)}, Err: fs.err(w)}
	if len(there) > 0 {
		o.Receipt.Until = until
	}
	return o
}

// err joins the failures of a wish's keys; one that many share is told once.
func (fs fates) err(w wish) error {
	var errs []error
	var last error
	for _, k := range w.keys {
		f := fs[k]
		if f.err != nil {
			errs = append(errs, f.err)
		}
		if f.shared != nil && !errors.Is(f.shared, last) {
			errs = append(errs, f.shared)
			last = f.shared
		}
	}
	return errors.Join(errs...)
}
