// Package quarantine blocks hosts by the ban list of the device (user quarantine): one call for
// many addresses, no objects, and bans that end by themselves.
package quarantine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// Way blocks by bans.
type Way struct {
	// Owner is told of bans that last as long as ours.
	Owner string
	// Expiry is how long a ban lasts; 0 is without end. Whole seconds.
	Expiry time.Duration
	// Now is the time that renewals are judged by.
	Now func() time.Time
}

// Accepts takes single addresses: FortiOS bans nothing else.
func (w *Way) Accepts(element string) error {
	if _, err := netip.ParseAddr(element); err == nil {
		return nil
	}
	return &blocker.Error{Class: blocker.Unsupported, Element: element, Err: errors.New(
		"quarantine bans single addresses only; use mode address-group for networks and domains")}
}

// Put bans the elements in one call and reads back whether the device holds them, and until when.
// What the device has banned by itself is left alone: it acts, and it is not ours to change.
func (w *Way) Put(ctx context.Context, b *fortios.Batch, _ entity.Class, elements []string) []way.Placed {
	before, err := read(ctx, b)
	if err != nil {
		return way.All(way.Placed{Err: err}, len(elements))
	}
	missing := slices.DeleteFunc(slices.Clone(elements), func(e string) bool { return w.settled(before, e) })
	if len(missing) == 0 {
		return w.confirm(elements, before, nil)
	}
	failed := byElement(missing, fortios.Halve(missing, func(some []string) error { return add(ctx, b, some, w.Expiry) }))
	after, err := read(ctx, b)
	if err != nil {
		return unread(elements, before, failed, missing, err)
	}
	return w.confirm(elements, after, failed)
}

// settled reports that there is nothing to add: a foreign ban acts, or ours has no end and needs none.
func (w *Way) settled(now bans, element string) bool {
	ours, banned := now.find(element, true)
	if !banned {
		_, foreign := now.find(element, false)
		return foreign
	}
	return w.Expiry == 0 && ours.Expires == 0
}

// confirm judges each element by what the device shows, not by what the call answered.
func (w *Way) confirm(elements []string, shown bans, failed map[string]error) []way.Placed {
	placed := make([]way.Placed, len(elements))
	for i, e := range elements {
		ban, ok := shown.find(e, true)
		if !ok {
			ban, ok = shown.find(e, false)
		}
		placed[i] = way.Placed{There: ok || fortios.MayHaveActed(failed[e]), Until: ban.until(), Err: w.judge(ban, ok, failed[e])}
	}
	return placed
}

func (w *Way) judge(b ban, shown bool, failed error) error {
	switch {
	case failed != nil:
		return failed
	case !shown:
		return &blocker.Error{Class: blocker.Transient, Err: errors.New("the device took the ban and does not show it")}
	case b.ours() && !w.renewed(b):
		return &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
			"the device shows a ban that ends at %s, not one of %s: its clock or its firmware does not renew", b.until().Format(time.RFC3339), w.Expiry)}
	}
	return nil
}

// renewed reports that a ban lasts about as long as it was asked to: at least half of it is left.
func (w *Way) renewed(b ban) bool {
	if b.Expires == 0 || w.Expiry == 0 {
		return b.Expires == 0
	}
	return b.until().Sub(w.Now()) >= w.Expiry/2
}

// unread is the outcome when the bans were asked for and could not be read back.
func unread(elements []string, before bans, failed map[string]error, missing []string, err error) []way.Placed {
	sent := make(map[string]bool, len(missing))
	for _, e := range missing {
		sent[e] = true
	}
	placed := make([]way.Placed, len(elements))
	for i, e := range elements {
		ban, there := before.find(e, true)
		asked := sent[e] && (failed[e] == nil || fortios.MayHaveActed(failed[e]))
		placed[i] = way.Placed{There: there || asked, Until: ban.until(), Err: cmp.Or(failed[e], err)}
	}
	return placed
}

// List is the whole list; bans that the device made itself are foreign, and of bans that last longer or
// shorter than ours nobody knows who made them.
func (w *Way) List(ctx context.Context, b *fortios.Batch) ([]blocker.Entry, error) {
	all, err := read(ctx, b)
	if err != nil {
		return nil, err
	}
	entries := make([]blocker.Entry, 0, len(all))
	for address, bans := range all {
		for _, ban := range bans {
			entries = append(entries, blocker.Entry{
				Element: address.String(), Class: entity.ClassSource, Owner: ban.owner(w), Until: ban.until(),
			})
		}
	}
	slices.SortFunc(entries, func(a, b blocker.Entry) int {
		if c := strings.Compare(a.Element, b.Element); c != 0 {
			return c
		}
		return strings.Compare(a.Owner, b.Owner)
	})
	return entries, nil
}

// Probe reads the list and ends a ban that is not there. No policy is needed: a ban acts by itself.
func (w *Way) Probe(ctx context.Context, b *fortios.Batch) []blocker.Check {
	list := blocker.Check{Name: "ban list"}
	shown, err := read(ctx, b)
	if err != nil {
		list.Err = err
		return []blocker.Check{list}
	}
	list.Detail = fmt.Sprintf("readable, %d addresses banned", len(shown))
	return []blocker.Check{list, {
		Name: "write bans", Err: lift(ctx, b, []string{unbanned(shown)}),
		Detail: "asked by a write that changes nothing (end a ban of a documentation address that is not banned)",
	}}
}

// unbanned is a documentation address (RFC 5737) that the device has not banned.
func unbanned(shown bans) string {
	a := netip.AddrFrom4([4]byte{192, 0, 2, 255})
	for len(shown[a]) > 0 {
		a = a.Prev()
	}
	return a.String()
}
