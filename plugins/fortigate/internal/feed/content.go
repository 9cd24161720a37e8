package feed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
)

// row is one entry of the feed as the device shows it.
type row struct {
	Entry string `json:"entry"`
	Valid *bool  `json:"valid"`
}

// entryList is the answer of the monitor API about one feed.
type entryList struct {
	Entries  []row `json:"entries"`
	Invalid  int   `json:"invalid_count"`
	Overflow bool  `json:"overflow"`
}

// content is a feed by canonical element. What is no address is kept under its own spelling.
type content struct {
	rows     map[string][]row
	invalid  int
	overflow bool
}

func (w *Way) read(ctx context.Context, b *fortios.Batch) (content, error) {
	path := fortios.Path("monitor", "system", "external-resource", "entry-list")
	var list *entryList
	_, err := b.Read(ctx, path, url.Values{"mkey": {w.Feed}}, &list)
	if fortios.IsMissing(err) {
		return content{}, w.absent()
	}
	if err != nil {
		return content{}, err
	}
	return list.content()
}

func (w *Way) absent() error {
	return &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
		"threat feed %q is not on the device: create an external resource of type address with update-method push", w.Feed)}
}

// content fails when there is no list, which is no empty one.
func (l *entryList) content() (content, error) {
	if l == nil {
		return content{}, &blocker.Error{Class: blocker.Transient, Err: errors.New("the device shows no entries of the feed, not even an empty list")}
	}
	c := content{rows: make(map[string][]row, len(l.Entries)), invalid: l.Invalid, overflow: l.Overflow}
	for i, r := range l.Entries {
		e := canonical(r.Entry)
		if c.rows[e] == nil {
			c.rows[e] = l.Entries[i : i+1 : i+1] // nearly all have one row: it is kept where it is
		} else {
			c.rows[e] = append(c.rows[e], r)
		}
	}
	return c, nil
}

func canonical(entry string) string {
	if a, err := blocker.Address(entry); err == nil {
		return a
	}
	return entry
}

func (c content) has(element string) bool { return len(c.rows[element]) > 0 }

// entry says whether the feed shows an element, and why it does not act if it does not. One valid
// spelling is enough.
func (c content) entry(element string) (inert string, there bool) {
	rows := c.rows[element]
	if len(rows) == 0 || slices.ContainsFunc(rows, row.acts) {
		return "", len(rows) > 0
	}
	return "invalid: the device does not take this entry", true
}

// acts reports a row that the device enforces; it says of each whether it is valid.
func (r row) acts() bool { return r.Valid == nil || *r.Valid }

// spellings are the entries that stand for an element, as the device wrote them.
func (c content) spellings(element string) []string {
	var all []string
	for _, r := range c.rows[element] {
		all = append(all, r.Entry)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (c content) elements() []string { return slices.Sorted(maps.Keys(c.rows)) }

// missing is a documentation address (RFC 5737) that is not in the feed.
func (c content) missing() string {
	a := netip.AddrFrom4([4]byte{192, 0, 2, 255})
	for c.has(a.String()) {
		a = a.Prev()
	}
	return a.String()
}

// health tells of entries that do not act.
func (c content) health() blocker.Check {
	check := blocker.Check{Name: "entries", Detail: fmt.Sprintf("%d entries, %d invalid", len(c.rows), c.invalid)}
	switch {
	case c.overflow:
		check.Err = &blocker.Error{Class: blocker.Capacity, Err: errors.New(truncated)}
	case c.invalid > 0:
		check.Err = &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf("%d entries are invalid and do not act", c.invalid)}
	}
	return check
}
