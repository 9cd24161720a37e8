// Package addrgroup blocks by membership in address groups that deny policies use: one group for
// sources, one for destinations, each with a pair for IPv6. Members live in nested groups of ours,
// the shards, so that the operator's group stays small and everybody else's members stay untouched.
package addrgroup

import (
	"context"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
	"github.com/var-project/var/plugins/fortigate/internal/work"
)

// Options name the groups of one blocker.
type Options struct {
	// Owner and Blocker go into the mark of every object.
	Owner, Blocker string
	// Groups are the base groups by class; a class without one is not blocked.
	Groups map[entity.Class]Pair
	// MemberLimit is the most members that a shard gets, the placeholder counted.
	MemberLimit int
	// Parallel is how many elements are worked on at once.
	Parallel int
	// TakeOver has every element count as adopted.
	TakeOver bool
}

// Pair is a group for IPv4 and domains, and one for IPv6. An empty Six stands for Four with a "6"
// at its end, which need not be there as long as no IPv6 address is to be blocked.
type Pair struct{ Four, Six string }

// Way blocks by address groups.
type Way struct {
	lists   []list
	options Options
}

// New makes the way. It fails when a mark would not fit into a comment.
func New(o Options) (*Way, error) {
	w := &Way{options: o}
	for _, class := range []entity.Class{entity.ClassSource, entity.ClassDestination} {
		pair, ok := o.Groups[class]
		if !ok {
			continue
		}
		m := Mark{Owner: o.Owner, Blocker: o.Blocker, Class: class}
		if n := len(m.String()); n > maxComment {
			return nil, fmt.Errorf("owner and blocker make a mark of %d bytes, a FortiGate keeps %d: shorten their names", n, maxComment)
		}
		w.lists = append(w.lists, list{four, pair.Four, m, false}, list{six, pair.SixOrDefault(), m, pair.Six == ""})
	}
	return w, nil
}

// SixOrDefault is the group for IPv6.
func (p Pair) SixOrDefault() string {
	if p.Six == "" {
		return p.Four + "6"
	}
	return p.Six
}

// Accepts takes addresses, networks and domains.
func (w *Way) Accepts(string) error { return nil }

// Put has the groups of a class hold the elements.
func (w *Way) Put(ctx context.Context, b *fortios.Batch, class entity.Class, elements []string) []way.Placed {
	return split(w, class, elements, func(e string) string { return e }, func(l list, some []string) []way.Placed {
		return l.put(ctx, b, some, w.options)
	})
}

// Take removes the elements from the groups of a class.
func (w *Way) Take(ctx context.Context, b *fortios.Batch, class entity.Class, elements []way.Taking) []error {
	return split(w, class, elements, func(t way.Taking) string { return t.Element }, func(l list, some []way.Taking) []error {
		return l.take(ctx, b, some, w.options)
	})
}

// List is what the groups hold. Both families are read at the same time.
func (w *Way) List(ctx context.Context, b *fortios.Batch) ([]blocker.Entry, error) {
	families := w.families()
	entries, errs := make([][]blocker.Entry, len(families)), make([]error, len(families))
	work.Spread(len(families), len(families), func(i int) {
		entries[i], errs[i] = inventory(ctx, b, families[i])
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return slices.Concat(entries...), nil
}

// families are the lists of IPv4, and those of IPv6.
func (w *Way) families() [][]list {
	var fours, sixes []list
	for _, l := range w.lists {
		if l.six {
			sixes = append(sixes, l)
		} else {
			fours = append(fours, l)
		}
	}
	return [][]list{fours, sixes}
}

// Probe looks at each group.
func (w *Way) Probe(ctx context.Context, b *fortios.Batch) []blocker.Check {
	var checks []blocker.Check
	for _, l := range w.lists {
		checks = append(checks, l.probe(ctx, b)...)
	}
	return checks
}

// split has each list of a class do its part of the input, at the same time, and puts the answers back in order.
func split[I, A any](w *Way, class entity.Class, input []I, element func(I) string, do func(list, []I) []A) []A {
	answers := make([]A, len(input))
	var parts []func()
	for _, l := range w.lists {
		var part []I
		var places []int
		for i, in := range input {
			if l.mark.Class == class && l.takes(element(in)) {
				part, places = append(part, in), append(places, i)
			}
		}
		if len(part) == 0 {
			continue
		}
		parts = append(parts, func() {
			for n, a := range do(l, part) {
				answers[places[n]] = a
			}
		})
	}
	work.Together(parts...)
	return answers
}

// takes reports whether an element belongs to the list's family. Domains are FortiOS' IPv4 objects.
func (l list) takes(element string) bool {
	p, isAddress := prefixOf(element)
	return l.six == (isAddress && p.Addr().Is6())
}
