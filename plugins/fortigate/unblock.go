package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/way"
	"github.com/var-project/var/plugins/fortigate/internal/work"
)

// parting is what one release takes off: elements of a class, and what of it makes no sense.
type parting struct {
	class   entity.Class
	takings []way.Taking
	refused []error
}

// UnblockAll takes the elements of all receipts off every device.
func (f *fortigate) UnblockAll(ctx context.Context, rs []blocker.Release) []error {
	partings := make([]parting, len(rs))
	for i, r := range rs {
		partings[i] = f.parting(r)
	}
	errs := blocker.UnblockOn(ctx, f.devices, rs, func(ctx context.Context, d *device, _ []blocker.Release) []error {
		return f.unblockOn(ctx, d, partings)
	})
	for i, p := range partings {
		errs[i] = errors.Join(append(p.refused, errs[i])...)
	}
	return errs
}

// parting reads a receipt. A lost one is derived from the target.
func (f *fortigate) parting(r blocker.Release) parting {
	p := parting{class: r.Target.Kind.Class()}
	elements := r.Receipt.Elements
	if r.Receipt.Empty() {
		elements = slices.DeleteFunc(blocker.Addresses(r.Target), func(e string) bool { return f.way.Accepts(e) != nil })
	}
	if len(elements) == 0 {
		p.refuse("", "nothing tells what is on the devices: the receipt is empty and the target has no address")
	}
	for _, e := range elements {
		c := canonical(e)
		if c == "" || f.way.Accepts(c) != nil {
			p.refuse(e, fmt.Sprintf("this is nothing that mode %s puts on a device", f.settings.Mode))
			continue
		}
		p.takings = append(p.takings, way.Taking{Element: c, Adopted: r.Receipt.Adopted})
	}
	return p
}

func (p *parting) refuse(element, why string) {
	p.refused = append(p.refused, &blocker.Error{Class: blocker.Permanent, Element: element, Err: errors.New(why)})
}

// canonical is the element in the text that objects are named by; empty when it is none.
func canonical(element string) string {
	if a, err := blocker.Address(element); err == nil {
		return a
	}
	if d := strings.ToLower(element); blocker.IsDomain(d) {
		return d
	}
	return ""
}

func (f *fortigate) unblockOn(ctx context.Context, d *device, partings []parting) []error {
	failed := map[key]error{}
	waited := d.alone(ctx, func() { f.take(ctx, d, partings, failed) })
	errs := make([]error, len(partings))
	for i, p := range partings {
		if errs[i] = p.error(failed); waited != nil && len(p.takings) > 0 {
			errs[i] = waited
		}
	}
	return errs
}

// take takes each element off the device once, however many receipts have it.
func (f *fortigate) take(ctx context.Context, d *device, partings []parting, failed map[key]error) {
	b := d.client.Batch()
	takings, answers := make([][]way.Taking, len(classes)), make([][]error, len(classes))
	work.Spread(len(classes), len(classes), func(i int) {
		if takings[i] = union(classes[i], partings); len(takings[i]) > 0 {
			answers[i] = f.way.Take(ctx, b, classes[i], takings[i])
		}
	})
	for i, class := range classes {
		for n, err := range answers[i] {
			failed[key{class, takings[i][n].Element}] = err
		}
	}
}

// union has each element of a class once; adopted if any receipt says so.
func union(class entity.Class, partings []parting) []way.Taking {
	var all []way.Taking
	place := map[string]int{}
	for _, p := range partings {
		if p.class != class {
			continue
		}
		for _, t := range p.takings {
			n, ok := place[t.Element]
			if !ok {
				n = len(all)
				place[t.Element] = n
				all = append(all, t)
			}
			all[n].Adopted = all[n].Adopted || t.Adopted
		}
	}
	return all
}

func (p parting) error(failed map[key]error) error {
	var faults faults
	for _, t := range p.takings {
		faults.add(t.Element, failed[key{p.class, t.Element}])
	}
	return faults.join()
}
