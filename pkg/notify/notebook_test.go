package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// notebook is a journal in memory.
type notebook struct {
	mu     sync.Mutex
	events []entity.Event
	last   int64
	facts  map[string]string
	leased map[string]bool
	// forgetful: nothing is remembered, as when the process dies before it is.
	forgetful bool
}

func newNotebook() *notebook { return &notebook{facts: map[string]string{}, leased: map[string]bool{}} }

// tell adds events; one of a name that is there already happened again.
func (n *notebook) tell(events ...entity.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range events {
		n.last++
		e.ID, e.Revision, e.Times = n.last, n.last, 1
		if i := slices.IndexFunc(n.events, func(was entity.Event) bool { return was.Name == e.Name }); i >= 0 {
			n.events[i].Revision, n.events[i].Last = n.last, e.Last
			n.events[i].Times++
			continue
		}
		n.events = append(n.events, e)
	}
}

func (n *notebook) after(last int64, limit int, position func(entity.Event) int64) ([]entity.Event, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	events := slices.DeleteFunc(slices.Clone(n.events), func(e entity.Event) bool { return position(e) <= last })
	slices.SortFunc(events, func(a, b entity.Event) int { return int(position(a) - position(b)) })
	return events[:min(limit, len(events))], nil
}

func (n *notebook) NewEvents(_ context.Context, id int64, limit int) ([]entity.Event, error) {
	return n.after(id, limit, func(e entity.Event) int64 { return e.ID })
}

func (n *notebook) EventsAfter(_ context.Context, revision int64, limit int) ([]entity.Event, error) {
	return n.after(revision, limit, func(e entity.Event) int64 { return e.Revision })
}

func (n *notebook) CountNewEvents(ctx context.Context, id int64) ([]entity.Alike, error) {
	return alike(n.NewEvents(ctx, id, 1<<30))
}

func (n *notebook) CountEventsAfter(ctx context.Context, revision int64) ([]entity.Alike, error) {
	return alike(n.EventsAfter(ctx, revision, 1<<30))
}

// alike counts events as a journal does, without all by which they are not chosen.
func alike(events []entity.Event, err error) (counts []entity.Alike, _ error) {
	for _, e := range events {
		of := entity.Event{Action: e.Action, Outcome: e.Outcome, Blocker: e.Blocker, Ref: entity.Ref{Source: e.Ref.Source, Kind: e.Ref.Kind}}
		counts = append(counts, entity.Alike{Event: of, Count: 1})
	}
	return counts, err
}

func (n *notebook) LastRevision(context.Context) (int64, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.last, nil
}

func (n *notebook) Recall(_ context.Context, key string) (string, bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	value, ok := n.facts[key]
	return value, ok, nil
}

func (n *notebook) Remember(_ context.Context, key, value string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.forgetful {
		return errors.New("the process died here")
	}
	n.facts[key] = value
	return nil
}

func (n *notebook) Forget(_ context.Context, key string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.facts, key)
	return nil
}

func (n *notebook) Acquire(_ context.Context, name string, _ time.Duration) (func(), error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.leased[name] {
		return nil, &entity.LeasedError{Name: name}
	}
	n.leased[name] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.leased[name] = false
	}, nil
}

// inbox is the other end of a channel, which may be down.
type inbox struct {
	mu      sync.Mutex
	batches []Batch
	names   []string
	// down is why nothing is taken, some how many of a batch are taken before; lossy: all is taken and that is not told.
	down  error
	some  int
	lossy bool
	// hangs until its time is over.
	hangs  bool
	asked  int
	closed bool
	// during runs while a batch is taken.
	during func()
}

func (i *inbox) Send(ctx context.Context, b Batch) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked++
	if i.during != nil {
		i.during()
	}
	if i.hangs {
		<-ctx.Done()
		return 0, context.Cause(ctx)
	}
	taken := len(b.Events)
	if i.down != nil && !i.lossy {
		taken = min(taken, i.some)
	}
	if known := slices.ContainsFunc(i.batches, func(was Batch) bool { return was.Key == b.Key }); !known && (taken > 0 || i.down == nil) {
		for _, e := range b.Events[:taken] {
			i.names = append(i.names, e.Name)
		}
		i.batches = append(i.batches, b)
	}
	if i.down != nil && i.lossy {
		return 0, i.down
	}
	return taken, i.down
}

func (i *inbox) Close() error {
	i.closed = true
	return nil
}

// comeBack has the other end take what is sent, also while somebody sends.
func (i *inbox) comeBack() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = nil
}

func (i *inbox) got() string { return strings.Join(i.names, " ") }
