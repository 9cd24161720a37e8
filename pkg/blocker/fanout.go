package blocker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/failpoint"
)

// Device is one device of a blocker. Its name is what inventories, probes and errors call it.
type Device interface{ Name() string }

// Names lists the names of devices, in their order.
func Names[D Device](devices []D) []string {
	names := make([]string, len(devices))
	for i, d := range devices {
		names[i] = d.Name()
	}
	return names
}

// BlockOn has every device block the batch at the same time and joins the outcomes target by
// target: receipts are united, a block is pending when any device queued it, and errors are
// joined, each naming its device. One device's failure, or panic, hides no other's success.
func BlockOn[D Device](ctx context.Context, devices []D, ts []entity.Target, block func(context.Context, D, []entity.Target) []Outcome) []Outcome {
	answers := each(devices, func(d D) (all []Outcome) {
		defer rescue(func(err error) { all = repeat(Outcome{Err: err}, len(ts)) })
		return block(ctx, d, ts)
	})
	joined := make([]Outcome, len(ts))
	for i := range ts {
		for n, d := range devices {
			o := at(answers[n], i, Outcome{Err: errUnanswered})
			joined[i] = unite(joined[i], o, d.Name())
		}
	}
	return joined
}

// UnblockOn has every device unblock the batch at the same time and joins the errors release by
// release, each naming its device.
func UnblockOn[D Device](ctx context.Context, devices []D, rs []Release, unblock func(context.Context, D, []Release) []error) []error {
	answers := each(devices, func(d D) (all []error) {
		defer rescue(func(err error) { all = repeat(err, len(rs)) })
		return unblock(ctx, d, rs)
	})
	joined := make([]error, len(rs))
	for i := range rs {
		for n, d := range devices {
			err := at(answers[n], i, errUnanswered)
			joined[i] = join(joined[i], OnDevice(d.Name(), err))
		}
	}
	return joined
}

// ListOn lists every device at the same time, and names each. A device that cannot be read is an
// inventory with its error and hides no other.
func ListOn[D Device](ctx context.Context, devices []D, list func(context.Context, D) (Inventory, error)) []Inventory {
	return each(devices, func(d D) (inventory Inventory) {
		defer rescue(func(err error) { inventory = Inventory{Device: d.Name(), Err: OnDevice(d.Name(), err)} })
		inventory, err := list(ctx, d)
		inventory.Device, inventory.Err = d.Name(), OnDevice(d.Name(), err)
		return inventory
	})
}

// ProbeOn probes every device at the same time.
func ProbeOn[D Device](ctx context.Context, devices []D, probe func(context.Context, D) []Check) []DeviceReport {
	return each(devices, func(d D) (report DeviceReport) {
		report.Device = d.Name()
		defer rescue(func(err error) { report.Checks = []Check{{Name: "probe", Err: err}} })
		report.Checks = probe(ctx, d)
		return report
	})
}

// OnDevice names the device in every part of err that names none.
func OnDevice(device string, err error) error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all error
		for _, part := range joined.Unwrap() {
			all = join(all, OnDevice(device, part))
		}
		return all
	}
	var e *Error
	switch {
	case !errors.As(err, &e) && ended(err):
		return &Error{Class: entity.Unknown, Device: device, Err: err}
	case !errors.As(err, &e):
		return &Error{Class: Permanent, Device: device, Err: err}
	case e.Device != "":
		return err
	case error(e) == err: //nolint:errorlint // the error itself, not one it wraps
		named := *e
		named.Device = device
		return &named
	default:
		return &Error{Class: ClassOf(err), Device: device, RetryAfter: entity.RetryAfter(err), Err: err}
	}
}

// ended reports that nobody waited for the device any longer: what it did is not known.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

var errUnanswered error = &Error{Class: entity.Unknown, Err: errors.New("no answer for this target")}

func each[D, A any](devices []D, ask func(D) A) []A {
	answers := make([]A, len(devices))
	var wg sync.WaitGroup
	for i, d := range devices {
		wg.Go(func() {
			failpoint.Hit("device.ask")
			answers[i] = ask(d)
			failpoint.Hit("device.asked")
		})
	}
	wg.Wait()
	return answers
}

// rescue turns a panic into an error of class Unknown: nobody can say how far the call got.
func rescue(settle func(error)) {
	if p := recover(); p != nil {
		settle(&Error{Class: entity.Unknown, Err: fmt.Errorf("the plugin panicked: %v", p)})
	}
}

func unite(all, one Outcome, device string) Outcome {
	return Outcome{
		Receipt: uniteReceipts(all.Receipt, one.Receipt),
		Pending: all.Pending || one.Pending,
		Err:     join(all.Err, OnDevice(device, one.Err)),
	}
}

// uniteReceipts differs from Receipt.Merge in the time: of two devices the one that forgets first
// says when to renew.
func uniteReceipts(a, b Receipt) Receipt {
	m := a.Merge(b)
	m.Until = earliest(a.Until, b.Until)
	return m
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// join is errors.Join that does not wrap a single error.
func join(a, b error) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return errors.Join(a, b)
}

func at[T any](all []T, i int, missing T) T {
	if i < len(all) {
		return all[i]
	}
	return missing
}

func repeat[T any](v T, n int) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = v
	}
	return all
}
