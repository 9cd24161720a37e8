package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Reader is the history as who only looks reads it.
type Reader interface {
	// NewEvents are those with an ID above a number, in the order of their IDs.
	NewEvents(ctx context.Context, id int64, limit int) ([]entity.Event, error)
	// EventsAfter are those with a revision above a number, in the order of their revisions.
	EventsAfter(ctx context.Context, revision int64, limit int) ([]entity.Event, error)
	// CountNewEvents and CountEventsAfter count those that are alike, however many there are.
	CountNewEvents(ctx context.Context, id int64) ([]entity.Alike, error)
	CountEventsAfter(ctx context.Context, revision int64) ([]entity.Alike, error)
	Recall(ctx context.Context, key string) (value string, ok bool, err error)
}

// Journal is the history as a courier reads it, and where it remembers what it has carried.
type Journal interface {
	Reader
	// LastRevision is a number that each later ID and revision is above.
	LastRevision(ctx context.Context) (int64, error)
	Remember(ctx context.Context, key, value string) error
	Forget(ctx context.Context, key string) error
	// Acquire takes the lease of a name; *entity.LeasedError says that another process has it.
	Acquire(ctx context.Context, name string, wait time.Duration) (release func(), err error)
}

// Outlet is a channel and how it is used.
type Outlet struct {
	// Name is the channel's identity: what it was told is remembered under it.
	Name    string
	Channel Channel
	Filter  Filter
	// Rate is the most messages in any minute; 0: no limit. Single: each event is a message of its own.
	Rate   int
	Single bool
	// Timeout is how long one send may take; 0: as long as a delivery may.
	Timeout time.Duration
	// Repeats: it is told again of an event that happened again.
	Repeats bool
}

// Courier carries events from the history to channels.
type Courier struct {
	// Journal is where events come from, Owner the mark of the installation.
	Journal Journal
	Owner   string
	Now     func() time.Time
	Log     *slog.Logger

	routes []*route
	// finishing is closed when nothing more is to be begun.
	finishing chan struct{}
	once      sync.Once
}

// route is the way to one channel. busy keeps what delivers, tests and closes apart; wake has room for one call.
type route struct {
	Outlet
	busy sync.Mutex
	wake chan struct{}
}

// Delivery is what became of one attempt to tell a channel what waits for it.
type Delivery struct {
	Name string
	// Sent counts the events that were taken.
	Sent int
	// Err is why something still waits; nil also where it waits for its time.
	Err error
	// Again is when something is to be tried again; zero: nothing waits.
	Again time.Time
}

// NewCourier makes one that carries to some outlets, and closes their channels in the end.
func NewCourier(j Journal, owner string, now func() time.Time, log *slog.Logger, outlets ...Outlet) *Courier {
	c := &Courier{Journal: j, Owner: owner, Now: now, Log: log, finishing: make(chan struct{})}
	for _, o := range outlets {
		c.routes = append(c.routes, &route{Outlet: o, wake: make(chan struct{}, 1)})
	}
	return c
}

// Deliver tells each channel what waits for it, side by side, and answers in the order of the outlets. A channel that is
// down is not asked before its time; none waits for another.
func (c *Courier) Deliver(ctx context.Context) []Delivery {
	deliveries := make([]Delivery, len(c.routes))
	var all sync.WaitGroup
	for i, r := range c.routes {
		all.Go(func() { deliveries[i] = c.deliver(ctx, r) })
	}
	all.Wait()
	return deliveries
}

// rest is how long a channel that nothing waits for is left alone where nobody wakes the courier: others write to the
// history too.
const rest = time.Minute

// Keep delivers until it is told to finish, each channel at its own pace: when woken, when it is time to try again, and
// now and then. The end of the context cuts off what is being sent.
func (c *Courier) Keep(ctx context.Context) {
	var all sync.WaitGroup
	for _, r := range c.routes {
		all.Go(func() {
			for ctx.Err() == nil && !c.finished() {
				c.sleep(ctx, r, c.pause(c.deliver(ctx, r)))
			}
		})
	}
	all.Wait()
}

// Finish has nothing more begun: what is being sent ends in its own time, and with it Deliver and Keep. What is cut off
// may have arrived, and comes twice.
func (c *Courier) Finish() { c.once.Do(func() { close(c.finishing) }) }

func (c *Courier) finished() bool {
	select {
	case <-c.finishing:
		return true
	default:
		return false
	}
}

// pause is how long to wait after a delivery.
func (c *Courier) pause(d Delivery) time.Duration {
	if d.Again.IsZero() {
		return rest
	}
	return min(rest, max(d.Again.Sub(c.Now()), time.Millisecond))
}

func (c *Courier) sleep(ctx context.Context, r *route, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-c.finishing:
	case <-timer.C:
	case <-r.wake:
	}
}

// Wake has Keep look at once.
func (c *Courier) Wake() {
	for _, r := range c.routes {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// Close closes the channels.
func (c *Courier) Close() error {
	var errs []error
	for _, r := range c.routes {
		r.busy.Lock()
		errs = append(errs, r.Channel.Close())
		r.busy.Unlock()
	}
	return errors.Join(errs...)
}

// deliver tells one channel, when no other process does.
func (c *Courier) deliver(ctx context.Context, r *route) Delivery {
	r.busy.Lock()
	defer r.busy.Unlock()
	d := Delivery{Name: r.Name}
	release, err := c.Journal.Acquire(ctx, Key(r.Name), 0)
	if err != nil {
		return c.undelivered(d, ignoreLeased(err))
	}
	defer release()
	return c.undelivered(d, c.carry(ctx, r, &d))
}

// undelivered is a delivery that the journal was in the way of, where it was.
func (c *Courier) undelivered(d Delivery, err error) Delivery {
	if err != nil && !errors.Is(err, context.Canceled) {
		c.Log.Warn("journal does not tell what is to be sent", "channel", d.Name, "error", err)
	}
	d.Err = errors.Join(d.Err, err)
	return d
}

func ignoreLeased(err error) error {
	if errors.As(err, new(*entity.LeasedError)) {
		return nil
	}
	return err
}

// carry sends until nothing waits any more, or the channel, its rate or the time is in the way. An error is the journal's.
func (c *Courier) carry(ctx context.Context, r *route, d *Delivery) error {
	s, err := c.state(ctx, r)
	var took time.Duration
	for more := true; more && err == nil && d.Err == nil; {
		now := c.Now()
		switch {
		case s.resting(now):
			d.Again = s.Next
			return nil
		case ctx.Err() != nil:
			d.Err = context.Cause(ctx)
			continue // to the end
		case c.finished(), !lasts(ctx, took): // what is cut off may come twice
			d.Again = now
			return nil
		}
		more, err = c.step(ctx, r, s, d)
		took = c.Now().Sub(now)
	}
	return err
}

// lasts reports that a context does not end within a time.
func lasts(ctx context.Context, d time.Duration) bool {
	end, bounded := ctx.Deadline()
	return !bounded || time.Until(end) >= d
}

// step sends the next batch, where there is one, and says whether there may be more.
func (c *Courier) step(ctx context.Context, r *route, s *state, d *Delivery) (more bool, err error) {
	l, err := r.load(ctx, c.Journal, s, r.room(s, c.Now()))
	switch {
	case err != nil:
		return false, err
	case l.nothing(s):
		return !l.whole, c.passOver(ctx, r, s, l)
	}
	return true, c.send(ctx, r, s, l, d)
}
