package notify

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/var-project/var/pkg/entity"
)

const (
	// page is how many events are read at a time, most how many one batch has, farthest how many of those that wait
	// are counted.
	page     = 500
	most     = 500
	farthest = 4 * page
)

// load is what is read for one batch.
type load struct {
	events []Event
	more   int
	// until is the position of the last event that was looked at for it.
	until int64
	// whole: nothing is behind what was looked at.
	whole bool
}

// nothing reports that there is nothing to be told.
func (l load) nothing(s *state) bool { return len(l.events) == 0 && s.Missed == 0 }

// load reads the next batch: that which was begun, or else as much as waits and fits.
func (o *Outlet) load(ctx context.Context, j Reader, s *state) (load, error) {
	l, last := load{until: s.Cursor}, s.Cursor
	for scanned := 0; !l.whole && scanned < farthest; scanned += page {
		events, err := o.page(ctx, j, last)
		if err != nil {
			return l, err
		}
		for _, e := range events {
			l.add(o, Classify(e), s.Until)
			last = o.position(e)
		}
		l.whole = len(events) < page
	}
	return l, nil
}

// add takes an event into the batch, or counts it when it comes later.
func (l *load) add(o *Outlet, e Event, until int64) {
	wanted, full := o.Filter.Passes(e), l.more > 0 || len(l.events) == o.most() || until > 0 && o.position(e.Event) > until
	switch {
	case wanted && full:
		l.more++
	case wanted:
		l.events = append(l.events, e)
		fallthrough
	case !full:
		l.until = o.position(e.Event)
	}
}

// most is how many events a batch of the channel has.
func (o *Outlet) most() int {
	if o.Single && o.Rate > 0 {
		return min(most, o.Rate)
	}
	return most
}

// page reads events behind a position.
func (o *Outlet) page(ctx context.Context, j Reader, position int64) ([]entity.Event, error) {
	if o.Repeats {
		return j.EventsAfter(ctx, position, page)
	}
	return j.NewEvents(ctx, position, page)
}

// position is where an event stands among those of the channel.
func (o *Outlet) position(e entity.Event) int64 {
	if o.Repeats {
		return e.Revision
	}
	return e.ID
}

// key names a batch: the installation, the channel, and the first and the last event.
func (c *Courier) key(r *route, l load, s *state) string {
	h := fnv.New128a()
	fmt.Fprintln(h, c.Owner, r.Name, s.Cursor, l.until, s.Missed)
	for _, e := range []int{0, len(l.events) - 1} {
		if len(l.events) > 0 {
			fmt.Fprintln(h, l.events[e].ID, l.events[e].At.Format(time.RFC3339Nano))
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
