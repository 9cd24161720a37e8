// Package feed blocks destinations by a threat feed of the device that entries are pushed into
// (an external resource of type address, FortiOS 7.2.1 and later). Entries are added and removed one
// by one, never is the whole feed replaced.
package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/policy"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// Way blocks by one feed, which belongs to one blocker of one installation.
type Way struct {
	// Feed is the name of the external resource.
	Feed string
}

// Accepts takes addresses and networks, which is what a feed of type address holds.
func (w *Way) Accepts(element string) error {
	if _, err := blocker.Address(element); err == nil {
		return nil
	}
	return &blocker.Error{Class: blocker.Unsupported, Element: element, Err: errors.New(
		"a feed of addresses holds no domains; use mode address-group for them")}
}

// Put adds what the feed does not show yet, in one call, and reads the feed back.
func (w *Way) Put(ctx context.Context, b *fortios.Batch, _ entity.Class, elements []string) []way.Placed {
	before, err := w.read(ctx, b)
	if err != nil {
		return way.All(way.Placed{Err: err}, len(elements))
	}
	missing := slices.DeleteFunc(slices.Clone(elements), before.has)
	if len(missing) == 0 {
		return confirm(elements, before, nil)
	}
	failed := map[string]error{}
	for i, err := range fortios.Halve(missing, func(some []string) error { return w.push(ctx, b, "add", some) }) {
		failed[missing[i]] = err
	}
	after, err := w.read(ctx, b)
	if err != nil {
		return unread(elements, before, failed, err)
	}
	return confirm(elements, after, failed)
}

// confirm judges each element by what the feed shows. An element that was taken and is not shown
// yet is pending: the device works the push off in its own time.
func confirm(elements []string, shown content, failed map[string]error) []way.Placed {
	placed := make([]way.Placed, len(elements))
	for i, e := range elements {
		inert, there := shown.entry(e)
		switch {
		case failed[e] != nil:
			placed[i] = way.Placed{There: there || fortios.MayHaveActed(failed[e]), Err: failed[e]}
		case shown.overflow:
			placed[i] = way.Placed{There: true, Err: &blocker.Error{Class: blocker.Capacity, Element: e, Err: errors.New(truncated)}}
		case inert != "":
			placed[i] = way.Placed{There: true, Err: &blocker.Error{Class: blocker.Permanent, Element: e, Err: errors.New(inert)}}
		default:
			placed[i] = way.Placed{There: true, Pending: !there}
		}
	}
	return placed
}

func unread(elements []string, before content, failed map[string]error, err error) []way.Placed {
	placed := make([]way.Placed, len(elements))
	for i, e := range elements {
		refused := failed[e] != nil && !fortios.MayHaveActed(failed[e])
		placed[i] = way.Placed{There: before.has(e) || !refused, Err: err}
		if failed[e] != nil {
			placed[i].Err = failed[e]
		}
	}
	return placed
}

// Take removes from the feed what it shows of the elements, in one call.
func (w *Way) Take(ctx context.Context, b *fortios.Batch, _ entity.Class, elements []way.Taking) []error {
	shown, err := w.read(ctx, b)
	if err != nil {
		return way.All(err, len(elements))
	}
	var present []string
	for _, t := range elements {
		present = append(present, shown.spellings(t.Element)...)
	}
	errs := make([]error, len(elements))
	if len(present) == 0 {
		return errs
	}
	failed := map[string]error{}
	for i, err := range fortios.Halve(present, func(some []string) error { return w.push(ctx, b, "remove", some) }) {
		failed[canonical(present[i])] = err
	}
	for i, t := range elements {
		errs[i] = failed[t.Element]
	}
	return errs
}

// List is what the feed shows; what of it does not act says why.
func (w *Way) List(ctx context.Context, b *fortios.Batch) ([]blocker.Entry, error) {
	shown, err := w.read(ctx, b)
	if err != nil {
		return nil, err
	}
	entries := make([]blocker.Entry, 0, len(shown.rows))
	for _, e := range shown.elements() {
		inert, _ := shown.entry(e)
		if inert == "" && shown.overflow {
			inert = truncated
		}
		entries = append(entries, blocker.Entry{Element: e, Class: entity.ClassDestination, Owner: w.owner(e), Inert: inert})
	}
	return entries, nil
}

// owner is unknown: an entry bears no mark. What this installation never pushes is not its own.
func (w *Way) owner(entry string) string {
	if w.Accepts(entry) != nil {
		return way.Foreign("no address")
	}
	return ""
}

const truncated = "overflow: the device truncates the feed, nobody knows which entries act"

// Probe looks at the resource, at the feed, at the right to push, and at the policies.
func (w *Way) Probe(ctx context.Context, b *fortios.Batch) []blocker.Check {
	name := "feed " + w.Feed
	detail, err := w.describe(ctx, b)
	if err != nil {
		return []blocker.Check{{Name: name, Detail: detail, Err: err}}
	}
	checks := []blocker.Check{{Name: name, Detail: detail}}
	shown, err := w.read(ctx, b)
	if err != nil {
		return append(checks, blocker.Check{Name: "entries", Err: err})
	}
	return append(checks, shown.health(), w.writable(ctx, b, shown), policy.Check(ctx, b, entity.ClassDestination, w.Feed))
}

// writable removes an entry that is not there: FortiOS checks the right to push and then finds
// nothing to change.
func (w *Way) writable(ctx context.Context, b *fortios.Batch, shown content) blocker.Check {
	err := w.push(ctx, b, "remove", []string{shown.missing()})
	return blocker.Check{
		Name: "write feed", Err: err,
		Detail: fmt.Sprintf("asked by a write that changes nothing (remove %s, which is not in the feed)", shown.missing()),
	}
}
