package notify

import (
	"context"
	"fmt"

	"github.com/var-project/var/pkg/entity"
)

const (
	// page is how many events are read at a time, most how many one batch has, farthest how many are looked at for one
	// to be found that the channel wants.
	page     = 500
	most     = 500
	farthest = 4 * page
)

// load is what is read for one batch.
type load struct {
	events []Event
	// more counts those that come with a later batch.
	more int
	// until is the position of the last event that was looked at for it.
	until int64
	// full: what is behind that belongs to a later batch. whole: there is nothing behind it.
	full, whole bool
}

// nothing reports that there is nothing to be told.
func (l load) nothing(s *state) bool { return len(l.events) == 0 && s.Missed == 0 }

// load reads the next batch: that which was begun, or else as much as waits and fits, which is at most room.
func (o *Outlet) load(ctx context.Context, j Reader, s *state, room int) (load, error) {
	l := load{until: s.Cursor}
	for scanned := 0; !l.whole && !l.full && scanned < farthest; scanned += page {
		events, err := o.page(ctx, j, l.until)
		if err != nil {
			return l, err
		}
		l.take(o, events, s.Until, room)
		l.whole = !l.full && len(events) < page
	}
	if l.whole || l.nothing(s) {
		return l, nil
	}
	more, err := o.waiting(ctx, j, l.until)
	l.more = more
	return l, err
}

// take takes events into the batch for as long as they belong to it.
func (l *load) take(o *Outlet, events []entity.Event, until int64, room int) {
	for _, e := range events {
		known := Classify(e)
		wanted, at := o.Filter.Passes(known), o.position(e)
		if l.full = wanted && len(l.events) == room || until > 0 && at > until; l.full {
			return
		}
		if l.until = at; wanted {
			l.events = append(l.events, known)
		}
	}
}

// waiting counts the events behind a position that the channel is to be told.
func (o *Outlet) waiting(ctx context.Context, j Reader, position int64) (n int, err error) {
	count := j.CountNewEvents
	if o.Repeats {
		count = j.CountEventsAfter
	}
	counts, err := count(ctx, position)
	for _, a := range counts {
		if o.Filter.Passes(Classify(a.Event)) {
			n += a.Count
		}
	}
	return n, err
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

// whose is where the numbers of a batch's events mean the same events: the installation and the channel, and this one
// batch where there are no events, or where they come again and again.
func (c *Courier) whose(r *route, l load, s *state) string {
	if len(l.events) == 0 || r.Repeats {
		return fmt.Sprintln(c.Owner, r.Name, s.Cursor, l.until, s.Missed)
	}
	return fmt.Sprintln(c.Owner, r.Name)
}
