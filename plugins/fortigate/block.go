package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/way"
	"github.com/var-project/var/plugins/fortigate/internal/work"
)

// wish is what one target wants: elements of a class, and what of it cannot be had.
type wish struct {
	class    entity.Class
	elements []string
	refused  []error
}

// key is an element on one device: the same address may be blocked as a source and as a destination.
type key struct {
	class   entity.Class
	element string
}

// classes are those that a FortiGate blocks.
var classes = []entity.Class{entity.ClassSource, entity.ClassDestination}

// BlockAll has every device hold the elements of all targets.
func (f *fortigate) BlockAll(ctx context.Context, ts []entity.Target) []blocker.Outcome {
	wishes := make([]wish, len(ts))
	for i, t := range ts {
		wishes[i] = f.wish(t)
	}
	outcomes := blocker.BlockOn(ctx, f.devices, ts, func(ctx context.Context, d *device, _ []entity.Target) []blocker.Outcome {
		return f.blockOn(ctx, d, wishes)
	})
	for i, w := range wishes {
		outcomes[i].Err = errors.Join(append(w.refused, outcomes[i].Err)...)
	}
	return outcomes
}

// wish sorts out what cannot be blocked at all; that is no device's fault.
func (f *fortigate) wish(t entity.Target) wish {
	w := wish{class: t.Kind.Class()}
	if t.Kind != entity.KindHost && t.Kind != entity.KindDetection && t.Kind != entity.KindStatic {
		w.refused = append(w.refused, &blocker.Error{Class: blocker.Unsupported, Err: fmt.Errorf("a FortiGate does not block a target of kind %s", t.Kind)})
		return w
	}
	elements := blocker.Addresses(t)
	if len(elements) == 0 {
		w.refused = append(w.refused, &blocker.Error{Class: blocker.Absent, Err: fmt.Errorf("%s %q has no address or domain now", t.Kind, t.Name)})
	}
	for _, e := range elements {
		if err := f.way.Accepts(e); err != nil {
			w.refused = append(w.refused, err)
			continue
		}
		w.elements = append(w.elements, e)
	}
	return w
}

func (f *fortigate) blockOn(ctx context.Context, d *device, wishes []wish) []blocker.Outcome {
	placed := map[key]way.Placed{}
	waited := d.alone(ctx, func() { f.put(ctx, d, wishes, placed) })
	outcomes := make([]blocker.Outcome, len(wishes))
	for i, w := range wishes {
		if outcomes[i] = w.outcome(placed); waited != nil && len(w.elements) > 0 {
			outcomes[i].Err = waited
		}
	}
	return outcomes
}

// put has the device hold each element once, however many targets want it. Both classes are put at the same time.
func (f *fortigate) put(ctx context.Context, d *device, wishes []wish, placed map[key]way.Placed) {
	b := d.client.Batch()
	elements, answers := make([][]string, len(classes)), make([][]way.Placed, len(classes))
	work.Spread(len(classes), len(classes), func(i int) {
		if elements[i] = wanted(classes[i], wishes); len(elements[i]) > 0 {
			answers[i] = f.way.Put(ctx, b, classes[i], elements[i])
		}
	})
	for i, class := range classes {
		for n, p := range answers[i] {
			placed[key{class, elements[i][n]}] = p
		}
	}
}

// wanted are the elements of a class that any target wants.
func wanted(class entity.Class, wishes []wish) []string {
	var all [][]string
	for _, w := range wishes {
		if w.class == class {
			all = append(all, w.elements)
		}
	}
	return entity.Union(all...)
}

// outcome joins how the target's elements fared on one device.
func (w wish) outcome(placed map[key]way.Placed) blocker.Outcome {
	var o blocker.Outcome
	var faults faults
	for _, e := range w.elements {
		p := placed[key{w.class, e}]
		if p.There {
			o.Receipt.Elements = append(o.Receipt.Elements, e)
			o.Receipt.Until = sooner(o.Receipt.Until, p.Until)
		}
		o.Pending = o.Pending || p.Pending
		faults.add(e, p.Err)
	}
	o.Err = faults.join()
	return o
}

// sooner is the earlier of two times of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
