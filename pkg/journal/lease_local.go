package journal

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// local are leases within one process, of a journal that no other can see.
type local struct {
	now  func() time.Time
	mu   sync.Mutex
	held map[string]Lease
}

func newLocal(now func() time.Time) *local { return &local{now: now, held: map[string]Lease{}} }

func (l *local) try(_ context.Context, name string) (func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h, taken := l.held[name]; taken {
		return nil, &LeasedError{Name: name, Holder: h.Holder, Since: h.Since}
	}
	l.held[name] = Lease{Name: name, Holder: holder(), Since: l.now().UTC()}
	return func() { l.drop(name) }, nil
}

func (l *local) drop(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, name)
}

func (l *local) list(context.Context) ([]Lease, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Lease, 0, len(l.held))
	for _, h := range l.held {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b Lease) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// fence has nothing to check: what no other process can take is not lost.
func (l *local) fence(*writer, []string) error { return nil }

func (l *local) close() {}
