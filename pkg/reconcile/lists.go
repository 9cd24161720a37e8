package reconcile

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Lists are what devices hold, asked for once by whoever needs it first. They serve the passes that are made
// at the same time, and then the sweep; the next round needs new ones.
type Lists struct {
	compare bool
	// asked is before any list was.
	asked time.Time
	names []string
	// held is what was held before any list was asked for, more what was found to be held then.
	mu    sync.Mutex
	held  holdings
	more  holdings
	lists map[string]*list
}

type list struct {
	enforcer    dispatch.Enforcer
	once        sync.Once
	inventories []entity.Inventory
	err         error
}

// NewLists makes lists that nobody was asked for yet. With compare, what is held is compared with them.
func (r *Reconciler) NewLists(compare bool) *Lists {
	l := &Lists{compare: compare, asked: r.Now(), lists: map[string]*list{}}
	for _, e := range r.Enforcers {
		if info := e.Info(); info.Has("list") {
			l.names = append(l.names, info.Name)
			l.lists[info.Name] = &list{enforcer: e}
		}
	}
	return l
}

// before notes what is held before the lists are asked for; only the first word counts.
func (l *Lists) before(held holdings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = held
	}
}

// holders is all that was held while the lists were asked for.
func (l *Lists) holders() []holdings {
	l.mu.Lock()
	defer l.mu.Unlock()
	return []holdings{l.held, l.more}
}

// also notes what was found to be held when the lists were asked for.
func (l *Lists) also(found ...entity.Holding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.more = append(l.more, found...)
}

// expect notes what a pass would block: a sweep after it would find a holder.
func (l *Lists) expect(items []plan.Item) {
	for i := range items {
		if it := &items[i]; it.Changes() && it.Action != entity.ActionRelease {
			l.also(entity.Holding{Target: *it.Target, Blocker: it.Blocker, Receipt: entity.Receipt{Elements: it.Elements}})
		}
	}
}

// of asks one blocker. One that cannot list has no list, which is no error.
func (l *Lists) of(ctx context.Context, blocker string) ([]entity.Inventory, error) {
	one := l.lists[blocker]
	if one == nil {
		return nil, nil
	}
	one.once.Do(func() { one.ask(ctx) })
	return one.inventories, one.err
}

func (o *list) ask(ctx context.Context) {
	o.inventories, o.err = o.enforcer.List(ctx)
	if entity.ClassOf(o.err) == entity.Unsupported {
		o.err = nil
	}
	shareEntries(o.inventories)
}

// shareEntries has devices that list the same have one list, as they mostly do: lists may be very long.
func shareEntries(inventories []entity.Inventory) {
	for i := range inventories {
		inv := &inventories[i]
		if n := slices.IndexFunc(inventories[:i], func(o entity.Inventory) bool { return slices.Equal(o.Entries, inv.Entries) }); n >= 0 {
			inv.Entries = inventories[n].Entries
		}
	}
}

// all asks every blocker, side by side. One that could not be asked is left out.
func (l *Lists) all(ctx context.Context, failed func(blocker string, err error)) map[string][]entity.Inventory {
	answers := each(ctx, l.names, func(name string) error { _, err := l.of(ctx, name); return err })
	lists := map[string][]entity.Inventory{}
	for i, name := range l.names {
		inventories, _ := l.of(ctx, name)
		if answers[i] != nil {
			failed(name, answers[i])
		}
		if len(inventories) > 0 {
			lists[name] = slices.Clone(inventories)
		}
	}
	return lists
}
