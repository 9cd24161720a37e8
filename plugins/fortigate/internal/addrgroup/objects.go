package addrgroup

import (
	"context"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/var-project/var/plugins/fortigate/internal/fortios"
)

// few is how many objects are asked for by their names: their filter fits into a line of some 2 KB. For more,
// all objects whose names begin as the mark's do are read in pages.
const few = 20

// objects reads the address objects of these names, and more where that is no more requests.
func (l list) objects(ctx context.Context, b *fortios.Batch, names []string) (map[string]object, error) {
	if len(names) <= few {
		return l.table(ctx, b, narrowed(b, l.fields, nil, names))
	}
	return l.table(ctx, b, narrowed(b, l.fields, []string{l.mark.prefix()}, nil))
}

// allObjects reads every address object of the family.
func (l list) allObjects(ctx context.Context, b *fortios.Batch) (map[string]object, error) {
	return l.table(ctx, b, narrowed(b, l.fields, nil, nil))
}

func (l list) table(ctx context.Context, b *fortios.Batch, q url.Values) (map[string]object, error) {
	var all map[string]object
	err := pages(ctx, b, l.addressPath(), q, func() { all = map[string]object{} }, func(page []object) {
		for _, o := range page {
			all[o.Name] = o
		}
	})
	return all, err
}

// shelf has the address objects of a batch, read when the first of them is needed: objects that are new need not
// be looked for.
type shelf struct {
	read func() (map[string]object, error)
	full atomic.Bool
}

func newShelf(read func() (map[string]object, error)) *shelf {
	s := &shelf{}
	s.read = sync.OnceValues(func() (map[string]object, error) {
		all, err := read()
		s.full.Store(err == nil)
		return all, err
	})
	return s
}

// known is an object that was read already.
func (s *shelf) known(name string) (object, bool) {
	if !s.full.Load() {
		return object{}, false
	}
	all, _ := s.read() // full, so it did not fail
	o, ok := all[name]
	return o, ok
}

// fetch is an object that is on the device, as its refusal to make another of that name says. The table is read
// for all of the batch at once; what it does not show is asked for alone.
func (l list) fetch(ctx context.Context, b *fortios.Batch, s *shelf, name string) (object, error) {
	all, err := s.read()
	if err != nil {
		return object{}, err
	}
	if o, ok := all[name]; ok {
		return o, nil
	}
	return fortios.One[object](ctx, b, l.addressPath(name))
}
