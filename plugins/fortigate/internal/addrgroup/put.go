package addrgroup

import (
	"context"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
	"github.com/var-project/var/plugins/fortigate/internal/work"
)

// putting is the work of one batch on one list.
type putting struct {
	list
	batch *fortios.Batch
	st    state
	assignment
	shelf *shelf
}

// put has the list hold elements: at most two writes for each that is new, and two for each new shard. Shards are
// made beside the first objects; an element waits for its own only.
func (l list) put(ctx context.Context, b *fortios.Batch, elements []string, o Options) []way.Placed {
	placed := make([]way.Placed, len(elements))
	p, err := l.prepare(ctx, b, elements, o.MemberLimit)
	if err != nil {
		for i, e := range elements {
			placed[i] = way.Placed{There: p.located(e), Err: err}
		}
		return placed
	}
	work.Spread(o.Parallel, len(p.shards)+len(elements), func(n int) {
		if n < len(p.shards) {
			p.build(ctx, p.shards[n])
			return
		}
		i := n - len(p.shards)
		placed[i] = p.hold(ctx, elements[i])
	})
	return placed
}

// prepare reads the groups, and the objects where some of the elements are members already: those may have been
// changed by somebody.
func (l list) prepare(ctx context.Context, b *fortios.Batch, elements []string, limit int) (*putting, error) {
	p := &putting{list: l, batch: b}
	states, err := groups(ctx, b, l)
	if err != nil {
		return p, err
	}
	if p.st = states[0]; p.st.missing {
		return p, l.absent()
	}
	names := l.wanted(elements)
	p.st.locate(names)
	p.assignment = l.assign(p.st, names, limit)
	p.shelf = newShelf(func() (map[string]object, error) { return l.objects(ctx, b, names) })
	if slices.ContainsFunc(elements, p.located) {
		_, err = p.shelf.read()
	}
	return p, err
}

// located reports an element that is a member of some group, in force or not.
func (p *putting) located(element string) bool { return len(p.st.places[p.mark.name(element)]) > 0 }

func (l list) absent() error {
	return &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
		"%s address group %q is not on the device: create it with the member %q and use it in a deny policy",
		l.family.name, l.base, placeholder)}
}

func (l list) wanted(elements []string) []string {
	names := make([]string, len(elements))
	for i, e := range elements {
		names[i] = l.mark.name(e)
	}
	return names
}

// build has a shard there and nested in the base group.
func (p *putting) build(ctx context.Context, s *shard) {
	defer close(s.ready)
	if s.create {
		if s.err = p.createShard(ctx, p.batch, s.name); s.err != nil {
			return
		}
	}
	if s.nest {
		s.err = p.addMember(ctx, p.batch, p.base, s.name)
	}
}

func (l list) createShard(ctx context.Context, b *fortios.Batch, name string) error {
	g := group{Name: name, Member: []member{{placeholder}}, Comment: l.mark.String()}
	_, err := b.Post(ctx, l.groupPath(), g)
	if !fortios.IsDuplicate(err) {
		return err
	}
	there, err := fortios.One[group](ctx, b, l.groupPath(name))
	if err == nil && !there.markedBy(l.mark) {
		err = &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf("address group %q is there and not ours: rename it", name)}
	}
	return err
}

// hold sees one element through: its object, then its membership.
func (p *putting) hold(ctx context.Context, element string) way.Placed {
	name := p.mark.name(element)
	if there, err := p.holdObject(ctx, name, element); err != nil {
		return way.Placed{There: there, Err: err}
	}
	s := p.of[name]
	if s == nil {
		return way.Placed{There: true}
	}
	if <-s.ready; s.err != nil {
		return way.Placed{There: true, Err: s.err}
	}
	return way.Placed{There: true, Err: p.addMember(ctx, p.batch, s.name, name)}
}

func (p *putting) holdObject(ctx context.Context, name, element string) (there bool, err error) {
	if o, ok := p.shelf.known(name); ok {
		return true, p.restore(ctx, p.batch, o, element)
	}
	_, err = p.batch.Post(ctx, p.addressPath(), newObject(name, element, p.mark.String()))
	if !fortios.IsDuplicate(err) {
		return err == nil || fortios.MayHaveActed(err), err
	}
	o, err := p.fetch(ctx, p.batch, p.shelf, name)
	if err != nil {
		return true, err
	}
	return true, p.restore(ctx, p.batch, o, element)
}

// restore gives an object of ours its content back. What bears no mark of ours is left as it is.
func (l list) restore(ctx context.Context, b *fortios.Batch, o object, element string) error {
	if o.element() == element {
		return nil
	}
	if l.ours(o) {
		_, err := b.Put(ctx, l.addressPath(o.Name), newObject(o.Name, element, l.mark.String()))
		return err
	}
	return &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
		"address object %q stands for %q on the device, not for %s: delete it there", o.Name, o.element(), element)}
}

// addMember appends to a group by the child table, which touches no other member.
func (l list) addMember(ctx context.Context, b *fortios.Batch, group, name string) error {
	_, err := b.Post(ctx, l.memberPath(group), member{name})
	switch {
	case fortios.IsDuplicate(err):
		return nil
	case fortios.IsDangling(err):
		return &blocker.Error{Class: blocker.Transient, Err: fmt.Errorf("somebody else changed the device meanwhile: %w", err)}
	}
	return err
}
